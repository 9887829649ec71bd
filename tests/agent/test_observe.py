import hashlib
import os
import time

import pytest
from tramgac_agent.enrich.hashes import Hashes
from tramgac_agent.enrich.identity import FileKey, PathSource
from tramgac_agent.enrich.processes import ProcessTable
from tramgac_agent.observations import (
    CREATED,
    DELETED,
    INVALID_TEXT,
    LATE,
    OWN,
    RENAMED,
    TRUNCATED,
    WRITTEN,
    Connection,
    Exec,
    Exit,
    FileChange,
    Fork,
    Opened,
)
from tramgac_agent.observe import HASH_WAIT_NS, MOMENTS_NS, Observer
from tramgac_proto.event_pb2 import MECHANISM_EBPF, OUTCOME_FAILURE, OUTCOME_SUCCESS, TRANSPORT_TCP


class Names:
    def name(self, group_id):
        return f"/group{group_id}" if group_id else ""


@pytest.fixture
def observer():
    hashes = Hashes()
    events = []
    table = ProcessTable(lambda _: None, lambda seen: f"user{seen.euid}")
    it = Observer(table, hashes, groups=Names(), boot=99, emit=events.append)
    it.events = events
    yield it
    hashes.close()


def run(pid=11, start=2, program="/bin/ls", parent=(10, 1), at=1_000, **more):
    facts = {"executable": program, "command_line": f"{program} -l", "working_directory": "/tmp", "args_count": 2}
    facts |= {"uid": 5, "euid": 6, "login_uid": 8, "session": 9, "cgroup": 7, "fileless": False, "file": None} | more
    return Exec(at, pid, start, *parent, **facts)


def take(observer, *observations):
    observer.take(observations, MECHANISM_EBPF)
    taken = observer.events[:]
    observer.events.clear()
    return taken


def test_a_start_with_parent_and_grandparent(observer):
    take(observer, run(9, 1, "/sbin/init", (0, 0)), run(10, 1, "/bin/sh", (9, 1)))
    observer.skew, observer.content = 500, 3
    (event,) = take(observer, run())
    assert (event.time, event.skew, event.boot, event.mechanism, event.content) == (1_500, 500, 99, MECHANISM_EBPF, 3)
    assert not event.HasField("quality")
    start = event.process_start
    assert (start.process.entity_id, start.process.pid) == ((2 << 22) | 11, 11)
    assert (start.process.executable, start.process.command_line) == ("/bin/ls", "/bin/ls -l")
    assert (start.process.working_directory, start.process.user) == ("/tmp", "user6")
    assert (start.uid, start.euid, start.login_uid, start.session, start.args_count) == (5, 6, 8, 9, 2)
    assert (start.cgroup, start.fileless) == ("/group7", False)
    assert (start.parent.entity_id, start.parent.executable) == ((1 << 22) | 10, "/bin/sh")
    assert (start.parent.command_line, start.parent.user) == ("/bin/sh -l", "user6")
    assert start.parent.grandparent_executable == "/sbin/init"


def test_a_parent_that_nobody_knows_still_has_its_number(observer):
    (event,) = take(observer, run())
    assert (event.process_start.parent.pid, event.process_start.parent.entity_id) == (10, 0)


def test_what_is_imperfect_is_said(observer):
    (event,) = take(observer, run(flags=TRUNCATED | LATE | INVALID_TEXT))
    assert event.quality.truncated
    assert event.quality.late
    assert event.quality.invalid_text


def test_only_what_ran_a_program_has_an_end(observer):
    take(observer, run(10, 1, "/bin/sh", (1, 1)))
    assert take(observer, Fork(0, 11, 2, 10, 1), Exit(5, 11, 2, 0, 0, 0)) == []
    (event,) = take(observer, Exit(6, 10, 1, 3, 9, 77))
    ended = event.process_exit
    assert (ended.process.executable, ended.exit_code, ended.signal, ended.cpu) == ("/bin/sh", 3, 9, 77)
    assert take(observer, Exit(6, 4_000, 1, 0, 0, 0)) == []


