"""A collector with something to show: fifty events that met rules, by the real way, and hosts in every state."""

from __future__ import annotations

import contextlib
import json
import subprocess
import time
from collections.abc import Iterator

from google.protobuf import json_format
from tramgac_agent import config
from tramgac_agent.duties import Duties
from tramgac_agent.enrich.boot import boot_text
from tramgac_agent.spool import Spool
from tramgac_collector import content, database, host_health, hosts, tokens
from tramgac_collector.demo.children import ChildFailed, program
from tramgac_collector.demo.stage import Stage, content_folder
from tramgac_collector.hosts import Gap
from tramgac_proto.event_pb2 import (
    LANE_BULK,
    LANE_URGENT,
    MECHANISM_EBPF,
    SENSOR_STATE_ABSENT,
    SENSOR_STATE_ALIVE,
    SENSOR_STATE_BLIND,
    Event,
)

from tests.dashboard.seed import HOSTILE

ALERTS = 50
MINUTE_NS = 60_000_000_000
BLIND, STRANGE = "b1" * 16, "c2" * 16


def events() -> Iterator[Event]:
    """Events that fire our rules, as their authors' samples; every fifth has hostile texts."""
    paths = sorted((content_folder() / "sigma/linux").rglob("*.samples.json"))
    samples = [json.loads(path.read_text("utf-8")) for path in paths if path.parent.name != "correlations"]
    fires = [sample["fires"][0] for sample in samples if "logLine" not in sample["fires"][0]]
    now = time.time_ns()
    for number in range(ALERTS):
        event = json_format.ParseDict(fires[number % len(fires)], Event())
        event.time, event.boot, event.mechanism = now - (ALERTS - number) * MINUTE_NS, 1, MECHANISM_EBPF
        kind = getattr(event, str(event.WhichOneof("kind")))
        process = kind.process
        process.entity_id, process.pid = number + 10, 4_000 + number
        process.user = process.user or "nguyen.van.an"
        if event.HasField("process_start"):
            kind.parent.entity_id, kind.parent.pid = 9, 900
            kind.parent.command_line = "-bash"
        if number % 5 == 4:
            hostile = HOSTILE[number // 5 % len(HOSTILE)]
            process.user = process.working_directory = hostile
            process.command_line += f" {hostile}"
        yield event


@contextlib.contextmanager
def uplinked(stage: Stage) -> Iterator[tuple[Spool, Duties]]:
    """The agent of the stage without its sensors: its spool is ours to write."""
    settings = config.load(stage.agent_state)
    spool = Spool.open(
        settings.paths.spool,
        cap_bytes=settings.spool_bytes,
        age_s=settings.spool_age_s,
        boot=boot_text(),
        now=time.monotonic_ns,
    )
    duties = Duties(settings, spool, find=lambda _: None, reload=lambda _: 0)
    run = (program("tramgac-agent"), "run", "--part", "uplink", "--state", str(stage.agent_state))
    log = (stage.children.logs / "uplink.log").open("ab")
    with log, subprocess.Popen(run, stdout=log, stderr=log) as uplink:
        try:
            yield spool, duties
        finally:
            uplink.terminate()
            duties.close()
            spool.close()


def alerts(stage: Stage, seconds: float = 60) -> None:
    """Send the events and wait for their alerts."""
    stage.enrol_agent()
    with uplinked(stage) as (spool, duties):
        for event in events():
            spool.put(LANE_URGENT, event.SerializeToString())
        inventory = Event(time=time.time_ns(), boot=1)
        inventory.inventory.hostname, inventory.inventory.os_name = "hn-ketoan-0142", "Debian GNU/Linux 12 (bookworm)"
        spool.put(LANE_BULK, inventory.SerializeToString())
        spool.flush()
        deadline = time.monotonic() + seconds
        while stage.client.get("/api/alerts", status="open", limit=1)["total"] < ALERTS:
            if time.monotonic() > deadline:
                raise ChildFailed(f"no {ALERTS} alerts within {seconds:g} s: {stage.children.tail('collector')}")
            duties.turn()
            time.sleep(0.02)


def troubled_hosts(stage: Stage) -> None:
    """A host that is blind and lost events, and one with hostile texts, a wrong clock and refused content."""
    engine = database.open_database(stage.paths.database_url)
    now = time.time_ns()
    with database.session(engine) as s:
        secret, _ = tokens.create(s, uses=2, ttl_s=60, site="Hà Nội", by="an", now=now)
        for host, name in ((BLIND, "hp-khach-0031"), (STRANGE, HOSTILE[2])):
            hosts.enrol(s, host, name, "linux", "0.1.0", host[:4], tokens.redeem(s, secret, now), now)
        blind = Event(time=now)
        for name, rung, state, why in (
            ("process", "poll", SENSOR_STATE_BLIND, "ebpf: libbpf.so.1 is missing; apt install libbpf1"),
            ("file", "", SENSOR_STATE_ABSENT, "fanotify: needs root\nwatch: no folder is listed"),
            ("network", "poll", SENSOR_STATE_ALIVE, "ebpf: libbpf.so.1 is missing"),
        ):
            blind.health.sensors.add(capability=name, rung=rung, state=state, why=why)
        blind.health.lanes.add(lane=LANE_BULK, emitted=10_000, acked=9_000, spooled=200, dropped={"spool_full": 800})
        blind.health.missed.add(**{"class": "ring_full"}, capability="process", count=31, first=now, last=now)
        gathered = host_health.Gathered()
        host_health.record_health(s, BLIND, 7, blind, now, gathered)
        hosts.record_gap(s, BLIND, Gap(7, 3, 812, 800, "spool_full"), now)
        strange = Event(time=now)
        strange.inventory.hostname, strange.inventory.os_name = HOSTILE[3], HOSTILE[0]
        host_health.record_inventory(s, STRANGE, strange, gathered)
        gathered.write(s, now)
        hosts.record_finding(s, STRANGE, "clock_off", HOSTILE[1], now)
        version = content.current(s)
        hosts.record_content(s, STRANGE, version=version, loaded=False, reason="expired", current=version - 1, now=now)
    engine.dispose()


def fill(stage: Stage) -> None:
    """Bring the collector up and fill it."""
    stage.start_collector()
    stage.wait_for_collector()
    stage.push_rules([content_folder()])
    alerts(stage)
    troubled_hosts(stage)
