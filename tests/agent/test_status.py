import json
import os
import subprocess
import sys
import time

import pytest
from tramgac_agent.status import Life, read_status, write_status

NOW = time.time()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "status.json"


def test_a_status_is_replaced_whole(path):
    write_status(path, {"a": 1})
    write_status(path, {"a": 2})
    assert json.loads(path.read_text())["a"] == 2
    assert [one.name for one in path.parent.iterdir()] == ["status.json"]


def test_a_disk_that_refuses_costs_the_status_and_no_more(tmp_path, caplog):
    write_status(tmp_path / "none" / "status.json", {"a": 1})
    assert "status.json" in caplog.text


def test_who_lives_is_believed(path):
    write_status(path, {"a": 1})
    status = read_status(path, time.time(), 30)
    assert (status.life, status.pid, status.facts["a"]) == (Life.RUNS, os.getpid(), 1)
    assert abs(status.time - time.time()) < 30


@pytest.mark.parametrize(
    ("changed", "life"),
    [
        ({"time": NOW - 100}, Life.SILENT),
        ({"ended": True}, Life.STOPPED),
        ({"ended": True, "time": NOW - 100, "start": 1}, Life.STOPPED),
        ({"start": 1}, Life.KILLED),  # its number was given to another process
        ({"boot": "another"}, Life.KILLED),
        ({"pid": "x"}, Life.NEVER),
        ({"time": None}, Life.NEVER),
    ],
)
def test_what_is_over_is_not_told_as_present(path, changed, life):
    write_status(path, {"a": 1} | changed)
    status = read_status(path, NOW, 30)
    assert (status.life, status.facts) == (life, {})
    assert status.told.get("a") == (None if life is Life.NEVER else 1)


WRITER = """
import sys, time
from pathlib import Path
from tramgac_agent.status import write_status
write_status(Path(sys.argv[1]), {})
print(flush=True)
time.sleep(60)
"""


def test_a_killed_process_is_known_for_dead_at_once(path):
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE) as writer:
        writer.stdout.readline()
        assert read_status(path, time.time(), 30).life is Life.RUNS
        writer.kill()
    assert read_status(path, time.time(), 30).life is Life.KILLED


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b"{}", b"\xff"])
def test_no_file_and_a_damaged_one_say_nothing(path, content):
    if content is not None:
        path.write_bytes(content)
    assert read_status(path, NOW) == read_status(path.with_name("none"), NOW)
