"""The sensor process as a whole on a real kernel: from a cgroup and a tmpfs of the test's own to the spool."""

import hashlib
import os
import time
from pathlib import Path

import pytest
from tramgac_agent.config import AgentConfig
from tramgac_agent.sensor import SensorProcess
from tramgac_agent.sensors.scope import Scope
from tramgac_proto.event_pb2 import SENSOR_STATE_ALIVE

pytestmark = [pytest.mark.root, pytest.mark.enable_socket]

DROP = 'cp /bin/cat "$1/dropped" && "$1/dropped" - && rm "$1/dropped"'


@pytest.fixture
def process(load, tmpfs, tmp_path):
    config = AgentConfig(state=tmp_path / "state", scope=Scope(cgroup=str(load.group), mounts=(str(tmpfs),)))
    it = SensorProcess(config)
    it.put = []
    it.observer._emit = lambda event, emit=it.observer._emit: (it.put.append(event), emit(event))
    try:
        it.start()
        yield it
    finally:
        it.stop("over")


def turn_until(process, condition, seconds=15):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        process.turn()
        process.wait()
    assert condition()


def test_every_capability_is_alive_on_its_best_rung(process):
    turn_until(process, lambda: all(ladder.settled for ladder in process._ladders.values()))
    reports = [ladder.report() for ladder in process._ladders.values()]
    assert [(r.rung, r.state, r.why) for r in reports] == [
        ("fanotify", SENSOR_STATE_ALIVE, ""),
        ("ebpf", SENSOR_STATE_ALIVE, ""),
        ("ebpf", SENSOR_STATE_ALIVE, ""),
    ]
    # Canaries make no events, and are counted: a process, a connection at both ends, a file's life.
    assert process.put == []
    assert process.observer.own >= 4


def _program(event):
    return event.process_start.process.executable


def test_a_program_that_is_dropped_run_and_removed(process, load, tmpfs):
    child = load.start("/bin/sh", "-c", DROP, "sh", str(tmpfs), stdin=-1)
    turn_until(process, lambda: any(_program(e).startswith(str(tmpfs)) for e in process.put))
    child.stdin.close()
    turn_until(process, lambda: any(e.HasField("file_delete") for e in process.put) and not process.observer.waits)
    digest = hashlib.sha256(Path("/bin/cat").read_bytes()).digest()
    by_kind = {}
    for event in process.put:
        by_kind.setdefault(event.WhichOneof("kind"), []).append(event)
    run = next(e.process_start for e in by_kind["process_start"] if _program(e).startswith(str(tmpfs)))
    assert run.process.sha256 == digest
    assert run.process.command_line == f"{tmpfs}/dropped -"
    assert run.cgroup.endswith(load.group.name)
    assert run.parent.executable == os.path.realpath("/bin/sh")
    (created,) = by_kind["file_create"]
    assert created.file_create.process.executable == os.path.realpath("/bin/cp")
    (deleted,) = by_kind["file_delete"]
    assert deleted.file_delete.process.command_line == f"rm {tmpfs}/dropped"
    (written,) = by_kind["file_write"]
    assert written.file_write.created
    assert written.file_write.sha256 == digest


def test_idle_it_rests_and_busy_it_does_not(process, load):
    turn_until(process, lambda: process._told)
    for _ in range(4):
        process.turn()
        process._idle_turns = process._idle_turns + 1 if not process._busy else 0
    assert process._idle_turns >= 2
    load.start("/bin/true").wait()
    process.turn()
    assert process._busy
