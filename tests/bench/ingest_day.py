"""What one host of an office sends in a day, message by message; a part of ingest.py. Not a bench itself.

The one long recording with times is the hour of ordinary work on Linux that is kept for tests: of its events so many
are taken, evenly, that eight hours hold a day's, and they are put together as the agent's own defaults put them: by
lane, what waits goes after 30 s. Each minute has a health event, and a checkpoint of each lane that moved. The other
sixteen hours the machine is on and has health and checkpoints alone. The public recordings of Windows last seconds or
minutes at many times that rate: no batches of 30 s can be taken from them, but what is in the batches can.
"""

import functools
import random
from typing import NamedTuple

from tramgac_agent.config import AgentConfig
from tramgac_proto.event_pb2 import LANE_BULK, LANE_SECURITY, LANE_URGENT

from tests.bench import wire_events

EVENTS, WORK_H, REST_H = 10_000, 8, 16
URGENT = 1_000
"""One event of so many is urgent, and travels alone."""
HOSTS = 8
"""So many hosts are taken from the recording, each with other events of it."""
_MINUTE, _HOUR = 60 * 10**9, 3_600 * 10**9
_EVENT, _HEALTH, _SIGN, _END = range(4)
Fact = tuple[int, int, int]
"""When, nanoseconds; what of the above; the lane."""


class Sent(NamedTuple):
    """A batch: `health` of its events are such; `signed`: a checkpoint of its lane comes after it."""

    lane: int
    size: int
    health: int = 0
    signed: bool = False


class Hours(NamedTuple):
    """What hosts sent in so many of their hours."""

    batches: list[Sent]
    hours: float

    @property
    def rate(self) -> float:
        """Messages of one host in an hour, checkpoints included."""
        return messages(self.batches) / self.hours


def messages(batches: list[Sent]) -> int:
    """How many messages that is."""
    return sum(1 + batch.signed for batch in batches)


@functools.cache
def _recorded() -> list[Fact]:
    earlier, later = wire_events.linux()
    events = wire_events.Linux(1).events([*earlier, *later])
    files = ((event.time, str(event.WhichOneof("kind")).startswith("file_")) for event in events)
    return sorted((when, _EVENT, LANE_BULK if file else LANE_SECURITY) for when, file in files)


def together(events: list[Fact], first: int, last: int, chance: random.Random) -> list[Sent]:
    """Put together what a host says from `first` to `last`, as the agent does."""
    waits, minutes = AgentConfig().flush_ns, range((last - first) // _MINUTE)
    said: list[Fact] = [(last, _END, LANE_SECURITY)]
    for what in (_HEALTH, _SIGN):
        begin = first + chance.randrange(_MINUTE)
        said += [(begin + number * _MINUTE, what, LANE_SECURITY) for number in minutes]
    found: list[Sent] = []
    waiting: dict[int, tuple[int, Sent]] = {}
    moved: dict[int, int] = {}

    def send(batch: Sent) -> None:
        moved[batch.lane] = len(found)
        found.append(batch)

    for when, what, lane in sorted(events + said):
        for due in [each for each, (since, _) in waiting.items() if since + waits[each] <= when]:
            send(waiting.pop(due)[1])
        if what == _SIGN:
            for at in moved.values():
                found[at] = found[at]._replace(signed=True)
            moved.clear()
        elif what == _EVENT and chance.randrange(URGENT) == 0:
            send(Sent(LANE_URGENT, 1))
        elif what != _END:
            since, batch = waiting.get(lane, (when, Sent(lane, 0)))
            waiting[lane] = since, batch._replace(size=batch.size + 1, health=batch.health + (what == _HEALTH))
    return found


@functools.cache
def day() -> tuple[Hours, Hours]:
    """The hours of work, and the others."""
    events, chance = _recorded(), random.Random(3)
    first, last = events[0][0], events[-1][0]
    hours = (last - first) / _HOUR
    every = round(len(events) / (EVENTS / WORK_H * hours))
    work = [
        batch
        for number in range(HOSTS)
        for batch in together(events[number * every // HOSTS :: every], first, last, chance)
    ]
    rest = together([], 0, REST_H * _HOUR, chance)
    return Hours(work, HOSTS * hours), Hours(rest, REST_H)


def rate() -> float:
    """Messages of one host in an hour, on average over its day."""
    work, rest = day()
    return (work.rate * WORK_H + rest.rate * REST_H) / (WORK_H + REST_H)


def mixed(count: int, chance: random.Random) -> list[Sent]:
    """So many messages, as they come from many hosts at all hours of their days."""
    work, rest = day()
    shares = [len(each.batches) / each.hours * hours for each, hours in ((work, WORK_H), (rest, REST_H))]
    found: list[Sent] = []
    left = count
    while left > 0:
        found.append(chance.choice(chance.choices((work.batches, rest.batches), shares)[0]))
        left -= 1 + found[-1].signed
    return found
