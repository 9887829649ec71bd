"""Twenty agents at the far end of a bad line: `python -m tests.lab.wan_agents IDENTITIES ADDRESS LOG`.

They work steadily. Each line on standard input ends a phase: what came of it is a line of JSON; after the last the
agents go home, with all that they still hold. Not a lane itself: wan.py starts it.
"""

import asyncio
import contextlib
import json
import random
import sys
import time
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from tramgac_proto.event_pb2 import LANE_BULK, LANE_SECURITY, LANE_URGENT

from tests.lab.fleet_check import quantile
from tests.lab.fleet_events import linux
from tests.lab.fleet_identity import Identity
from tests.lab.fleet_log import Log
from tests.lab.fleet_member import Member

EVERY_S = 4.0
LANES = [LANE_BULK] * 4 + [LANE_SECURITY] * 4 + [LANE_URGENT]
"""What each makes every few seconds, in this order."""
HOME_S = 240.0


def identity(told: dict[str, str]) -> Identity:
    """An identity out of JSON."""
    private = told["private"].encode()
    key: Any = serialization.load_pem_private_key(private, None)
    return Identity(told["host"], told["name"], key, private, told["certificate"].encode(), told["authority"].encode())


async def work(member: Member) -> None:
    """Make events until cancelled."""
    stream = linux(member.seed)
    await asyncio.sleep(member.seed.random() * EVERY_S)
    while True:
        for lane in LANES:
            member.emit(lane, stream()[1])
        await asyncio.sleep(EVERY_S)


def phase(members: list[Member], log: Log) -> dict[str, float]:
    """What came of the time since the last phase."""
    told = {
        f"{name}_{part}": round(quantile(log.by_lane[lane], part / 100), 2)
        for name, lane in (("urgent", LANE_URGENT), ("security", LANE_SECURITY), ("bulk", LANE_BULK))
        for part in (50, 95)
    }
    connected = sum(member.connected for member in members)
    waiting = sum(member.spool.waiting for member in members)
    log.by_lane.clear()
    return {**told, "connected": connected, "waiting": waiting, "streams": sum(m.connects for m in members)}


async def main(told: list[dict[str, str]], address: str, log: Log) -> None:
    """Work through the phases, then go home."""
    members = [Member(identity(one), address, log, random.Random(n), haste=0.1) for n, one in enumerate(told)]
    tasks = [asyncio.create_task(work(member)) for member in members]
    for member in members:
        member.start()
    while await asyncio.to_thread(sys.stdin.readline):
        sys.stdout.write(json.dumps(phase(members, log)) + "\n")
        sys.stdout.flush()
    for task in tasks:
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks)
    began = time.monotonic()
    await asyncio.gather(*(member.stop(seconds=HOME_S) for member in members))
    sys.stdout.write(json.dumps({"home": round(time.monotonic() - began, 1), **phase(members, log)}) + "\n")
    log.close()


if __name__ == "__main__":
    asyncio.run(main(json.loads(Path(sys.argv[1]).read_text()), sys.argv[2], Log(Path(sys.argv[3]))))
