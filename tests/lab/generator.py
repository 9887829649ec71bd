"""Stands in for the sensors: writes events into a real spool at a rate, and logs each before it can leave.

    python -m tests.lab.generator STATE TRUTH RATE COUNT [BOOT]

The truth is a line an event, `EPOCH LANE SEQUENCE MARKER NANOSECONDS`, written before the spool is flushed: whatever
the collector acknowledges stands in it; a line `EPOCH LANE SEQUENCE` when an acknowledgement came; BEGAN and FLUSHED,
for what a kill kept from being flushed was no event, and its sequence is given again. Every 40th event meets a rule.
Killed and started again, it goes on with new markers. Where a file TRUTH.goal stands, it says COUNT, at any time. BOOT
names the boot of a machine that may lose its power: then it also does what the sensor process does of that (health,
last books of earlier epochs, for how long nobody vouches), and takes each new one for a boot just now. Not a lane
itself: kills.py and power.py start it.
"""

import json
import os
import signal
import sys
import time
from dataclasses import asdict
from io import TextIOBase
from pathlib import Path

from tramgac_agent import VERSION, config, lens, triage
from tramgac_agent.downtime import REPORT_NS, Downtime
from tramgac_agent.duties import Duties
from tramgac_agent.enrich.boot import boot_text
from tramgac_agent.health import Losses, health
from tramgac_agent.spool import Spool
from tramgac_proto.event_pb2 import LANE_BULK, LANE_SECURITY, LANE_URGENT, MECHANISM_AGENT, Event

MEETS_A_RULE = 40
BEGAN, FLUSHED = "began", "flushed"
HEALTH = "health"
"""The marker of what is no event of the generator's, but about the agent."""
_TURN_S = 0.02
_ENFORCE_NS = 1_000_000_000
_EDGE = lens.Standing(0, (), (), 0, 0, ""), triage.Standing(0, 0, (), (), 0, 0)


def event(marker: str, number: int) -> tuple[int, Event]:
    """An event and its lane."""
    made = Event(time=time.time_ns(), boot=1, mechanism=MECHANISM_AGENT)
    bad = number % MEETS_A_RULE == 0
    if number % 3 == 2 and not bad:
        made.file_create.path = f"/home/an/{marker}"
        made.file_create.process.executable = "/usr/bin/cp"
        return LANE_BULK, made
    process = made.process_start.process
    process.entity_id, process.pid, process.user = number + 1, 1000 + number % 30_000, "an"
    process.executable = "/usr/bin/rm" if bad else "/usr/bin/true"
    process.command_line = f"rm -f /var/log/auth.log {marker}" if bad else f"true {marker}"
    made.process_start.parent.executable = "/usr/bin/bash"
    return (LANE_URGENT if bad else LANE_SECURITY), made


def goal(truth: Path, count: int) -> int:
    """How many events are to be written by now."""
    try:
        return int(truth.with_suffix(".goal").read_text())
    except FileNotFoundError:
        return count


class Told(Spool):
    """A spool that says in the truth what was acknowledged, of whatever epoch."""

    truth: TextIOBase

    def acked(self, epoch: int, lane: int, sequence: int) -> None:
        """As the spool's own."""
        books = [one.lanes[lane] for one in self._books.epochs if one.epoch == epoch]
        super().acked(epoch, lane, sequence)
        for book in books:
            self.truth.write(f"{epoch:016x} {lane} {book.watermark}\n")


class Vouching:
    """What the sensor process says of itself, as sensor.py does."""

    def __init__(self, spool: Told, downtime: Downtime) -> None:
        """Find for how long nobody vouched."""
        self._spool, self._downtime, self._losses = spool, downtime, Losses()
        self._reported = self._next = self._enforced = 0
        now = time.time_ns()
        for first, last in downtime.gaps(now, now):
            self._losses.gap("", "agent_down", first, last)

    def turn(self) -> None:
        """Keep the spool's books, and report what is to be told."""
        now = time.time_ns()
        if now >= self._enforced:
            self._enforced = now + _ENFORCE_NS
            self._spool.enforce()
        closed = self._spool.endings.untold()
        if now >= self._next or closed:
            self._next = now + REPORT_NS
            said = health(VERSION, (), self._spool.ledger(), self._losses, edge=_EDGE, closed=closed)
            made = Event(time=now, boot=1, mechanism=MECHANISM_AGENT, health=said)
            sequence = put(self._spool, LANE_SECURITY, made, HEALTH)
            self._spool.endings.telling(self._spool.epoch, LANE_SECURITY, sequence)
            self._reported = now
        self._spool.flush(durable=self._downtime.due(self._reported))
        self._downtime.reported(self._reported)

    @property
    def done(self) -> bool:
        """Nothing of earlier epochs waits, and the collector has heard how they ended."""
        return all(one.told or not one.used for one in self._spool._books.epochs[:-1])


def put(spool: Told, lane: int, made: Event, marker: str) -> int:
    """Write an event, and the truth of it; its sequence."""
    sequence = spool.put(lane, made.SerializeToString())
    spool.truth.write(f"{spool.epoch:016x} {lane} {sequence} {marker} {made.time}\n")
    return sequence


def status(truth: Path, spool: Spool, *, done: bool) -> None:
    """Say how the books stand."""
    books = {lane: asdict(ledger) for lane, ledger in spool.ledger().items()}
    temporary = truth.with_suffix(".new")
    temporary.write_text(json.dumps({"epoch": spool.epoch, "ledger": books, "done": done}))
    temporary.replace(truth.with_suffix(".json"))


def main(state: Path, truth: Path, rate: int, count: int, boot: str = "") -> None:
    """Write `count` events, then keep the socket until SIGTERM."""
    settings = config.load(state)
    spool = Told.open(
        settings.paths.spool,
        cap_bytes=settings.spool_bytes,
        age_s=settings.spool_age_s,
        boot=boot or boot_text(),
        now=time.monotonic_ns,
        recent=(settings.recent_bytes, settings.recent_age_s),
    )
    duties = Duties(settings, spool, find=lambda _: None, reload=lambda _: 0)
    vouching = Vouching(spool, Downtime(state / "alive", boot)) if boot else None
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopped.append(number))
    life = f"{os.getpid()}-{time.time_ns():x}"
    number = 0
    with truth.open("a", buffering=1) as spool.truth:
        spool.truth.write(f"{BEGAN}\n")
        while not stopped:
            count = goal(truth, count)
            for _ in range(min(int(rate * _TURN_S), count - number)):
                marker = f"m{life}-{number}"
                put(spool, *event(marker, number), marker)
                number += 1
            spool.flush()
            if vouching:
                vouching.turn()
            spool.truth.write(f"{FLUSHED}\n")
            duties.turn()
            status(truth, spool, done=number == count and (vouching is None or vouching.done))
            time.sleep(_TURN_S)
        duties.close()
        spool.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), *sys.argv[5:])
