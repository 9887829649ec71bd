from hypothesis import given
from hypothesis import strategies as st
from tramgac_agent.enrich import processes as module
from tramgac_agent.enrich.processes import KEEP_NS, ProcessTable
from tramgac_agent.observations import Exec, Exit, Fork


def run(pid, start, program, parent=(0, 0), at=0):
    return Exec(at, pid, start, *parent, program, f"{program} args", "/", 2, 5, 5, 0, 0, 0, fileless=False, file=None)


def table(living=()):
    by_pid = {seen.pid: seen for seen in living}
    return ProcessTable(by_pid.get, lambda seen: f"user{seen.euid}")


def test_a_child_keeps_the_image_that_its_parent_had_when_it_forked():
    t = table()
    t.exec(run(10, 1, "/bin/sh"))
    t.fork(Fork(0, 11, 2, 10, 1))
    t.exec(run(10, 1, "/bin/other"))
    child = t.exec(run(11, 2, "/bin/ls", (10, 1)))
    assert child.parent.executable == "/bin/sh"
    assert child.parent.user == "user5"
    assert t.find(10, 1).executable == "/bin/other"


def test_a_copy_has_its_parents_image_and_ran_nothing_of_its_own():
    t = table()
    t.exec(run(10, 1, "/bin/sh"))
    t.fork(Fork(0, 11, 2, 10, 1))
    copy = t.find(11, 2)
    assert (copy.executable, copy.executed) == ("/bin/sh", False)
    assert t.exit(Exit(0, 11, 2, 0, 0, 0)) is copy


def test_the_parent_stays_who_forked_it_also_after_its_end():
    t = table()
    t.exec(run(10, 1, "/bin/launcher"))
    t.fork(Fork(0, 11, 2, 10, 1))
    t.exit(Exit(0, 10, 1, 0, 0, 0))
    t.sweep(KEEP_NS + 1)
    assert t.find(10) is None
    # The kernel says by now that init is the parent.
    orphan = t.exec(run(11, 2, "/bin/daemon", (1, 1)))
    assert (orphan.parent.executable, orphan.parent_pid) == ("/bin/launcher", 10)


def test_the_ended_are_kept_for_a_while_and_a_number_given_again_is_another():
    t = table()
    old = t.exec(run(10, 1, "/bin/a"))
    t.exit(Exit(100, 10, 1, 0, 0, 0))
    t.sweep(KEEP_NS)
    assert t.find(10, 1) is old
    t.exec(run(10, 9, "/bin/b"))
    assert t.find(10, 1) is None
    t.sweep(100 + KEEP_NS + 1)
    assert t.find(10, 9).executable == "/bin/b"


def test_an_exit_of_nobody_known():
    t = table()
    assert t.exit(Exit(0, 10, 1, 0, 0, 0)) is None
    t.exec(run(10, 2, "/bin/a"))
    assert t.exit(Exit(0, 10, 1, 0, 0, 0)) is None


def test_a_process_ends_once_though_two_threads_are_told_to_be_the_last():
    t = table()
    t.exec(run(10, 1, "/bin/a"))
    assert t.exit(Exit(5, 10, 1, 0, 0, 0))
    assert t.exit(Exit(6, 10, 1, 0, 0, 0)) is None
    t.sweep(KEEP_NS + 7)
    t.exec(run(10, 9, "/bin/b"))
    assert t.exit(Exit(KEEP_NS + 8, 10, 9, 0, 0, 0))


def test_who_lived_before_is_read_with_all_ancestors():
    t = table([run(1, 1, "/sbin/init"), run(5, 2, "/bin/sh", (1, 1)), run(9, 3, "/bin/vi", (5, 2))])
    assert t.find(9, 4) is None, "another start is another process"
    editor = t.find(9, 3)
    assert (editor.parent.executable, editor.parent.parent.executable) == ("/bin/sh", "/sbin/init")
    assert len(t) == 3


