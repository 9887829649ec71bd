"""What a correlation over hosts made of events, as the collector's API tells it. Not a lane itself."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tests.lab.site import Site

TITLE = "Logs cleared again and again, on whatever host"


@dataclass(frozen=True)
class Members:
    """Its alerts, those of several hosts, and events that stand in two of them."""

    alerts: int
    several: int
    twice: int


def members(site: Site, together: int, wanted: int, seconds: float = 60) -> Members:
    """Look at all its alerts that are confirmed; each is to hold so many events.

    Judges wait for each other some seconds: it is looked at until there are as many as are wanted.
    """
    deadline = time.monotonic() + seconds
    while sum(1 for _ in _alerts(site)) < wanted and time.monotonic() < deadline:
        time.sleep(2)
    events: Counter[str] = Counter()
    several = alerts = 0
    for number in _alerts(site):
        told = site.stage.client.get(f"/api/alerts/{number}")["events"]
        events.update(str(event["id"]) for event in told)
        several += len({event["id"]["host"] for event in told}) > 1
        alerts += 1
        assert len(told) == together, f"alert {number} holds {len(told)} events"
    return Members(alerts, several, sum(count - 1 for count in events.values()))


def _alerts(site: Site) -> Iterator[str]:
    cursor: str | None = None
    while True:
        page = site.stage.client.get("/api/alerts", status="all", limit=500, cursor=cursor)
        yield from (row["id"] for row in page["items"] if row["title"] == TITLE and row["stage"] == "confirmed")
        cursor = page["next"]
        if cursor is None:
            return
