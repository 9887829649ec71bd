import os
import signal
import socket
import subprocess
import sys
import textwrap
import time

import pytest
import structlog
from tramgac_collector import ready, supervisor, tallies
from tramgac_collector.main import HOPELESS
from tramgac_collector.paths import StatePaths

from tests.collector.station import prepare, settings

SCRIPT = textwrap.dedent("""
    import sys
    from pathlib import Path
    from tramgac_collector import supervisor
    from tramgac_collector.paths import StatePaths
    sys.exit(supervisor.run(StatePaths(Path(sys.argv[1]))))
""")


def until(condition, process, seconds=90):
    deadline = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, "the supervisor ended"
        assert time.monotonic() < deadline
        time.sleep(0.05)


def start(paths):
    command = [sys.executable, "-c", SCRIPT, str(paths.root)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True)


def test_all_roles_come_up_come_back_and_end(tmp_path):
    paths = prepare(tmp_path)
    process = start(paths)
    with process:
        until(lambda: ready.pid(paths, "collector") == process.pid, process)
        killed = {role: ready.pid(paths, role) for role in ("gateway",)}
        for pid in killed.values():
            os.kill(pid, signal.SIGKILL)
        until(lambda: all(ready.pid(paths, role) not in (0, pid) for role, pid in killed.items()), process)
        second = subprocess.run([sys.executable, "-c", SCRIPT, str(paths.root)], capture_output=True, check=False)
        assert second.returncode == 1
        assert b"runs in" in second.stderr
        os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does: the roles hear it too
        said = process.communicate(timeout=60)[1]
        assert b"Traceback" not in said
        assert b"ended badly" not in said
        assert process.returncode == 0
    assert not list(paths.run.glob("*.ready"))


