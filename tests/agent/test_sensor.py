import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from backports import zstd
from tramgac_agent.config import AgentConfig
from tramgac_agent.frames import decode, scan
from tramgac_agent.local import connect
from tramgac_agent.packets import Acked, Choices
from tramgac_agent.paths import LANES
from tramgac_agent.sensor import SensorProcess, ladders
from tramgac_agent.sensors.base import Setting
from tramgac_agent.sensors.scope import Scope
from tramgac_agent.status import Life, read_status
from tramgac_proto.event_pb2 import LANE_SECURITY, LANE_URGENT, SENSOR_STATE_ALIVE, Event
from tramgac_rules.costs import Budget
from tramgac_wire.fs import OsFileSystem
from tramgac_wire.log import LogReader
from tramgac_wire.rule_marks import mark_of

from tests.agent.sleep.bus import Member, bus, released
from tests.rules.making import IDS, compiled, rule

ROOT = Path(__file__).parents[2]
RUNGS = {"process": "poll", "network": "poll", "file": "watch"}


@pytest.fixture
def shell():
    """The only process that is looked at."""
    with subprocess.Popen(["/bin/sh"], stdin=subprocess.PIPE, text=True) as process:
        yield process
        if process.poll() is None:
            process.stdin.close()


@pytest.fixture
def config(tmp_path, shell):
    folder = tmp_path / "watched"
    folder.mkdir()
    scope = Scope(process=shell.pid, folders=(str(folder),))
    return AgentConfig(state=tmp_path / "state", scope=scope, rungs=RUNGS)


def spooled(config):
    """All events by lane, as they lie on the disk."""
    return {
        lane: [
            Event.FromString(blob)
            for _, record in scan(LogReader(OsFileSystem(), str(config.paths.spool / name)), 0)
            for blob in decode(record).blobs
        ]
        for lane, name in LANES.items()
    }


def turn_until(process, condition, seconds=15):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        process.turn()
        time.sleep(0.01)
    assert condition()


@pytest.mark.enable_socket
def test_from_the_last_rungs_to_the_spool_with_health_inventory_and_last_words(config, shell):
    put = []
    process = SensorProcess(config)
    process.observer._emit = lambda event, emit=process.observer._emit: (put.append(event), emit(event))
    process.start()
    turn_until(process, lambda: process._told)
    shell.stdin.write(f"echo x > {config.scope.folders[0]}/f; exec sleep 1000\n")
    shell.stdin.flush()
    turn_until(process, lambda: any(e.HasField("file_write") for e in put))
    shell.kill()
    shell.wait()
    turn_until(process, lambda: any(e.HasField("process_exit") for e in put))
    process.stop("the test is over")

    lanes = spooled(config)
    (first, *_) = (e for e in lanes[2] if e.HasField("health"))
    assert [(s.capability, s.rung, s.state) for s in first.health.sensors] == [
        ("file", "watch", SENSOR_STATE_ALIVE),
        ("network", "poll", SENSOR_STATE_ALIVE),
        ("process", "poll", SENSOR_STATE_ALIVE),
    ]
    assert [e.WhichOneof("kind") for e in lanes[3]] == ["inventory", "file_create", "file_write"]
    (last,) = lanes[1]
    assert last.health.last_words == "the test is over"
    books = {lane.lane: lane for lane in last.health.lanes}
    assert books[LANE_SECURITY].emitted == len(lanes[2])
    assert books[LANE_URGENT].emitted == 0, "the last words do not count themselves"
    status = read_status(config.paths.sensor_status, time.time())
    assert {s["rung"] for s in status.told["sensors"]} == {"poll", "watch"}
    assert (status.life, status.facts) == (Life.STOPPED, {})


@pytest.mark.enable_socket
def test_the_time_without_an_agent_is_told_by_the_next_one(config):
    process = SensorProcess(config)
    process.start()
    process.stop("first")
    process = SensorProcess(config)
    process.start()
    process.stop("second")
    last = spooled(config)[1][-1].health
    (gap,) = (m for m in last.missed if getattr(m, "class") == "agent_down")
    assert 0 < gap.first < gap.last <= time.time_ns()


@pytest.mark.enable_socket
def test_what_a_killed_agent_had_counted_and_not_reported_is_a_gap_from_its_last_report_on(config):
    killed = SensorProcess(config)
    killed.start()
    turn_until(killed, lambda: killed._told)
    killed._broken = 7  # counted after the report
    reported = killed._reported
    killed.turn()
    for ladder in killed._ladders.values():
        ladder.stop()
    for part in (killed._hashes, killed._duties, killed._spool):
        part.close()
    process = SensorProcess(config)
    process.start()
    process.stop("second")
    last = spooled(config)[1][-1].health
    assert [(getattr(m, "class"), m.first) for m in last.missed] == [("agent_down", reported)]


