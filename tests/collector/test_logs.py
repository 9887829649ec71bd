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


def test_counts():
    counts = Counts()
    counts.add("a")
    counts.add("a", 4)
    assert counts["a"] == 5
    assert counts["b"] == 0
    assert counts.snapshot() == {"a": 5}