def test_each_thing_that_happened_to_a_file_is_an_event(observer):
    take(observer, run())
    everything = CREATED | WRITTEN | RENAMED | DELETED
    created, written, renamed, deleted = take(observer, FileChange(5, 11, everything, "/b", "/a"))
    assert (created.file_create.path, created.file_create.process.executable) == ("/b", "/bin/ls")
    assert (written.file_write.path, written.file_write.created) == ("/b", True)
    assert (renamed.file_rename.path, renamed.file_rename.previous_path) == ("/b", "/a")
    assert deleted.file_delete.path == "/b"
    assert {e.file_create.process.entity_id for e in (created,)} == {(2 << 22) | 11}


def living(*lives):
    """An observer of a system on which these began before the agent."""
    known = {seen.pid: seen for seen in lives}
    events = []
    table = ProcessTable(known.get, lambda seen: f"user{seen.euid}")
    it = Observer(table, Hashes(), groups=None, boot=99, emit=events.append)
    it.events = events
    return it


def test_the_parent_of_who_began_before_the_agent_is_told_with_what_it_does():
    observer = living(run(9, 1, "/usr/sbin/sshd", (1, 1)), run(10, 5, "/bin/bash", (9, 1)))
    connection = Connection(6, 10, 5, True, b"\1" * 4, 1, b"\2" * 4, 2, established=True)
    deeds = take(observer, FileChange(5, 10, CREATED | WRITTEN | RENAMED | DELETED, "/b", "/a"), connection)
    assert len(deeds) == 5
    for event in deeds:
        above = getattr(event, event.WhichOneof("kind")).above
        assert (above.entity_id, above.pid, above.executable) == ((1 << 22) | 9, 9, "/usr/sbin/sshd")
        assert (above.command_line, above.user) == ("/usr/sbin/sshd -l", "user6")
    observer._hashes.close()


def test_the_parent_of_a_copy_that_ran_no_program_of_its_own_is_told(observer):
    take(observer, run(10, 1, "/bin/bash", (9, 1)), Fork(2_000, 11, 2, 10, 1))
    (event,) = take(observer, FileChange(3_000, 11, CREATED, "/etc/cron.d/x"))
    assert (event.file_create.process.pid, event.file_create.above.pid) == (11, 10)
    assert event.file_create.above.executable == "/bin/bash"


def test_the_parent_is_not_told_again_of_who_had_a_start_event(observer):
    take(observer, run(10, 1, "/bin/bash", (9, 1)), run(11, 2, "/usr/bin/cp", (10, 1)))
    (event,) = take(observer, FileChange(3_000, 11, CREATED, "/etc/cron.d/x"))
    assert event.file_create.process.executable == "/usr/bin/cp"
    assert not event.file_create.HasField("above")


def test_a_parent_that_is_gone_or_is_none_is_no_more_than_its_number():
    observer = living(run(10, 5, "/bin/bash", (9, 1)), run(1, 1, "/sbin/init", (0, 0)))
    orphan, first = take(observer, FileChange(5, 10, CREATED, "/a"), FileChange(6, 1, CREATED, "/b"))
    assert (orphan.file_create.above.pid, orphan.file_create.above.entity_id) == (9, 0)
    assert not first.file_create.HasField("above")
    observer._hashes.close()


def test_a_write_counts_as_created_only_for_moments_and_once(observer):
    def written(at):
        (event,) = take(observer, FileChange(at, 0, WRITTEN, "/f"))
        return event.file_write.created

    assert written(1) is False
    take(observer, FileChange(10, 0, CREATED, "/f"))
    assert [written(11), written(12)] == [True, False]
    take(observer, FileChange(20, 0, CREATED, "/f"))
    assert written(20 + MOMENTS_NS) is False
    take(observer, FileChange(30, 0, CREATED, "/f"), FileChange(31, 0, DELETED, "/f"))
    assert written(32) is False


def test_connections(observer):
    take(observer, run())
    made = Connection(5, 11, 2, True, b"\1\2\3\4", 1000, b"\5\6\7\x08", 80, established=True)
    first, second, third = take(observer, made, made._replace(established=False), made._replace(pid=77, start=1))
    c = first.network_connection
    assert (c.process.executable, c.initiated, c.transport, c.outcome) == (
        "/bin/ls",
        True,
        TRANSPORT_TCP,
        OUTCOME_SUCCESS,
    )
    assert (c.source_ip, c.source_port, c.destination_ip, c.destination_port) == (b"\1\2\3\4", 1000, b"\5\6\7\x08", 80)
    assert second.network_connection.outcome == OUTCOME_FAILURE
    assert (third.network_connection.process.pid, third.network_connection.process.entity_id) == (77, 0)
    assert observer.ownerless == 1


