import os
import subprocess
import sys

import psutil
from tramgac_agent.enrich import procfs
from tramgac_agent.enrich.identity import key_of
from tramgac_agent.observations import INVALID_TEXT, LATE, TRUNCATED


def test_a_process_as_its_maker_knows_it(tmp_path):
    arguments = ["/bin/sh", "-c", "read x", "one two", b"\xff".decode(errors="surrogateescape")]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, cwd=tmp_path) as child:
        seen = _begun(child.pid)
        began = procfs.start(child.pid)
        child.stdin.close()
    assert seen.pid == child.pid
    assert seen.command_line == r"/bin/sh -c read x one two \xff"
    assert seen.executable == os.path.realpath("/bin/sh")
    assert seen.working_directory == str(tmp_path)
    assert (seen.parent_pid, seen.parent_start) == (os.getpid(), procfs.start(os.getpid()))
    assert (seen.uid, seen.euid) == (os.getuid(), os.geteuid())
    assert seen.args_count == 5
    assert seen.flags == LATE | INVALID_TEXT
    assert not seen.fileless
    fd = os.open("/bin/sh", os.O_RDONLY)
    assert seen.file == key_of(fd)
    os.close(fd)
    assert seen.start == began > 0
    assert procfs.read(child.pid) is None
    assert procfs.start(child.pid) == 0


def _begun(pid):
    """Popen comes back a moment before the kernel has put the arguments in their place."""
    for _ in range(100_000):
        seen = procfs.read(pid)
        if seen.command_line:
            return seen
    raise AssertionError(pid)


def test_the_start_agrees_with_psutil():
    mine = procfs.read(os.getpid())
    assert abs(mine.at / 1e9 - psutil.Process().create_time()) < 1.5
    assert os.getpid() in procfs.pids()


def test_long_arguments_are_cut_and_flagged():
    with subprocess.Popen([sys.executable, "-c", "input()", "x" * 20_000], stdin=subprocess.PIPE) as child:
        seen = _begun(child.pid)
        child.stdin.write(b"\n")
    assert len(seen.command_line) == 8192
    assert seen.flags & TRUNCATED


def test_the_group_is_the_one_in_the_unified_hierarchy():
    assert procfs.group(os.getpid()).startswith("/")
    assert procfs.group(2**22 + 1) == ""
