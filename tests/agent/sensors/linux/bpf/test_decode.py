import os
import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tramgac_agent.enrich.identity import FileKey
from tramgac_agent.observations import INVALID_TEXT, Connection, Exit, Fork
from tramgac_agent.sensors.errors import RecordError
from tramgac_agent.sensors.linux.bpf.decode import ACCEPTED, CONNECTED, EXEC, EXIT, FAILED, FORK, decode

BOOT = 1_000_000_000_000


def head(kind, login=2**32 - 1):
    return struct.pack("<IIQQQQIIIIII", kind, 0, 5, 70_000_000, 30_000_000, 9, 11, 10, 1, 2, login, login)


def execution(arguments=b"/bin/a\0b\0", program=b"a\0bin\0", folder=b"", links=1, **more):
    lengths = len(arguments), len(program), len(folder)
    body = struct.pack("<QQQQIIIIII", 77, 5, 6, 7, (8 << 20) | 1, links, 2, *lengths)
    return memoryview(head(EXEC, **more) + body + arguments + program + folder)


def test_an_exec():
    seen = decode(execution(), BOOT)
    assert (seen.at, seen.pid, seen.start, seen.parent_pid, seen.parent_start) == (BOOT + 5, 11, 7, 10, 3)
    assert (seen.executable, seen.command_line, seen.working_directory) == ("/bin/a", "/bin/a b", "/")
    assert (seen.uid, seen.euid, seen.login_uid, seen.session, seen.cgroup) == (1, 2, 0, 0, 9)
    assert seen.file == FileKey(os.makedev(8, 1), 77, 5, 6, 7)
    assert decode(execution(login=0), BOOT).login_uid == 1


def test_a_program_without_a_file():
    assert decode(execution(program=b"memfd:x\0", links=0), BOOT).executable == "memfd:x"
    assert decode(execution(program=b"memfd:x\0"), BOOT).executable == "/memfd:x", "a file of that name in /"
    assert decode(execution(links=0), BOOT)[:13][5] == "/bin/a"


def test_bytes_that_are_no_text_are_flagged():
    assert decode(execution(arguments=b"\xfe\0"), BOOT).flags == INVALID_TEXT
    assert decode(execution(folder=b"\xfe\0"), BOOT).working_directory == r"/\xfe"


def test_fork_and_exit():
    assert decode(memoryview(head(FORK)), BOOT) == Fork(BOOT + 5, 11, 7, 10, 3)
    record = head(EXIT) + struct.pack("<QII", 123, 0x0300, 0)
    assert decode(memoryview(record), BOOT) == Exit(BOOT + 5, 11, 7, 3, 0, 123)
    record = head(EXIT) + struct.pack("<QII", 123, 9, 0)
    assert decode(memoryview(record), BOOT) == Exit(BOOT + 5, 11, 7, None, 9, 123)


def test_connections_begin_at_the_source():
    def record(kind, family=2, local=b"\1\2\3\4" + bytes(12), remote=b"\5\6\7\x08" + bytes(12), asked=3):
        return memoryview(head(kind) + struct.pack("<QHHHH16s16s", asked, family, 1000, 80, 0, local, remote))

    ours, theirs = (b"\1\2\3\4", 1000), (b"\5\6\7\x08", 80)
    assert decode(record(CONNECTED), BOOT) == Connection(
        BOOT + 5, 11, 7, True, *ours, *theirs, established=True, asked=BOOT + 3
    )
    assert decode(record(CONNECTED, asked=0), BOOT).asked == 0
    assert decode(record(FAILED), BOOT).established is False
    assert decode(record(ACCEPTED), BOOT) == Connection(BOOT + 5, 11, 7, False, *theirs, *ours, established=True)
    mapped = bytes(10) + b"\xff\xff\1\2\3\4"
    seen = decode(record(CONNECTED, family=10, local=mapped, remote=bytes(15) + b"\1"), BOOT)
    assert (seen.source_ip, seen.destination_ip) == (b"\1\2\3\4", bytes(15) + b"\1")


@given(st.binary(max_size=300))
def test_any_bytes_are_an_observation_or_a_record_error(raw):
    with suppress(RecordError):
        decode(memoryview(raw), BOOT)


@given(st.sampled_from([FORK, EXEC, EXIT, CONNECTED, 99]), st.binary(max_size=200))
def test_the_right_head_and_anything_behind_it(kind, tail):
    with suppress(RecordError):
        decode(memoryview(head(kind) + tail), BOOT)


def test_lengths_that_do_not_add_up():
    with pytest.raises(RecordError, match="says"):
        decode(execution()[:-1], BOOT)