@pytest.mark.enable_socket
def test_before_a_sleep_last_words_and_after_it_that_it_is_back(config, tmp_path):
    with bus(tmp_path) as address:
        manager = Member(address, "org.freedesktop.login1")
        process = SensorProcess(replace(config, system_bus=address))
        process.start()
        uplink = connect(config.paths.sensor_socket)
        turn_until(process, lambda: process._told)
        lock = manager.grant()
        turn_until(process, lambda: process._sleep._login.holds)
        manager.signal(sleeps=True)
        turn_until(process, lambda: process._sleep.said)
        words = spooled(config)[1][-1].health.last_words
        assert words == "the machine goes to sleep"
        assert json.loads((config.state / "alive").read_text())["clean"]
        process._next_health = 0
        for _ in range(3):
            process.turn()
        assert spooled(config)[1][-1].health.last_words, "nothing after them"
        assert not released(lock, 0.0)
        uplink.send(Acked(process._spool.epoch, LANE_URGENT, len(spooled(config)[1])))
        turn_until(process, lambda: not process._sleep._login.holds)
        assert released(lock)
        manager.signal(sleeps=False)
        turn_until(process, lambda: not process._sleep.said)
        assert not spooled(config)[1][-1].health.last_words
        assert not json.loads((config.state / "alive").read_text())["clean"]
        uplink.close()
        process.stop("the test is over")
        manager.close()


def test_a_bundle_that_does_not_load_leaves_the_sensors_running(config, caplog):
    config.paths.content.mkdir(parents=True)
    config.paths.current.write_bytes(b"no bundle")
    process = SensorProcess(config)
    process._load_content()
    assert "does not load" in caplog.text
    process.stop("")
    told = read_status(config.paths.sensor_status, time.time()).told
    assert told["content"] == 0
    assert told["content_unloaded"].startswith("ZstdError")


def test_the_spool_ages_by_a_clock_that_nobody_sets(config):
    process = SensorProcess(config)
    assert process._spool._now is time.monotonic_ns
    process.stop("")


def test_an_event_that_is_too_large_is_counted(config):
    process = SensorProcess(config)
    event = Event()
    event.log_line.text = "x" * (1 << 20)
    process._put(LANE_SECURITY, event)
    process.stop("")
    (lost,) = spooled(config)[1][-1].health.missed
    assert (getattr(lost, "class"), lost.count) == ("sensor_error", 1)


def test_health_says_how_the_lens_is_locked_in(config):
    process = SensorProcess(config)
    process._lens.held, process._lens.missing = ("seccomp",), ("user",)
    process.stop("")
    told = spooled(config)[1][-1].health.lens
    assert (told.held, told.missing) == (["seccomp"], ["user"])


@pytest.mark.enable_socket
def test_health_says_what_the_judge_parked_on_this_host(config):
    where = {"logsource": {"category": "process_creation"}}
    pack = compiled(*(rule({"CommandLine|contains": "x"}, number=number, **where) for number in (1, 2))).pack
    config.paths.content.mkdir(parents=True)
    bundle = {"format": 1, "version": 3, "sigma": pack, "yara": []}
    config.paths.current.write_bytes(zstd.compress(json.dumps(bundle).encode()))
    process = SensorProcess(replace(config, rule_budget_us=5.0))
    process._load_content()
    assert process._triage._judge.budget == Budget(5.0)
    process._triage._judge.park(IDS.format(1), "over its budget")
    process._note()
    process._duties.choices = Choices(quiet=mark_of(IDS.format(2)))
    process.turn()
    assert read_status(config.paths.sensor_status, time.time()).facts["judge"]["parked_rules"] == [IDS.format(1)]
    process.stop("")
    told = spooled(config)[1][-1].health.judge
    assert (told.rules, told.parked, told.parked_rules, told.parked_why, told.idle) == (
        2, 1, [IDS.format(1)], ["over its budget"], 1,
    )  # fmt: skip


def test_the_settings_choose_the_best_rung_that_is_tried(config):
    setting = Setting(config.scope, (1,), "")
    allowed = {name: [r.rung for r in ladder._rungs] for name, ladder in ladders(config, setting).items()}
    assert allowed == {"file": ["watch"], "network": ["poll"], "process": ["poll"]}
    free = ladders(AgentConfig(state=config.state, rungs={"process": "nonsense"}), setting)
    assert [r.rung for r in free["process"]._rungs] == ["ebpf", "poll"]


RUN = """
import sys
from pathlib import Path
from tramgac_agent.config import AgentConfig
from tramgac_agent.sensor import run
from tramgac_agent.sensors.scope import Scope
scope = Scope(process=int(sys.argv[2]), folders=(sys.argv[3],))
rungs = {"process": "poll", "network": "poll", "file": "watch"}
sys.exit(run(AgentConfig(state=Path(sys.argv[1]), scope=scope, rungs=rungs)))
"""


def test_the_program_ends_on_a_signal_with_last_words(config, shell):
    command = [sys.executable, "-c", RUN, str(config.state), str(shell.pid), config.scope.folders[0]]
    path = os.pathsep.join(str(ROOT / room) for room in ("agent", "proto", "rules"))
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": path}, stderr=subprocess.PIPE, text=True) as child:
        deadline = time.monotonic() + 20
        while not config.paths.sensor_status.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        child.send_signal(signal.SIGTERM)
        assert child.wait(20) == 0, child.stderr.read()
    assert spooled(config)[1][-1].health.last_words == "stopped by signal SIGTERM"
