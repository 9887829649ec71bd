"""What batches mean, written down: within one transaction that the caller begins and ends."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from tramgac_proto.event_pb2 import Event

from tramgac_collector import alerts, held_back, host_health, hosts, rule_counts, samples
from tramgac_collector.alerts import Detection, EventCopy
from tramgac_collector.database import insert_new
from tramgac_collector.exceptions import Exceptions
from tramgac_collector.held_back import Held
from tramgac_collector.host_health import Gathered
from tramgac_collector.hosts import Gap
from tramgac_collector.judging import gap_reasons
from tramgac_collector.judging.allowance import Allowance
from tramgac_collector.judging.detect import Found, Meaning, Sighting, SightingKey
from tramgac_collector.judging.yara_rules import YaraRules
from tramgac_collector.rule_counts import Met, counted
from tramgac_collector.rule_states import ALERT, OFF, States
from tramgac_collector.schema import AlertRow, HostRow, SampleRow, SetAsideRow, SightingRow

BLIND = {
    "id": "tramgac:sensor-blind",
    "title": "A sensor went blind",
    "title_vi": "Một cảm biến không còn thấy gì",
    "level": "high",
    "tags": ["attack.defense-impairment", "attack.t1685"],
    "description": "The sensor saw before and does not now: it was unloaded, its canary no longer comes through.",
    "description_vi": "Trước đây cảm biến còn thấy, nay không: nó đã bị gỡ, tín hiệu thử không còn đi qua.",
    "triage": ["Who was on the host at that time, and what did they run?", "Start the agent again; run its doctor"],
    "triage_vi": ["Lúc đó ai ở trên máy, và đã chạy những gì?", "Khởi động lại tác tử; chạy doctor của nó"],
    "falsepositives": ["An update of the kernel or of the agent"],
    "falsepositives_vi": ["Đang cập nhật nhân hoặc tác tử"],
    "references": [],
}
"""A fact that the collector makes (law 11: silence is an alert)."""
_AT_ONCE = 1_000
"""Ids in one question: databases bound them."""


@dataclass(slots=True)
class Written:
    """What was written, for bells, counters and the memory of known sightings. Good once the transaction is."""

    counts: Counter[str] = field(default_factory=Counter)
    asks: bool = False
    sightings: set[SightingKey] = field(default_factory=set)
    hostnames: dict[str, str] = field(default_factory=dict)
    states: States = field(default_factory=States)
    """Of the rules, while this is written."""
    allowance: Allowance = field(default_factory=Allowance)
    """What hosts have left of today."""
    met: Counter[Met] = field(default_factory=Counter)
    """What was met and is still to be counted."""
    exceptions: Exceptions = field(default_factory=Exceptions)
    """Those in force while this is written."""
    held: list[Held] = field(default_factory=list)
    """What they held back and is still to be written down: `settle`."""
    of_hosts: Gathered = field(default_factory=Gathered)
    """What hosts said of themselves and is still to be written down: `settle`."""


def write(s: Session, found: Found, yara: YaraRules, written: Written, now: int) -> None:
    """Write down what a batch means, and in `written` what was written in this transaction."""
    written.counts["events"] += found.events
    for meaning in found.meanings:
        written.met.update(counted(meaning.met, min(meaning.time, found.entry.received), found.entry.host))
    _write_gap(s, found, written, now)
    for meaning in found.meanings:
        _write_meaning(s, meaning, found.entry.position, yara, written, now)
    if found.failures:
        set_aside(s, found, "; ".join(found.failures[:20]), now)
        written.counts["set_aside"] += 1


def who_told(s: Session, block: Iterable[Found]) -> list[HostRow]:
    """Return the rows of hosts that say something of themselves: while they are held, `get` asks for none of them."""
    ids = {found.entry.host for found in block if any(meaning.told for meaning in found.meanings)}
    return list(s.scalars(select(HostRow).where(HostRow.id.in_(ids)))) if ids else []


def set_aside(s: Session, found: Found, reason: str, now: int) -> None:
    """Write down that a batch, or some of it, could not be digested; what is missing before it is told all the same."""
    _write_gap(s, found, Written(), now)
    where = {"consumer": "judge", "position": found.entry.position, "host": found.entry.host}
    insert_new(s, SetAsideRow, {**where, "time": now, "reason": reason[:4000]})


def _write_gap(s: Session, found: Found, written: Written, now: int) -> None:
    """Write down that the sequences before a batch will not come; the same batch, read again, says the same gap."""
    batch = found.entry.batch
    count = min(batch.gap, batch.first - 1)
    if count > 0:
        host, lane = found.entry.host, (batch.epoch, int(batch.lane))
        written.of_hosts.write_ledgers(s)
        why = gap_reasons.reason(s, host, lane, count, found.entry.position)
        gap = Gap(*lane, batch.first - count, count, why)
        written.counts["gaps"] += hosts.record_gap(s, host, gap, now)


def raise_all(s: Session, detections: list[Detection], written: Written, now: int) -> None:
    """Raise the alerts of detections."""
    for detection in detections:
        name = hostname(s, detection.events[0].host, written)
        if _hold(s, detection, name, written, now):
            continue
        if not written.allowance.alert(s, detection, now):
            written.counts["alerts_over_limit"] += 1
            written.allowance.tell(s, detection, name, now)
        elif alerts.raise_alert(s, detection, name, now):
            written.allowance.raised(s, detection)
            written.counts["alerts"] += 1
        else:
            written.counts["alerts_known"] += 1


def raise_weighed(s: Session, detections: list[Detection], written: Written, now: int) -> None:
    """Count detections of rules, and raise the alerts of those whose rule is to alert at the host's site."""
    told: list[Detection] = []
    for detection in detections:
        number, first = str(detection.rule["id"]), detection.events[0]
        state = written.states.of(number, site(s, first.host))
        if state != OFF:
            rule_counts.add(s, counted([number], min(first.time, first.received), first.host), now)
        if state == ALERT:
            told.append(detection)
    raise_all(s, told, written, now)