def test_what_the_agent_does_makes_no_event_but_is_known(observer):
    assert take(observer, run(10, 1, "/bin/sh", (1, 1), flags=OWN)) == []
    (event,) = take(observer, run())
    assert event.process_start.parent.executable == "/bin/sh"
    assert take(observer, Exit(5, 10, 1, 0, 0, 0)) == []
    assert take(observer, FileChange(5, 11, CREATED, "/c", flags=OWN)) == []
    assert observer.own == 2


def turned(observer, now=0):
    deadline = time.monotonic() + 10
    while observer.waits and time.monotonic() < deadline:
        observer.turn(now)
        time.sleep(0.002)
    taken = observer.events[:]
    observer.events.clear()
    return taken


def key(path):
    s = path.stat()
    return FileKey(s.st_dev, s.st_ino, s.st_mtime_ns, s.st_ctime_ns, s.st_size)


def test_a_program_comes_with_its_hash(observer, tmp_path):
    path = tmp_path / "program"
    path.write_bytes(b"\x7fELF and more")
    digest = hashlib.sha256(path.read_bytes()).digest()
    taken = take(observer, run(2**22 + 1, 2, str(path), file=key(path)))
    (first,) = taken + turned(observer)
    (again,) = take(observer, run(2**22 + 1, 3, str(path), file=key(path)))
    assert first.process_start.process.sha256 == again.process_start.process.sha256 == digest


def test_the_program_of_a_living_process_is_found_without_its_path(observer):
    fd = os.open("/proc/self/exe", os.O_RDONLY)
    s = os.fstat(fd)
    os.close(fd)
    mine = FileKey(s.st_dev, s.st_ino, s.st_mtime_ns, s.st_ctime_ns, s.st_size)
    taken = take(observer, run(os.getpid(), 2, "memfd:x", file=mine))
    (event,) = taken + turned(observer)
    assert len(event.process_start.process.sha256) == 32


def test_a_written_script_comes_with_its_hash_and_size(observer, tmp_path):
    path = tmp_path / "s"
    path.write_bytes(b"#!/bin/sh\n")
    taken = take(observer, FileChange(5, 0, CREATED | WRITTEN, str(path), source=PathSource(str(path))))
    created, written = taken + turned(observer)
    assert created.HasField("file_create")
    assert (written.file_write.sha256, written.file_write.size) == (hashlib.sha256(b"#!/bin/sh\n").digest(), 10)
    assert written.file_write.created


def test_a_document_does_not_wait(observer, tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("dear")
    (event,) = take(observer, FileChange(5, 0, WRITTEN, str(path), source=PathSource(str(path))))
    assert event.file_write.sha256 == b""


class Never:
    """A file system that does not answer."""

    def __init__(self):
        self.opened = 0

    def open(self):
        self.opened += 1
        time.sleep(0.2)
        raise OSError("late")


def test_an_event_waits_two_seconds_and_no_longer(observer):
    wanted = FileKey(1, 2, 3, 4, 5)
    ticket = observer._hashes.program(wanted, [Never()], "p")
    observer.skew = 10_000_000_000
    assert take(observer, run(at=1_000, file=wanted)) == []
    observer.turn(1_000 + HASH_WAIT_NS - 1)
    assert ticket.done or observer.events == []
    observer.turn(1_000 + HASH_WAIT_NS)
    (event,) = observer.events
    assert event.process_start.process.sha256 == b""


def test_who_became_another_program_meanwhile_did_what_it_did_before(observer):
    take(observer, run(program="/bin/sh", at=10), run(program="/bin/dpkg", at=200))
    written = FileChange(300, 11, CREATED, "/etc/cron.d/x", after=100)
    made = Connection(300, 11, 2, True, b"a", 1, b"b", 2, established=True, asked=150)
    events = take(observer, written, Opened(300, 11, "/bin/dpkg", 100), written, made)
    assert [event.file_create.process.executable for event in events[:2]] == ["/bin/sh", "/bin/dpkg"]
    assert not any(event.quality.late for event in events)
    assert events[2].network_connection.process.executable == "/bin/sh"
    take(observer, run(12, 3, "/bin/sh", at=10), run(12, 3, "/bin/dpkg", at=200))
    (event,) = take(observer, written._replace(pid=12))
    assert (event.file_create.process.executable, event.quality.late) == ("/bin/sh", True)
