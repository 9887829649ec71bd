"""What the machines of a fleet do: recorded work on Linux, ordinary events of Windows' logs (with public recordings),
made-up ones, and attacks that our rules know. The same seed gives the same stream. Not a lane itself.

Of the recorded hour only the later part is sent: the dictionary that ships was trained on the earlier one.
"""

import functools
import itertools
import json
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml
from google.protobuf import json_format
from tramgac_proto.event_pb2 import LANE_BULK, LANE_SECURITY, LANE_URGENT, Event
from tramgac_proto.names import parse_entity, parse_time
from tramgac_proto.rows import from_row

from tests.bench import wire_events
from tests.bench.office import Office, patterns
from tests.lab.recordings import LABELLED

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "rules/content/sigma"
URGENT = LANE_URGENT
"""The lane of what meets a rule at the edge."""
KEPT = 20_000
"""Recorded events that are kept as a tape; each host begins elsewhere on it."""
PROVIDER = "Microsoft-Windows-Sysmon"

Stream = Callable[[], tuple[int, Event]]
"""Gives the next event and its lane."""


@functools.cache
def untrained() -> list[bytes]:
    """The lines of the recording that no dictionary of ours was trained on."""
    return wire_events.linux()[1]


@functools.cache
def tape() -> tuple[tuple[int, bytes], ...]:
    """Recorded events in the order of their happening, each with its lane."""
    lines = untrained()
    return tuple(_recorded(json.loads(line)) for line in lines[:: max(1, len(lines) // KEPT)])


def _recorded(told: dict[str, Any]) -> tuple[int, bytes]:
    kind = told.pop("kind")
    row = {name: _value(name, value) for name, value in told.items() if name not in ("time", "sequence")}
    lane = LANE_BULK if kind.startswith("file_") else LANE_SECURITY
    return lane, from_row(kind, row).SerializeToString()


def _value(name: str, value: Any) -> Any:
    if name.endswith("entity_id"):
        return parse_entity(value)
    return parse_time(value) if name.endswith(("start", ".created", ".mtime")) and isinstance(value, str) else value


def linux(seed: random.Random) -> Stream:
    """Recorded work, from anywhere on the tape on."""
    events = tape()
    at = seed.randrange(len(events))

    def following() -> tuple[int, Event]:
        nonlocal at
        at = (at + 1) % len(events)
        lane, blob = events[at]
        return lane, Event.FromString(blob)

    return following


def workstation(seed: random.Random) -> Stream:
    """The same without gaps, each event with the entropy that it has on a host (wire_events): for who counts bytes."""
    lines, at = untrained(), seed.randrange(len(untrained()))
    events = wire_events.Linux(seed.getrandbits(60)).events(itertools.islice(itertools.cycle(lines), at, None))

    def following() -> tuple[int, Event]:
        event = next(events)
        return (LANE_BULK if str(event.WhichOneof("kind")).startswith("file_") else LANE_SECURITY), event

    return following


def synthetic(seed: random.Random) -> Stream:
    """Made-up processes of an office: a browser, an office suite, a shell."""
    programs = ("/usr/bin/libreoffice", "/usr/bin/firefox", "/usr/bin/bash", "/usr/bin/ls", "/usr/bin/python3")

    def following() -> tuple[int, Event]:
        event = Event()
        process = event.process_start.process
        process.executable = seed.choice(programs)
        process.pid, process.entity_id = seed.randrange(300, 60_000), seed.getrandbits(52) + 1
        process.command_line = f"{process.executable} --work báo-cáo-{seed.randrange(10_000)}.odt"
        process.user = f"an{seed.randrange(400)}"
        event.process_start.parent.executable = "/usr/bin/bash"
        return LANE_SECURITY, event

    return following


@functools.cache
def _office_patterns() -> dict[str, list[dict[str, str]]]:
    folder = os.environ.get("TRAMGAC_TEST_DATA")
    recordings = Path(folder or ".") / LABELLED
    return patterns(recordings) if folder and recordings.is_dir() else {}


def windows(seed: random.Random) -> Stream | None:
    """Ordinary records of Sysmon's channel with fresh names; None without public recordings."""
    found = _office_patterns()
    if not found.get("1"):
        return None
    office = Office(found, seed.randrange(1 << 30))

    def following() -> tuple[int, Event]:
        record = office.mixed(1)[0]
        event = Event()
        log = event.event_log
        log.channel, log.provider, log.event_id = record.channel, PROVIDER, int(record.event_id)
        log.data.update({name: str(value) for name, value in record.fields.items()})
        return (LANE_BULK if record.event_id in ("11", "23") else LANE_SECURITY), event

    return following


def attacks(system: str) -> Iterator[tuple[str, Event]]:
    """Events of the samples of our rules for `linux` (about processes) or `windows` (about what its logs hold): the
    rule's id, and an event that meets it there.
    """
    kind = "eventLog" if system == "windows" else "processStart"
    for file in sorted((RULES / system).glob("*/*.samples.json")):
        if file.parent.name == "correlations":
            continue
        about = yaml.safe_load(file.with_name(file.name.removesuffix(".samples.json") + ".yml").read_text("utf-8"))
        sample = json.loads(file.read_text("utf-8"))["fires"][0]
        alerts = about.get("status") != "experimental" and about.get("level") in ("high", "critical")
        if alerts and kind in sample:
            yield str(about["id"]), json_format.ParseDict(sample, Event())