def test_ancestors_that_go_in_a_circle_end_somewhere():
    t = table([run(5, 2, "/bin/a", (9, 3)), run(9, 3, "/bin/b", (5, 2))])
    known, depth = t.find(9), 0
    while known is not None:
        known, depth = known.parent, depth + 1
    assert depth <= module.MAX_DEPTH


def test_what_a_process_was_at_a_time():
    t = table([run(10, 1, "/bin/old")])
    assert t.became(10) == 0
    t.fill([10])
    for at, program in ((100, "/bin/sh"), (200, "/bin/ls")):
        t.exec(run(10, 1, program, at=at))
    assert t.became(10) == 200
    assert [t.find(10, 1, at).executable for at in (50, 100, 199, 200, 0)] == [
        "/bin/old",
        "/bin/sh",
        "/bin/sh",
        "/bin/ls",
        "/bin/ls",
    ]
    assert [image.executable for image in t.images(10, 150)] == ["/bin/sh", "/bin/ls"]
    assert [image.executable for image in t.images(10, 250)] == ["/bin/ls"]
    assert t.images(11) == []
    t.sweep(200 + KEEP_NS)
    assert t.find(10, 1, 50).executable == "/bin/sh", "the first is forgotten"
    t.sweep(201 + KEEP_NS)
    assert t.find(10, 1, 50).executable == "/bin/ls"
    assert t.became(10) == 0


def test_another_process_of_that_number_was_never_an_earlier_image():
    t = table()
    t.exec(run(10, 1, "/bin/sh", at=5))
    t.exec(run(10, 1, "/bin/ls", at=6))
    t.fork(Fork(7, 10, 2, 1, 1))
    t.exec(run(10, 2, "/bin/cat", at=8))
    assert [image.executable for image in t.images(10)] == ["", "/bin/cat"]
    assert t.find(10, 2, 5).start == 2


def test_at_most_so_many_earlier_images_are_kept(monkeypatch):
    monkeypatch.setattr(module, "MAX_IMAGES", 3)
    t = table()
    for at in range(1, 9):
        t.exec(run(10, 1, f"/bin/{at}", at=at))
    t.sweep(9)
    assert [image.executable for image in t.images(10)] == ["/bin/5", "/bin/6", "/bin/7", "/bin/8"]


def test_what_the_agent_starts_itself_is_known_and_quiet():
    t = table()
    assert t.exec(run(10, 1, "/bin/sh"), quiet=True).executed is False
    assert t.find(10).executable == "/bin/sh"


@given(
    st.lists(st.tuples(st.sampled_from("fxe"), st.integers(1, 6), st.integers(1, 3), st.integers(1, 6)), max_size=80)
)
def test_any_history_leaves_a_bounded_table_that_never_mixes_two_processes(history):
    t = table()
    for at, (what, pid, start, parent) in enumerate(history):
        if what == "f":
            t.fork(Fork(at, pid, start, parent, start))
        elif what == "x":
            t.exec(run(pid, start, f"/bin/{pid}.{start}", (parent, start), at))
        else:
            t.exit(Exit(at, pid, start, 0, 0, 0))
        known = t.find(pid, start)
        assert known is None or (known.pid, known.start) == (pid, start)
    assert len(t) <= 6
    for pid in range(1, 7):
        known = t.find(pid)
        if known is not None:
            t.exit(Exit(0, pid, known.start, 0, 0, 0))
    t.sweep(10 * KEEP_NS)
    assert len(t) == 0


def test_at_most_so_many_ended_ones_are_kept(monkeypatch):
    monkeypatch.setattr(module, "MAX_ENDED", 3)
    t = table()
    for pid in range(1, 9):
        t.exec(run(pid, 1, "/bin/a"))
        t.exit(Exit(5, pid, 1, 0, 0, 0))
    t.sweep(6)
    assert len(t) == 3