@pytest.mark.enable_socket
def test_a_port_in_use_ends_it_with_a_message(tmp_path, capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        paths = prepare(tmp_path, settings(session_listen=listen, console_listen=listen))
        assert supervisor.run(paths) == 1
    said = capsys.readouterr().err
    assert f"session_listen {listen}: Address already in use" in said
    assert f"console_listen {listen}" in said
    assert "enrol_listen" not in said


def test_a_role_that_can_never_run_ends_all(tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor.subprocess, "Popen", lambda *_a, **_k: Process(HOPELESS))
    (tmp_path / "run").mkdir()
    assert supervisor.Supervisor(StatePaths(tmp_path)).run() == 1


@pytest.mark.parametrize(
    ("role", "status"), [("raise SystemExit(3)", 3), ("time.sleep(60)", -signal.SIGKILL), ("sys.exit()", 0)]
)
def test_a_role_that_does_not_end_well_is_named_and_the_status_tells(tmp_path, monkeypatch, role, status):
    """Each role is a program that announces itself and does something of its own after SIGTERM."""
    paths = StatePaths(tmp_path)
    paths.run.mkdir()
    program = f"import sys, time, signal\ndef end(*_): {role}\nsignal.signal(signal.SIGTERM, end)\n"
    program += "open(sys.argv[1], 'w').write('0')\nwhile True: signal.pause()"
    child = supervisor.Child("judge", paths)
    child.process = subprocess.Popen([sys.executable, "-c", program, tmp_path / "began"])
    until((tmp_path / "began").exists, child.process)
    ready.announce(paths, "judge")
    monkeypatch.setattr(supervisor.ready, "pid", lambda *_: child.process.pid)
    with structlog.testing.capture_logs() as said:
        assert child.end(0.5) == (status == 0)
    named = [entry for entry in said if entry["event"] == "a role ended badly"]
    assert [(entry["ended"], entry["status"]) for entry in named] == ([("judge", status)] if status else [])


def test_a_role_is_started_when_its_file_comes(tmp_path, monkeypatch):
    (tmp_path / "run").mkdir()
    monkeypatch.setattr(supervisor.subprocess, "Popen", lambda *_a, **_k: Process())
    monkeypatch.setattr(supervisor.ready, "pid", lambda *_: Process().pid)
    monkeypatch.setattr(supervisor.Child, "end", lambda *_: True)
    found = supervisor.Supervisor(StatePaths(tmp_path))
    assert "exporter" not in found.children

    def sleep(_seconds):
        (tmp_path / "export.toml").touch()
        if "exporter" in found.children and found.children["exporter"].process:
            found.stop()

    monkeypatch.setattr(supervisor.time, "sleep", sleep)
    assert found.run() == 0
    assert list(found.children)[-1] == "exporter"


def test_a_role_that_ends_badly_is_the_supervisor_s_status(tmp_path, monkeypatch):
    (tmp_path / "run").mkdir()
    monkeypatch.setattr(supervisor.subprocess, "Popen", lambda *_a, **_k: Process())
    monkeypatch.setattr(supervisor.Child, "end", lambda child, _patience: child.role != "store")
    found = supervisor.Supervisor(StatePaths(tmp_path))
    found.stop()
    assert found.run() == 1
    monkeypatch.setattr(supervisor.Child, "end", lambda *_: True)
    assert found.run() == 0


def test_whoever_started_it_hears_when_all_roles_are_ready(tmp_path, monkeypatch):
    (tmp_path / "run").mkdir()
    monkeypatch.setattr(supervisor.subprocess, "Popen", lambda *_a, **_k: Process())
    monkeypatch.setattr(supervisor.Child, "end", lambda *_: True)
    monkeypatch.setattr(supervisor.ready, "pid", lambda *_: Process().pid)
    heard = []
    found = supervisor.Supervisor(StatePaths(tmp_path), lambda: [heard.append("ready"), found.stop()])
    assert found.run() == 0
    assert heard == ["ready"]
    assert tallies.read(StatePaths(tmp_path), "collector").counters["restarts_judge"] == 0


def test_one_that_was_ended_before_it_had_begun_did_nothing_wrong(tmp_path):
    child = supervisor.Child("store", StatePaths(tmp_path))
    (tmp_path / "run").mkdir()
    assert child.end(1.0)
    child.process = subprocess.Popen(["sleep", "60"])
    assert child.end(10.0)


def test_without_init_it_says_so(tmp_path, capsys):
    assert supervisor.run(StatePaths(tmp_path)) == 1
    assert "collector init" in capsys.readouterr().err


@pytest.mark.enable_socket
def test_what_keeps_it_from_starting_is_one_sentence(tmp_path, capsys, monkeypatch):
    paths = prepare(tmp_path / "state")

    def told():
        assert supervisor.run(paths) == 1
        (line,) = capsys.readouterr().err.splitlines()
        return line

    with monkeypatch.context() as patch:
        patch.setattr(os, "geteuid", lambda: 4_000_000)
        assert "and this is #4000000: run it so: sudo -u" in told()
    with socket.create_server(("127.0.0.1", 0)) as taken, ready.alone(paths):
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        monkeypatch.setenv("TRAMGAC_COLLECTOR_SESSION_LISTEN", listen)
        ready.announce(paths, "collector")
        assert f"runs in {paths.root} already (pid {os.getpid()})" in told(), "and not that its ports are taken"
    monkeypatch.delenv("TRAMGAC_COLLECTOR_SESSION_LISTEN")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        assert "run: No space left on device; the disk is full: make room" in told()
    paths.control_database.write_bytes(b"no database at all, " * 100)
    monkeypatch.setattr(supervisor.logs, "configure", lambda *_: None)  # the process is the test's
    assert "control.db cannot be brought to this version: file is not a database" in told()
    paths.run.rename(paths.root / "away")
    paths.run.touch()
    assert "File exists" in told()


def full(_descriptor):
    raise OSError(28, "No space left on device")


class Process:
    """A child that ends when told."""

    def __init__(self, status=None):
        self.status = status
        self.pid = 4_711

    def poll(self):
        return self.status

    def terminate(self):
        pass

    def wait(self, _timeout=None):
        return self.status


def test_back_off_doubles_and_is_forgotten_after_a_steady_life(tmp_path, monkeypatch):
    child = supervisor.Child("store", StatePaths(tmp_path))
    (tmp_path / "run").mkdir()
    monkeypatch.setattr(supervisor.subprocess, "Popen", lambda *_a, **_k: Process())
    child.start(0.0)
    now, waits = 0.0, []
    for _ in range(7):
        child.process.status = -9
        assert child.look(now) == 0
        waits.append(child.again - now)
        now = child.again
        child.look(now)
    assert waits == pytest.approx([0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0])
    now += 100
    child.process.status = 1
    child.look(now)
    assert child.again - now == pytest.approx(supervisor.BACKOFF_FIRST_S)
    child.look(child.again)
    child.process.status = HOPELESS
    assert child.look(now) == HOPELESS
