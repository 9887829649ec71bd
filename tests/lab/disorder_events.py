"""What happens on the hosts of `disorder`: samples of our rules, recorded attacks. Not a lane itself."""

import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from google.protobuf import json_format
from tramgac_collector.workshop import samples
from tramgac_proto.event_pb2 import Event

from tests.bench import wire_events
from tests.lab import recordings
from tests.lab.fleet_events import RULES
from tests.lab.rows import note

SPAN_S = 3 * 3_600
LATER_S = 2 * 3_600
"""So long after all that happens comes the end of event time."""
RECORDED = 3_000
"""Events of one recording."""
SEED = 11
END = -1
"""The number of what only says that time has passed."""


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of a host, which has a number and a time that no other has."""

    number: int
    host: int
    event: Event


Moments = Iterator[tuple[float, int, Event]]
"""Second, host, event."""


def happenings(hosts: int, *, recorded: bool) -> tuple[list[Happening], set[str]]:
    """What happens, in order, and the ids of our correlations. The first half of the hosts are Windows machines."""
    chance = random.Random(SEED)
    found = list(_sampled(hosts, chance))
    folder = os.environ.get("TRAMGAC_TEST_DATA")
    if folder and recorded:
        found += _recorded(Path(folder), hosts // 2, chance)
    else:
        note("disorder: without recorded attacks (TRAMGAC_TEST_DATA, and not --quick)")
    found.sort(key=lambda each: each[0])
    begin = time.time_ns() - int((found[-1][0] + 2 * LATER_S) * 1e9)
    made = []
    for number, (second, host, event) in enumerate(found):
        event.time, event.skew = begin + int(second * 1e6) * 1_000 + number % 1_000, 0
        made.append(Happening(number, host, event))
    return made, set(_correlations())


def closing(hosts: int) -> list[Happening]:
    """An event of each host that is later than all that happens."""
    made = []
    for host in range(hosts):
        event = Event(time=time.time_ns() - LATER_S * 1_000_000_000)
        event.process_start.process.executable = "/usr/bin/true"
        made.append(Happening(END, host, event))
    return made


def _correlations() -> Iterator[str]:
    for file in RULES.glob("*/correlations/*.yml"):
        yield str(next(iter(yaml.safe_load_all(file.read_text("utf-8"))))["id"])


def _sampled(hosts: int, chance: random.Random) -> Moments:
    """Every sample of every rule, on some host at some time.

    Near misses of one rule may be what another waits for: the alerts are as they are, in any order.
    """
    for file in sorted(RULES.rglob("*.yml")):
        given = samples.read(file)
        for sample in given.samples if given else ():
            windows = RULES / "windows" in file.parents
            host = chance.randrange(hosts // 2) + (0 if windows else hosts // 2)
            begin = chance.uniform(0, SPAN_S - 1_800)
            for second, told in sample.events:
                if (event := _event(told)) is not None:
                    yield begin + second, host, event


def _event(told: dict[str, Any]) -> Event | None:
    """An event of our protocol; None for other forms, which an agent does not send."""
    try:
        return json_format.ParseDict(told, Event())
    except json_format.ParseError:
        return None


def _recorded(data: Path, hosts: int, chance: random.Random) -> Moments:
    for recording in recordings.labelled(data):
        host, second = chance.randrange(hosts), chance.uniform(0, SPAN_S - 1_800)
        for event in wire_events.windows(recording, RECORDED):
            second += chance.expovariate(5)
            yield second, host, event