def settle(s: Session, written: Written, now: int) -> None:
    """Write down what was gathered, at a transaction's end; an alert that is there already was not held back."""
    written.of_hosts.write(s, now)
    if not written.held:
        return
    numbers = [held.detection.number for held in written.held]
    there: set[str] = set()
    for start in range(0, len(numbers), _AT_ONCE):
        there.update(s.scalars(select(AlertRow.id).where(AlertRow.id.in_(numbers[start : start + _AT_ONCE]))))
    new = [held for held, number in zip(written.held, numbers, strict=True) if number not in there]
    written.counts["alerts_known"] += len(numbers) - len(new)
    written.counts["alerts_held_back"] += held_back.write(s, new, now)
    written.held.clear()


def _hold(s: Session, detection: Detection, name: str, written: Written, now: int) -> bool:
    """Tell whether an exception holds a detection back, and note it for `settle`."""
    rule = str(detection.rule["id"])
    if not written.exceptions.concern(rule):
        return False
    which = written.exceptions.holds(rule, detection.events, lambda host: site(s, host), now, written.counts)
    if which:
        written.held.append(Held(which, detection, name))
    return which > 0


def site(s: Session, host: str) -> str:
    """Return the site of a host, "" for none."""
    row = s.get(HostRow, host)
    return "" if row is None else row.site


def hostname(s: Session, host: str, written: Written) -> str:
    """Return a host's name, "" if it is not known; each is looked up once."""
    if host not in written.hostnames:
        row = s.get(HostRow, host)
        written.hostnames[host] = "" if row is None else row.hostname
    return written.hostnames[host]


def _write_endings(s: Session, host: str, event: Event, position: int, written: Written, now: int) -> None:
    """Write down what will not come at the end of earlier epochs: no batch of theirs follows that could say it."""
    for epoch, lane, first, count in host_health.endings(event):
        written.of_hosts.write_ledgers(s)
        why = gap_reasons.reason(s, host, (epoch, lane), count, position)
        written.counts["gaps"] += hosts.record_gap(s, host, Gap(epoch, lane, first, count, why), now)


def _write_meaning(s: Session, meaning: Meaning, position: int, yara: YaraRules, written: Written, now: int) -> None:
    for copy, event in meaning.told:
        if copy.kind == "inventory":
            host_health.record_inventory(s, copy.host, event, written.of_hosts)
            continue
        if blind := host_health.record_health(s, copy.host, copy.epoch, event, now, written.of_hosts):
            raise_all(s, [_blind(copy, blind)], written, now)
        _write_endings(s, copy.host, event, position, written, now)
    raise_all(s, meaning.detections, written, now)
    written.counts["alerts_over_limit"] += meaning.over
    for sighting in meaning.sightings:
        if sighting.key not in written.sightings:
            written.sightings.add(sighting.key)
            raise_weighed(s, _sight(s, sighting, yara, written, now), written, now)


def _sight(s: Session, sighting: Sighting, yara: YaraRules, written: Written, now: int) -> list[Detection]:
    """Write down a sighting; return detections if the file is known to be bad."""
    event = sighting.event
    if s.get(SampleRow, sighting.sha256) is None and not written.allowance.file(event.host, now):
        written.counts["files_over_limit"] += 1
        return []
    sample = samples.want(s, sighting.sha256, event.host, sighting.priority, now)
    values = {"sha256": sighting.sha256, "host": event.host, "kind": event.kind, "time": event.time}
    if not insert_new(s, SightingRow, {**values, "received": event.received, "event": event.as_json()}):
        return []
    written.asks |= sample.state == "wanted"
    return known_bad(sample.hits, yara, [event])


def known_bad(hits: Iterable[Mapping[str, Any]], yara: YaraRules, events: Sequence[EventCopy]) -> list[Detection]:
    """Return the detections of a sample's hits for events of one host."""
    return [yara.of_hit(hit["rule"], [(n, o, size) for n, o, size in hit["strings"]], events) for hit in hits]


def _blind(copy: EventCopy, capabilities: list[str]) -> Detection:
    condition = {"selection": "sensor", "pattern": "alive before, not alive now", "spans": [], "negated": False}
    why = [{**condition, "field": "capability", "value": name} for name in capabilities]
    return Detection(BLIND, "1", (copy,), why)
