"""What the roles of a collector count, as they leave it in their notes. Not a lane itself."""

import asyncio
import time
from collections.abc import Sequence

from tramgac_collector import ingest, tallies

from tests.lab.site import Site

LATE_S = 180.0
"""Notes are left every few seconds, and a judge may have a flood to work off first."""


def counts(site: Site, names: Sequence[str]) -> dict[str, int]:
    """What stands now under each name, ROLE.COUNT."""
    found = {
        f"{tally.role}.{name}": n for tally in tallies.read_all(site.stage.paths) for name, n in tally.counters.items()
    }
    return {name: found.get(name, 0) for name in names}


async def moved(site: Site, before: dict[str, int], seconds: float = LATE_S, least: int = 1) -> dict[str, int]:
    """How much each count has grown; waits until every one has by as much, so long at most."""
    until = time.monotonic() + seconds
    while True:
        now = counts(site, list(before))
        grown = {name: now[name] - before[name] for name in before}
        if all(more >= least for more in grown.values()) or time.monotonic() > until:
            return grown
        await asyncio.sleep(0.5)


async def caught_up(site: Site, seconds: float = LATE_S) -> bool:
    """Wait, so long at most, until store and judge have worked on what is in the log now; whether they have."""
    paths = site.stage.paths
    head, until = ingest.head(paths), time.monotonic() + seconds
    while True:
        if all(ingest.worked_on(paths, name, head) for name in ("store", "judge")):
            return True
        if time.monotonic() > until:
            return False
        await asyncio.sleep(0.5)
