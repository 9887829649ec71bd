import json
import subprocess
import sys

from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths


def test_lines_are_json_whatever_a_host_says(tmp_path):
    script = f"""
import logging, structlog
from pathlib import Path
from tramgac_collector import logs
from tramgac_collector.paths import StatePaths
logs.configure(StatePaths(Path({str(tmp_path)!r})), "gateway")
structlog.get_logger("x").info("said", text="\\x1b[31m\\n<b>\\u202e")
logging.getLogger("a.library").warning("careful %s", 1)
try:
    1 / 0
except ZeroDivisionError:
    structlog.get_logger("x").exception("failed")
"""
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    kept = StatePaths(tmp_path).role_log("gateway").read_text()
    assert len(kept.splitlines()) == len(done.stderr.splitlines()) == 3
    assert kept.isascii()
    lines = [json.loads(line) for line in kept.splitlines()]
    assert [line["event"] for line in lines] == ["said", "careful 1", "failed"]
    assert {line["role"] for line in lines} == {"gateway"}
    assert lines[0]["text"] == "\x1b[31m\n<b>\u202e"
    assert "ZeroDivisionError" in lines[2]["exception"]


def test_what_ends_the_role_stands_in_its_file(tmp_path):
    script = f"""
from pathlib import Path
from tramgac_collector import logs
from tramgac_collector.paths import StatePaths
logs.configure(StatePaths(Path({str(tmp_path)!r})), "judge")
1 / 0
"""
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    assert done.returncode == 1
    (line,) = map(json.loads, StatePaths(tmp_path).role_log("judge").read_text().splitlines())
    assert (line["event"], line["level"], line["role"]) == ("the role ends by a fault", "critical", "judge")
    assert "ZeroDivisionError" in line["exception"]


def test_a_full_disk_is_said_once_and_what_is_missing_afterwards(tmp_path):
    paths = StatePaths(tmp_path)
    paths.logs.mkdir()
    paths.role_log("api").symlink_to("/dev/full")
    script = f"""
import logging
from pathlib import Path
from tramgac_collector import logs
from tramgac_collector.paths import StatePaths
logs.configure(StatePaths(Path({str(tmp_path)!r})), "api")
for number in range(3):
    logging.getLogger("x").warning("line %d", number)
file = logging.getLogger().handlers[0]
file.stream = open({str(tmp_path / "room")!r}, "w")
logging.getLogger("x").warning("there is room")
"""
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    first, *rest = [line["event"] for line in lines]
    assert first == "the log file cannot be written"
    assert "No space left on device" in lines[0]["error"]
    assert rest == ["line 0", "line 1", "line 2", "there is room"]
    room, missing = [json.loads(line) for line in (tmp_path / "room").read_text().splitlines()]
    assert room["event"] == "there is room"
    assert (missing["event"].split()[:4], missing["role"]) == (["3", "lines", "are", "missing"], "api")


def test_counts():
    counts = Counts()
    counts.add("a")
    counts.add("a", 4)
    assert counts["a"] == 5
    assert counts["b"] == 0
    assert counts.snapshot() == {"a": 5}
