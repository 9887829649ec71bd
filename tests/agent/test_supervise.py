import json
import os
import signal
import subprocess
import sys
import time

import pytest
from tramgac_agent.supervise import MISUSE, Part, Supervisor, alone, part_command

from tests.agent.host import config_in

# A part for tests: writes its name and pid, then does as the file beside it says.
PROGRAM = """
import os, signal, sys, time
folder, name = sys.argv[1], sys.argv[2]
signal.signal(signal.SIGTERM, lambda *_: (open(f"{folder}/ended", "a").write(name + " "), os._exit(0)))
open(f"{folder}/started", "a").write(f"{name} {os.getpid()}\\n")
while name == "uplink" and "sensor" not in open(f"{folder}/started").read():
    time.sleep(0.01)  # whoever is not up yet could not say that it was ended
if os.path.exists(f"{folder}/{name}.status"):
    sys.exit(int(open(f"{folder}/{name}.status").read()))
time.sleep(60)
"""
RUN = """
import sys
from pathlib import Path
from tests.agent.host import config_in
from tramgac_agent.supervise import Supervisor
folder, program = sys.argv[1:]
sys.exit(Supervisor(config_in(Path(folder)), [sys.executable, "-c", program, folder]).run())
"""


def started(folder, part):
    try:
        lines = (folder / "started").read_text().split("\n")
    except FileNotFoundError:
        return []
    return [int(line.split()[1]) for line in lines if line.startswith(part)]


def until(holds):
    deadline = time.monotonic() + 20
    while not (found := holds()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return found


@pytest.fixture
def supervisor(tmp_path):
    (tmp_path / "run").mkdir()
    process = subprocess.Popen([sys.executable, "-c", RUN, str(tmp_path), PROGRAM])
    yield process
    if process.poll() is None:
        process.kill()
        process.wait()
        for part in ("sensor", "uplink"):
            for pid in started(tmp_path, part)[-1:]:
                os.kill(pid, signal.SIGTERM)


def status(folder):
    return json.loads((folder / "run" / "parts.json").read_text())


def test_a_part_that_dies_is_started_again_and_counted(tmp_path, supervisor):
    until(lambda: started(tmp_path, "sensor") and started(tmp_path, "uplink"))
    os.kill(started(tmp_path, "sensor")[0], signal.SIGKILL)
    until(lambda: len(started(tmp_path, "sensor")) == 2)
    found = until(lambda: status(tmp_path)["sensor"]["restarts"] and status(tmp_path))
    assert (found["sensor"]["restarts"], found["sensor"]["last_exit"]) == (1, "SIGKILL")
    assert found["uplink"]["restarts"] == 0
    assert len(started(tmp_path, "uplink")) == 1


def test_sigterm_ends_the_sensor_first_then_the_uplink(tmp_path, supervisor):
    until(lambda: started(tmp_path, "sensor") and started(tmp_path, "uplink"))
    until((tmp_path / "run" / "parts.json").exists)
    supervisor.terminate()
    assert supervisor.wait(20) == 0
    assert (tmp_path / "ended").read_text() == "sensor uplink "
    assert status(tmp_path)["ended"]


def test_a_part_that_cannot_run_like_this_ends_everything(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "uplink.status").write_text(str(MISUSE))
    done = subprocess.run([sys.executable, "-c", RUN, str(tmp_path), PROGRAM], check=False, timeout=30)
    assert done.returncode == 1
    assert (tmp_path / "ended").read_text() == "sensor "


def test_a_part_that_does_not_end_is_killed(caplog):
    program = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"
    part = Part("deaf", [sys.executable, "-c", program])
    part.process = subprocess.Popen(part.command, stdout=subprocess.PIPE)
    part.process.stdout.readline()
    process = part.process
    part.end(0.1)
    process.stdout.close()
    assert process.returncode == -signal.SIGKILL
    assert "killed" in caplog.text


def test_the_parts_are_started_with_their_scope_and_our_pid():
    command = part_command("/state", ["--scope-mount", "/m"])
    assert command[-1] == "--part"
    assert command[command.index("--parent") + 1] == str(os.getpid())
    assert "--scope-mount" in command
    assert [part.name for part in Supervisor(config_in("/state"), command).parts] == ["sensor", "uplink"]


def test_one_run_a_state_folder(tmp_path):
    config = config_in(tmp_path)
    with alone(config, "all") as first, alone(config, "sensor") as other_part:
        assert first
        assert other_part
        with alone(config, "all") as second:
            assert not second
    with alone(config, "all") as again:
        assert again
