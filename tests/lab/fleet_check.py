"""A fleet's own log held against what the collector stored, alerted and says of its hosts. Not a lane itself."""

import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from tramgac_collector.cli.client import Client
from tramgac_collector.engine.client import connect
from tramgac_collector.paths import StatePaths
from tramgac_proto.names import parse_time

from tests.lab.fleet_log import Key, Log, Written
from tests.lab.rows import note, row

_STORED = "SELECT host, epoch, lane, sequence, toUnixTimestamp64Nano(time), log, offset FROM events"
_MOST_ALERTS = 1_000_000
LOUD = ("medium", "high", "critical")
ALERTED_S = 2.0
MET_BY_WORK = frozenset({"7210f98e-bc77-5741-b5d6-e23a1ea4ce34"})
"""Of the rules of medium level or above what the recorded work of Linux meets: ssh from one address, which is within a
minute only because the recorded hour is told in less. The made-up work meets none."""
Met = tuple[str, Key]
"""A rule and the event that met it."""


class Stored(NamedTuple):
    """What the store holds of one event: how often, its time, ns, and in which record of which ingest log it came."""

    count: int
    time: int
    log: int
    offset: int


@dataclass
class Verdict:
    """What became of a fleet's events."""

    written: int = 0
    acknowledged: int = 0
    lost: int = 0
    """Acknowledged and not stored."""
    doubled: int = 0
    foreign: int = 0
    """Stored and never written, or under another number than it had."""
    disordered: int = 0
    """In the ingest log before an event of its lane that has a lower sequence."""
    expected: int = 0
    undetected: int = 0
    alerted_twice: int = 0
    false: Counter[str] = field(default_factory=Counter)
    """Alerts of medium level or above that nobody planted, by title."""
    unmet: Counter[str] = field(default_factory=Counter)
    """Of them those on hosts whose work meets no such rule (MET_BY_WORK aside): somebody alerts wrongly."""
    to_alert: list[tuple[int, float]] = field(default_factory=list)
    """When a planted event was put into the spool, ns, and seconds from there to the stored alert."""


def judge(
    log: Log,
    paths: StatePaths,
    client: Client,
    hosts: set[str],
    seconds: float = 120,
    meeting: Collection[str] = (),
) -> Verdict:
    """Wait until store and judge have caught up with what was acknowledged, so long at most, and compare.

    `meeting`: hosts whose ordinary work does meet rules, as that of Windows does: it was recorded beside attacks.
    """
    events, marks = log.read()
    acknowledged = {key for key in events if key[3] <= marks.get(key[:3], 0)}
    wanted = {(events[key].rule, key) for key in acknowledged if events[key].rule}
    deadline = time.monotonic() + seconds
    while True:
        stored = _stored(paths, hosts)
        alerts = list(_alerts(client, hosts))
        met = {(rule, key) for rule, _, keys, _ in alerts for key in keys}
        if (acknowledged <= stored.keys() and wanted <= met) or time.monotonic() > deadline:
            break
        time.sleep(1)
    return _verdict(events, acknowledged, wanted, stored, alerts, meeting)


def _verdict(
    events: dict[Key, Written],
    acknowledged: set[Key],
    wanted: set[Met],
    stored: dict[Key, Stored],
    alerts: list[tuple[str, str, list[Key], int]],
    meeting: Collection[str] = (),
) -> Verdict:
    found = Verdict(written=len(events), acknowledged=len(acknowledged), expected=len(wanted))
    found.lost = len(acknowledged - stored.keys())
    found.doubled = sum(each.count - 1 for each in stored.values())
    strange = [key for key, each in stored.items() if key not in events or events[key].time != each.time]
    found.foreign, found.disordered = len(strange), _disordered(stored)
    times = Counter((rule, key) for rule, _, keys, _ in alerts if len(keys) == 1 for key in keys)
    found.undetected = len(wanted - times.keys())
    found.alerted_twice = sum(times[met] - 1 for met in wanted if met in times)
    planted = {key for _, key in wanted}
    for rule, title, keys, created in alerts:
        if any((rule, key) in wanted for key in keys):
            put = max(events[key].put for key in keys)
            found.to_alert.append((put, (created - put) / 1e9))
        elif not planted.intersection(keys):
            found.false[title] += 1
            found.unmet[title] += rule not in MET_BY_WORK and not any(key[0] in meeting for key in keys)
    return found


