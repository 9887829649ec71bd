import os
import sys
from pathlib import Path

import pytest
from tramgac_agent.observations import INVALID_TEXT, LATE, TRUNCATED, Exec, Exit, Fork
from tramgac_agent.sensors.base import Setting
from tramgac_agent.sensors.linux.processes import EbpfProcesses, _completed
from tramgac_agent.sensors.scope import Scope

pytestmark = pytest.mark.root

MEMFD = """
import os
fd = os.memfd_create("quiet")
with open("/bin/true", "rb") as f:
    os.write(fd, f.read())
os.execve(fd, ["nothing", "to", "see"], {})
"""
DELETED = """
import os, shutil, sys
shutil.copy("/bin/true", sys.argv[1])
fd = os.open(sys.argv[1], os.O_RDONLY)
os.unlink(sys.argv[1])
os.execve(fd, ["gone"], {})
"""


@pytest.fixture
def sensor(load):
    it = EbpfProcesses(Setting(Scope(cgroup=str(load.group)), (os.getpid(),), ""))
    it.start()
    yield it
    it.stop()


def execs(sensor):
    return [o for o in sensor.drain(10_000) if isinstance(o, Exec)]


def test_a_program_with_everything_that_is_known_of_it(load, sensor, tmp_path):
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    load.start("/bin/sh", "-c", "/bin/true 'x y' '' z; exit 3", cwd=folder).wait()
    seen = sensor.drain(10_000)
    shell, program = (o for o in seen if isinstance(o, Exec))
    assert (shell.parent_pid, program.parent_pid, program.parent_start) == (os.getpid(), shell.pid, shell.start)
    assert program.command_line == "/bin/true x y  z"
    assert program.args_count == 4
    assert program.executable == os.path.realpath("/bin/true")
    assert program.working_directory == str(folder)
    assert (program.uid, program.euid, program.fileless) == (os.getuid(), os.geteuid(), False)
    assert program.cgroup == load.group.stat().st_ino
    status = Path("/bin/true").stat()
    assert program.file[1:] == (status.st_ino, status.st_mtime_ns, status.st_ctime_ns, status.st_size)
    ends = {o.pid: o for o in seen if isinstance(o, Exit)}
    assert (ends[shell.pid].exit_code, ends[shell.pid].signal, ends[program.pid].exit_code) == (3, 0, 0)
    assert ends[shell.pid].cpu > 0
    (fork,) = (o for o in seen if isinstance(o, Fork))
    assert (fork.pid, fork.start, fork.parent_pid) == (program.pid, program.start, shell.pid)
    assert fork.at <= program.at <= ends[program.pid].at


def test_the_start_is_the_one_in_proc(load, sensor):
    from tramgac_agent.enrich import procfs

    child = load.start("/bin/sh", "-c", "read x", stdin=-1)
    began = procfs.start(child.pid)
    child.stdin.close()
    child.wait()
    assert [o.start for o in execs(sensor)] == [began]


def test_programs_without_a_file(load, sensor, tmp_path):
    load.python(MEMFD).wait()
    load.python(DELETED, tmp_path / "copy").wait()
    seen = [o for o in execs(sensor) if o.executable != os.path.realpath(sys.executable)]
    assert [(o.executable, o.fileless, o.command_line) for o in seen] == [
        ("memfd:quiet", True, "nothing to see"),
        (f"{tmp_path}/copy", True, "gone"),
    ]


def test_a_very_long_command_line_is_cut_and_flagged(load, sensor):
    load.start("/bin/true", "x" * 100, "y" * 30_000).wait()
    (seen,) = execs(sensor)
    assert seen.command_line == f"/bin/true {'x' * 100} {'y' * 30_000}"[:8192]
    assert seen.args_count == 3
    assert seen.flags & TRUNCATED


def test_a_deep_folder_and_arguments_that_are_no_text(load, sensor, tmp_path):
    deep = tmp_path.joinpath(*[f"{i:03}" + "d" * 40 for i in range(40)])
    deep.mkdir(parents=True)
    load.start("/bin/true", b"\xff", cwd=deep).wait()
    (seen,) = execs(sensor)
    assert seen.working_directory == str(deep)
    assert seen.command_line == r"/bin/true \xff"
    assert seen.flags & INVALID_TEXT
    assert not seen.flags & TRUNCATED


def test_a_path_that_does_not_fit_is_flagged(load, sensor, tmp_path):
    deep = tmp_path.joinpath(*["e"] * 120)
    deep.mkdir(parents=True)
    load.start("/bin/true", cwd=deep).wait()
    (seen,) = execs(sensor)
    assert seen.flags & TRUNCATED
    assert seen.working_directory == "/e" * 96


def test_a_signal_and_a_process_with_threads(load, sensor):
    load.python("import os; os.kill(os.getpid(), 9)").wait()
    load.python(
        "import threading, os, time; threading.Thread(target=time.sleep, args=(9,)).start(); os._exit(5)"
    ).wait()
    ends = [o for o in sensor.drain(10_000) if isinstance(o, Exit)]
    # The last two threads may both be told to be the last; the process table lets one end through.
    assert list(dict.fromkeys((o.exit_code, o.signal) for o in ends)) == [(None, 9), (5, 0)]


def test_a_user_that_is_not_root(load, sensor):
    code = "import ctypes, os; ctypes.CDLL(None).setresuid(12345, 23456, 0); os.execv('/bin/true', ['/bin/true'])"
    load.python(code).wait()
    assert [(o.uid, o.euid) for o in execs(sensor)][-1] == (12_345, 23_456)


def test_nobody_outside_the_group_is_seen(load, sensor):
    import subprocess

    subprocess.run(["/bin/sh", "-c", "/bin/true; /bin/true"], check=True)
    # The agent's own child passes in any scope, flagged; its children do not.
    seen = sensor.drain(10_000)
    assert [(o.command_line, o.flags & 8) for o in seen if isinstance(o, Exec)] == [
        ("/bin/sh -c /bin/true; /bin/true", 8)
    ]
    assert not [o for o in seen if isinstance(o, Fork)]


def test_below_the_group_is_seen_too(load, sensor):
    inner = load.group / "inner"
    inner.mkdir()
    try:
        code = "import os,sys; open(sys.argv[1],'w').write(str(os.getpid())); os.system('/bin/true in')"
        load.python(code, inner / "cgroup.procs").wait()
        assert [o.command_line for o in execs(sensor)][-1] == "/bin/true in"
    finally:
        inner.rmdir()


def test_arguments_that_were_not_in_memory_are_read_a_moment_later():
    mine = EbpfProcesses(Setting(Scope(), (1,), ""))
    assert mine.canary_folder() is None
    seen = Exec(0, os.getpid(), 1, 0, 0, "x", "", "", 1, 0, 0, 0, 0, 0, fileless=False, file=None, flags=LATE)
    assert "python" in _completed(seen).command_line
    assert _completed(seen._replace(pid=2**22 + 1)).command_line == ""
