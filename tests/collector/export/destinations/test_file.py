import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tramgac_collector.export.destinations.base import Line
from tramgac_collector.export.destinations.file import FileDestination
from tramgac_collector.export.errors import Away
from tramgac_collector.export.settings import FileTarget

MINUTE = 60_000_000_000


def target(folder, **more):
    return FileTarget(name="diode", kind="file", format="ecs", folder=str(folder), **more)


class Clock:
    now = 100 * MINUTE

    def __call__(self):
        return self.now


def lines(*texts):
    return [Line(text, text.encode()) for text in texts]


def files(folder):
    return {path.name: path.read_text() for path in sorted(folder.iterdir())}


def test_lines_are_appended_and_a_file_that_is_large_enough_is_finished(tmp_path):
    made = FileDestination(target(tmp_path, rotate_bytes=1024), "ndjson", 0)
    known = made.settled(made.send(lines("a", "b"), {}))
    assert files(tmp_path) == {"diode-000000000001.ndjson.part": "a\nb\n"}
    known = made.settled(made.send(lines("c" * 2000), known))
    assert known == {"number": 1}
    made.settled(made.send(lines("d"), known))
    assert files(tmp_path) == {
        "diode-000000000001.ndjson": "a\nb\n" + "c" * 2000 + "\n",
        "diode-000000000002.ndjson.part": "d\n",
    }
    assert (tmp_path / "diode-000000000001.ndjson").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("later", [5 * MINUTE, 1440 * MINUTE])
def test_a_file_that_is_old_enough_or_of_another_day_is_finished_though_nothing_comes(tmp_path, later):
    clock = Clock()
    made = FileDestination(target(tmp_path, rotate_minutes=5 if later < 9 * MINUTE else 99999), "log", 0, clock)
    known = made.settled(made.send(lines("a"), {}))
    clock.now += later - 1 if later < 9 * MINUTE else 0
    assert made.settled(known) == known
    clock.now += later
    assert made.settled(known) == {"number": 1}
    assert made.settled({"number": 1}) == {"number": 1}
    assert list(files(tmp_path)) == ["diode-000000000001.log"]


def test_a_file_is_finished_where_nobody_knows_when_more_comes(tmp_path):
    made = FileDestination(target(tmp_path), "log", 0)
    assert made.settled({}, over=True) == {}
    assert made.settled(made.send(lines("a"), {}), over=True) == {"number": 1}
    assert files(tmp_path) == {"diode-000000000001.log": "a\n"}


def test_what_was_written_after_the_last_move_is_cut_off(tmp_path):
    first = FileDestination(target(tmp_path), "log", 0)
    known = first.send(lines("a"), {})
    first.send(lines("never told", "torn"), known)
    first.close()
    again = FileDestination(target(tmp_path), "log", 0)
    again.send(lines("b"), known)
    assert files(tmp_path) == {"diode-000000000001.log.part": "a\nb\n"}


def test_a_first_file_that_was_never_told_is_written_anew(tmp_path):
    FileDestination(target(tmp_path), "log", 0).send(lines("never told"), {})
    FileDestination(target(tmp_path), "log", 0).send(lines("a"), {})
    assert files(tmp_path) == {"diode-000000000001.log.part": "a\n"}


def test_files_may_be_taken_at_any_time(tmp_path):
    made = FileDestination(target(tmp_path), "log", 0)
    known = made.send(lines("a"), {})
    made.close()
    (tmp_path / "diode-000000000001.log.part").unlink()
    known = made.send(lines("b"), known)
    assert files(tmp_path) == {"diode-000000000002.log.part": "b\n"}
    made.close()
    (tmp_path / "diode-000000000002.log.part").unlink()
    clock = Clock()
    clock.now = known["begun"] + 1440 * MINUTE
    assert FileDestination(target(tmp_path), "log", 0, clock).settled(known) == {"number": 2}


def test_a_name_that_is_there_is_never_written_over(tmp_path):
    (tmp_path / "diode-000000000001.log").write_text("of before")
    FileDestination(target(tmp_path), "log", 0).send(lines("a"), {})
    assert list(files(tmp_path)) == ["diode-000000000001.log", "diode-000000000002.log.part"]


def test_it_leaves_room_for_the_collector_itself(tmp_path):
    with pytest.raises(Away, match="are kept for the collector itself"):
        FileDestination(target(tmp_path), "log", 1 << 60).send(lines("a"), {})
    assert files(tmp_path) == {}


def test_a_folder_that_is_not_there_is_named_and_links_are_not_followed(tmp_path):
    with pytest.raises(Away, match="nowhere"):
        FileDestination(target(tmp_path / "nowhere"), "log", 0).send(lines("a"), {})
    (tmp_path / "diode-000000000001.log.part").symlink_to("/etc/passwd")
    with pytest.raises(Away):
        FileDestination(target(tmp_path), "log", 0).send(lines("a"), {})


@settings(max_examples=20)
@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from(["told", "killed", "restarted"])), max_size=8))
def test_however_it_ends_each_line_is_there_once_and_in_order(tmp_path_factory, steps):
    """Killed: lines were written and the place did not move, so they are brought again."""
    folder = tmp_path_factory.mktemp("out")
    made, known, told, next_line = FileDestination(target(folder, rotate_bytes=1024), "log", 0), {}, [], 0
    for count, what in steps:
        texts = [f"{next_line + at:0400d}" for at in range(count)]
        after = made.send(lines(*texts), known)
        if what == "told":
            known, told, next_line = made.settled(after), told + texts, next_line + count
        else:
            made.close()
        if what == "restarted":
            made = FileDestination(target(folder, rotate_bytes=1024), "log", 0)
    made.close()
    if not told:
        return
    final = FileDestination(target(folder, rotate_bytes=1024), "log", 0)
    final.send(lines("end"), known)
    final.close()
    assert "".join(files(folder).values()).splitlines() == [*told, "end"]