def _disordered(stored: Mapping[Key, Stored]) -> int:
    """Of each host's lane and incarnation, how many events came into a log before the one with the sequence below."""
    lanes: dict[tuple[str, int, int, int], list[tuple[int, int]]] = defaultdict(list)
    for (*lane, sequence), each in stored.items():
        lanes[*lane, each.log].append((sequence, each.offset))
    return sum(after[1] < before[1] for lane in lanes.values() for before, after in pairwise(sorted(lane)))


def _stored(paths: StatePaths, hosts: set[str]) -> dict[Key, Stored]:
    found: dict[Key, Stored] = {}
    with connect(paths).query_rows_stream(_STORED) as rows:
        for host, epoch, lane, sequence, moment, log, offset in rows:
            if host in hosts:
                key = (str(host), int(epoch), int(lane), int(sequence))
                already = found[key].count if key in found else 0
                found[key] = Stored(already + 1, int(moment), int(log), int(offset))
    return found


def _alerts(client: Client, hosts: set[str]) -> Iterator[tuple[str, str, list[Key], int]]:
    severity = ",".join(LOUD)
    for alert in client.lines("/api/alerts/export", status="all", severity=severity, limit=_MOST_ALERTS):
        if alert["host"] in hosts:
            keys = [(e["host"], int(e["epoch"], 16), e["lane"], e["sequence"]) for e in alert["events"]]
            yield alert["rule"]["id"], alert["rule"]["title"], keys, parse_time(alert["created"])


def incomplete(client: Client, hosts: set[str]) -> list[str]:
    """Hosts whose books, as the collector has them, do not balance or have holes."""
    found = []
    for host in client.get("/api/hosts")["items"]:
        books = host["completeness"]
        dropped = sum(books["dropped"].values())
        balanced = books["emitted"] == books["acked"] + books["spooled"] + dropped
        if host["id"] in hosts and (not balanced or dropped or books["gaps_total"]):
            found.append(host["name"])
    return found


def quantile(values: list[float], part: float) -> float:
    """The value below which that part of them lies; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else 0.0


def told(lane: str, found: Verdict, latencies: list[float], timed: str = "") -> bool:
    """Print the figures; whether nothing is wrong. `timed`: which urgent events the times are of, if not of all."""
    for title, count in sorted(found.false.items(), key=lambda each: (-found.unmet[each[0]], -each[1]))[:5]:
        note(f"{lane}: nobody planted {count} x {title}, {found.unmet[title]} of them where no work meets it")
    exact = (
        ("events acknowledged and not stored", found.lost),
        ("events stored twice", found.doubled),
        ("events stored under another number or time than they had", found.foreign),
        ("events in the log before one of their lane with a lower sequence", found.disordered),
    )
    detected = (
        ("planted attacks without an alert", found.undetected),
        ("planted attacks alerted twice", found.alerted_twice),
    )
    shown = exact + detected if found.expected else exact
    good = [row(lane, what, value, "events", at_most=0) for what, value in shown]
    if found.expected:
        good.append(row(lane, "alerts of medium level or above that nobody planted", found.false.total(), "alerts"))
        what = "of these on hosts with the work of Linux, by rules that it does not meet"
        good.append(row(lane, what, found.unmet.total(), "alerts", at_most=0))
    good.append(row(lane, "events acknowledged", found.acknowledged, "events", at_least=found.written))
    alerted = [took for _, took in found.to_alert]
    times = (("acknowledged", latencies), ("alerted", alerted))
    good += [soon(lane, what + timed, values) for what, values in times if values]
    return all(good)


def soon(lane: str, what: str, values: list[float]) -> bool:
    """Print how soon urgent events were `what`, seconds; whether that is in time."""
    row(lane, f"urgent event to {what}, median", round(statistics.median(values), 3), "s")
    p95 = round(quantile(values, 0.95), 3)
    return row(lane, f"urgent event to {what}, p95", p95, "s", at_most=2 * ALERTED_S, target=ALERTED_S)
