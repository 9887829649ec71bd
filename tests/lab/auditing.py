"""Compares the generators' own truth with what the store holds and what was alerted. Not a lane itself."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tramgac_proto.names import parse_time, time_text

from tests.lab.generator import HEALTH, MEETS_A_RULE
from tests.lab.rows import note, row
from tests.lab.site import Agent, Site

TITLE = "System log cleared by a command"
_PAGE = 100_000
Key = tuple[str, int, int]  # epoch, lane, sequence


@dataclass(frozen=True)
class Account:
    """What became of the truth."""

    written: int
    acknowledged: int
    stored: int
    lost: int  # acknowledged and not stored
    doubled: int  # stored twice, by number or by marker
    other: int  # stored, and not what was written under that number
    alerts: int
    alerts_lost: int  # acknowledged, meets a rule, and no alert
    alerts_doubled: int
    gaps: int  # sequences that the collector calls missing
    off: int  # lanes whose books at the agent say something else than the truth
    again: int  # acknowledged and not there later, so that the agent sent it again (it keeps that for a day)


def truth_of(agent: Agent) -> tuple[dict[Key, str], set[Key]]:
    """All that was written, with markers, and which of it was acknowledged."""
    marks = agent.acknowledged()
    written = agent.written()
    rows = {(epoch, lane, sequence): marker for epoch, lane, sequence, marker in written if marker != HEALTH}
    return rows, {key for key in rows if key[2] <= marks.get(key[:2], 0)}


def account(site: Site, seconds: float = 90) -> Account:
    """Compare; waits until store and judge have caught up with what was acknowledged, or stood still for so long."""
    written: dict[Key, str] = {}
    acknowledged: set[Key] = set()
    for agent in site.agents:
        rows, done = truth_of(agent)
        written |= rows
        acknowledged |= done
    wanted = {written[key] for key in acknowledged if int(written[key].rpartition("-")[2]) % MEETS_A_RULE == 0}
    deadline, before = time.monotonic() + seconds, (0, 0)
    while True:
        there = list(_stored(site))
        alerts = Counter(_alerted(site))
        keys = {key for key, _ in there}
        if before != (before := (len(keys), len(alerts))):
            deadline = time.monotonic() + seconds
        caught_up = acknowledged <= keys and wanted <= alerts.keys()
        if caught_up or time.monotonic() > deadline:
            break
        time.sleep(1)
    counted = _counted(site)
    markers = Counter(marker for _, marker in there)
    hosts = site.stage.client.get("/api/hosts")["items"]
    return Account(
        written=len(written),
        acknowledged=len(acknowledged),
        stored=counted,
        lost=len(acknowledged - keys),
        doubled=max(counted - len(keys), sum(count - 1 for count in markers.values())),
        other=sum(written.get(key) != marker for key, marker in there),
        alerts=sum(alerts.values()),
        alerts_lost=len(wanted - alerts.keys()),
        alerts_doubled=sum(count - 1 for count in alerts.values()),
        gaps=sum(gap["count"] for host in hosts for gap in host["completeness"]["gaps"]),
        off=sum(_off(agent) for agent in site.agents),
        again=sum(agent.again() for agent in site.agents),
    )


def _off(agent: Agent) -> int:
    """Lanes of the present epoch whose books differ from the truth, once all is acknowledged and nothing was lost."""
    status = agent.status()
    made = Counter(lane for epoch, lane, _, _ in agent.written() if epoch == f"{status['epoch']:016x}")
    books = {int(lane): book for lane, book in status["ledger"].items()}
    expected = {lane: (made[lane], made[lane], 0, {}) for lane in books}
    return sum(
        (book["emitted"], book["acked"], book["spooled"], book["dropped"]) != expected[lane]
        for lane, book in books.items()
    )


def _stored(site: Site) -> Iterator[tuple[Key, str]]:
    """Every stored event once, page by page towards the past."""
    for kind, field in (("process_start", "process.command_line"), ("file_create", "file.path")):
        until: str | None = None
        seen: set[Key] = set()
        while page := list(site.stage.client.lines("/api/events", kind=kind, limit=_PAGE, until=until)):
            for event in page:
                key = (str(event["epoch"]), int(event["lane"]), int(event["sequence"]))
                if key not in seen:
                    seen.add(key)
                    yield key, str(event[field]).replace("/", " ").rpartition(" ")[2]
            if len(page) < _PAGE:
                break
            # The oldest of this page once more: others may share its time.
            until = time_text(parse_time(page[0]["time"]) + 1)


def _counted(site: Site) -> int:
    """How many rows the store holds of the two kinds."""
    kinds = ("process_start", "file_create")
    return sum(int(site.stage.client.get("/api/events/count", kind=kind)["count"]) for kind in kinds)


def _alerted(site: Site) -> Iterator[str]:
    cursor: str | None = None
    while True:
        page: dict[str, Any] = site.stage.client.get("/api/alerts", status="all", limit=500, cursor=cursor)
        for alert in page["items"]:
            if alert["title"] == TITLE:
                yield alert["summary"].rpartition(" ")[2]
        cursor = page["next"]
        if cursor is None:
            return


def told(lane: str, result: Account, *, missing: int = 0) -> bool:
    """Print the account's figures; whether nothing was lost or doubled. So many sequences are `missing` in truth."""
    note(f"{lane}: {result}")
    figures = {
        "acknowledged events lost": (result.lost, "events"),
        "acknowledged events that had to be sent again": (result.again, "events"),
        "events stored twice": (result.doubled, "events"),
        "events stored that are not what was written": (result.other, "events"),
        "acknowledged events that meet a rule, without an alert": (result.alerts_lost, "alerts"),
        "alerts raised twice": (result.alerts_doubled, "alerts"),
        "sequences called missing, though nothing is": (abs(result.gaps - missing), "events"),
        "lanes whose books are not exact": (result.off, "lanes"),
    }
    good = [row(lane, what, value, unit, at_most=0) for what, (value, unit) in figures.items()]
    return all(good)
