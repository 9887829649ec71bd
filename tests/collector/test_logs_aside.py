import asyncio
import json
import logging
import subprocess
import sys
import threading

import pytest
import structlog
from tramgac_collector import logs_aside
from tramgac_collector.gateway import role as gateway
from tramgac_collector.logs_aside import aside
from tramgac_collector.paths import StatePaths

from tests.collector.station import prepare, settings


class Probe(logging.Handler):
    """A slow disk: what is said, by which thread it is written."""

    def __init__(self):
        super().__init__()
        self.lines, self.writers, self.opened, self.begun = [], set(), threading.Event(), threading.Event()
        self.opened.set()

    def emit(self, record):
        self.begun.set()
        self.opened.wait(30)
        self.lines.append(record.getMessage())
        self.writers.add(threading.get_ident())


@pytest.fixture
def probe():
    root, made = logging.getLogger(), Probe()
    before, level = root.handlers[:], root.level
    root.handlers[:] = (made,)
    root.setLevel(logging.INFO)
    yield made
    root.handlers[:] = before
    root.setLevel(level)


def test_lines_are_written_by_another_thread_in_their_order_and_none_is_lost(probe):
    log, things = logging.getLogger("x"), [0]
    with aside():
        probe.opened.clear()
        for number in range(1_000):
            things[0] = number
            log.info("line %s", things)
        assert not probe.lines
        probe.opened.set()
    assert probe.lines == [f"line [{number}]" for number in range(1_000)]
    assert threading.get_ident() not in probe.writers
    log.info("afterwards")
    assert probe.lines[-1] == "afterwards"
    assert threading.get_ident() in probe.writers


def test_what_there_is_no_room_for_is_counted_and_said(probe, monkeypatch):
    monkeypatch.setattr(logs_aside, "MOST", 5)
    log = logging.getLogger("x")
    with aside():
        probe.opened.clear()
        for number in range(100):
            log.info("line %d", number)
            assert probe.begun.wait(30)  # the first is being written, five wait behind it
        probe.opened.set()
    *lines, said = probe.lines
    assert lines == [f"line {number}" for number in range(6)]
    assert said == "94 lines are missing here: the log could not be written as fast"


def test_the_lines_are_those_that_were_written_directly(tmp_path):
    script = f"""
import logging, structlog
from pathlib import Path
from tramgac_collector import logs
from tramgac_collector.logs_aside import aside
from tramgac_collector.paths import StatePaths
logs.configure(StatePaths(Path({str(tmp_path)!r})), "gateway")
def say():
    structlog.get_logger("x").info("said", text="a")
    logging.getLogger("a.library").warning("careful %s", 1)
    for log in (structlog.get_logger("x"), logging.getLogger("a.library")):
        try:
            1 / 0
        except ZeroDivisionError:
            log.exception("failed")
say()
with aside():
    say()
    raise ValueError("the end")
"""
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    lines = [json.loads(line) for line in StatePaths(tmp_path).role_log("gateway").read_text().splitlines()]
    assert lines == [json.loads(line) for line in done.stderr.splitlines()]
    *lines, end = lines
    assert (len(lines), end["event"]) == (8, "the role ends by a fault")
    stamps = [line.pop("timestamp") for line in lines]
    assert stamps == sorted(stamps)
    for direct, queued in zip(lines[:4], lines[4:], strict=True):
        assert queued.pop("exception", "").splitlines()[-1:] == direct.pop("exception", "").splitlines()[-1:]
        assert queued == direct
    assert {line["role"] for line in lines} == {"gateway"}


def test_the_gateway_does_not_write_its_log_on_its_event_loop(probe, tmp_path, monkeypatch):
    async def serve(_paths, _config):
        logging.getLogger("x").info("served")
        await asyncio.sleep(0)

    paths = prepare(tmp_path)
    probe.writers.clear()
    monkeypatch.setattr(gateway.logs, "configure", lambda _paths, _role: None)
    monkeypatch.setattr(gateway.heap, "share", lambda: None)  # not in the suite's process
    monkeypatch.setattr(gateway.descriptors, "provide", lambda streams: streams)
    monkeypatch.setattr(gateway, "serve", serve)
    gateway.run(paths, settings())
    assert "served" in probe.lines
    assert threading.get_ident() not in probe.writers


def test_structlogs_own_lines_are_not_changed_by_whoever_said_them(probe):
    log = structlog.stdlib.BoundLogger(
        logging.getLogger("x"), [structlog.stdlib.ProcessorFormatter.wrap_for_formatter], {}
    )
    with aside():
        probe.opened.clear()
        log.info("said", at=1)
        probe.opened.set()
    assert probe.lines == [str({"at": 1, "event": "said"})]
