"""A fleet's own log held against what the collector stored, alerted and says of its hosts. Not a lane itself."""

import statistics
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tramgac_collector.cli.client import Client
from tramgac_collector.engine.client import connect
from tramgac_collector.paths import StatePaths
from tramgac_proto.names import parse_time

from tests.lab.fleet_log import Key, Log, Written
from tests.lab.rows import note, row

_STORED = "SELECT host, epoch, lane, sequence, toUnixTimestamp64Nano(time) FROM events"
_MOST_ALERTS = 1_000_000
LOUD = ("medium", "high", "critical")
ALERTED_S = 2.0
Met = tuple[str, Key]
"""A rule and the event that met it."""


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
    expected: int = 0
    undetected: int = 0
    alerted_twice: int = 0
    false: Counter[str] = field(default_factory=Counter)
    """Alerts of medium level or above that nobody planted, by title."""
    to_alert: list[tuple[int, float]] = field(default_factory=list)
    """When a planted event was put into the spool, ns, and seconds from there to the stored alert."""


def judge(log: Log, paths: StatePaths, client: Client, hosts: set[str], seconds: float = 120) -> Verdict:
    """Wait until store and judge have caught up with what was acknowledged, so long at most, and compare."""
    events, marks = log.read()
    acknowledged = {key for key in events if key[3] <= marks.get(key[:3], 0)}
    wanted = {(events[key].rule, key) for key in acknowledged if events[key].rule}
    deadline = time.monotonic() + seconds
    while True:
        stored = dict(_stored(paths, hosts))
        alerts = list(_alerts(client, hosts))
        met = {(rule, key) for rule, _, keys, _ in alerts for key in keys}
        if (acknowledged <= stored.keys() and wanted <= met) or time.monotonic() > deadline:
            break
        time.sleep(1)
    return _verdict(events, acknowledged, wanted, stored, alerts)


def _verdict(
    events: dict[Key, Written],
    acknowledged: set[Key],
    wanted: set[Met],
    stored: dict[Key, tuple[int, int]],
    alerts: list[tuple[str, str, list[Key], int]],
) -> Verdict:
    found = Verdict(written=len(events), acknowledged=len(acknowledged), expected=len(wanted))
    found.lost = len(acknowledged - stored.keys())
    found.doubled = sum(count - 1 for count, _ in stored.values())
    strange = [key for key, (_, moment) in stored.items() if key not in events or events[key].time != moment]
    found.foreign = len(strange)
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
    return found


def _stored(paths: StatePaths, hosts: set[str]) -> Iterator[tuple[Key, tuple[int, int]]]:
    counts: Counter[Key] = Counter()
    times: dict[Key, int] = {}
    with connect(paths).query_rows_stream(_STORED) as rows:
        for host, epoch, lane, sequence, moment in rows:
            if host in hosts:
                key = (str(host), int(epoch), int(lane), int(sequence))
                counts[key] += 1
                times[key] = int(moment)
    for key, count in counts.items():
        yield key, (count, times[key])


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


def told(lane: str, found: Verdict, latencies: list[float]) -> bool:
    """Print the figures; whether nothing is wrong."""
    for title, count in found.false.most_common(5):
        note(f"{lane}: nobody planted {count} x {title}")
    exact = (
        ("events acknowledged and not stored", found.lost),
        ("events stored twice", found.doubled),
        ("events stored under another number or time than they had", found.foreign),
    )
    detected = (
        ("planted attacks without an alert", found.undetected),
        ("planted attacks alerted twice", found.alerted_twice),
    )
    shown = exact + detected if found.expected else exact
    good = [row(lane, what, value, "events", at_most=0) for what, value in shown]
    if found.expected:
        good.append(row(lane, "alerts of medium level or above that nobody planted", found.false.total(), "alerts"))
    good.append(row(lane, "events acknowledged", found.acknowledged, "events", at_least=found.written))
    alerted = [took for _, took in found.to_alert]
    good += [soon(lane, what, values) for what, values in (("acknowledged", latencies), ("alerted", alerted)) if values]
    return all(good)


def soon(lane: str, what: str, values: list[float]) -> bool:
    """Print how soon urgent events were `what`, seconds; whether that is in time."""
    row(lane, f"urgent event to {what}, median", round(statistics.median(values), 3), "s")
    p95 = round(quantile(values, 0.95), 3)
    return row(lane, f"urgent event to {what}, p95", p95, "s", at_most=2 * ALERTED_S, target=ALERTED_S)
