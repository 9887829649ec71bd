"""Stands in for the sensors: writes events into a real spool at a rate, and logs each before it can leave.

    python -m tests.lab.generator STATE TRUTH RATE COUNT

The truth is a line an event, `EPOCH LANE SEQUENCE MARKER`, written before the spool is flushed: whatever the collector
acknowledges stands in it; and a line `EPOCH LANE SEQUENCE` when an acknowledgement came. Every 40th event meets a rule.
Killed and started again, it goes on with new markers. Where a file TRUTH.goal stands, it says COUNT, at any time.
Not a lane itself: kills.py and power.py start it.
"""

import json
import os
import signal
import sys
import time
from dataclasses import asdict
from pathlib import Path

from tramgac_agent import config
from tramgac_agent.duties import Duties
from tramgac_agent.enrich.boot import boot_text
from tramgac_agent.spool import Spool
from tramgac_proto.event_pb2 import LANE_BULK, LANE_SECURITY, LANE_URGENT, MECHANISM_AGENT, Event

MEETS_A_RULE = 40
_TURN_S = 0.02


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


def main(state: Path, truth: Path, rate: int, count: int) -> None:
    """Write `count` events, then keep the socket until SIGTERM."""
    settings = config.load(state)
    spool = Spool.open(
        settings.paths.spool,
        cap_bytes=settings.spool_bytes,
        age_s=settings.spool_age_s,
        boot=boot_text(),
        now=time.monotonic_ns,
        recent=(settings.recent_bytes, settings.recent_age_s),
    )
    duties = Duties(settings, spool, find=lambda _: None, reload=lambda _: 0)
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopped.append(number))
    life = f"{os.getpid()}-{time.time_ns():x}"
    number = 0
    told: dict[int, int] = {}
    with truth.open("a", buffering=1) as log:
        while not stopped:
            count = goal(truth, count)
            for _ in range(min(int(rate * _TURN_S), count - number)):
                marker = f"m{life}-{number}"
                lane, made = event(marker, number)
                sequence = spool.put(lane, made.SerializeToString())
                log.write(f"{spool.epoch:016x} {lane} {sequence} {marker}\n")
                number += 1
            spool.flush()
            duties.turn()
            for lane, ledger in spool.ledger().items():
                if ledger.acked != told.get(lane, 0):
                    told[lane] = ledger.acked
                    log.write(f"{spool.epoch:016x} {lane} {ledger.acked}\n")
            books = {lane: asdict(ledger) for lane, ledger in spool.ledger().items()}
            status = {"epoch": spool.epoch, "ledger": books, "done": number == count}
            temporary = truth.with_suffix(".new")
            temporary.write_text(json.dumps(status))
            temporary.replace(truth.with_suffix(".json"))
            time.sleep(_TURN_S)
    duties.close()
    spool.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
