"""What one batch of the ingest log means: detections, sightings of files, what hosts say of themselves. Pure."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tramgac_proto import names
from tramgac_proto.event_pb2 import Event
from tramgac_rules.correlation.extract import Correlations
from tramgac_rules.correlation.model import Match
from tramgac_rules.explain import Condition
from tramgac_rules.indicators import Indicators
from tramgac_rules.judge import Judge
from tramgac_rules.record import Record, record_of
from tramgac_rules.rule import Rule
from tramgac_wire.errors import WireError

from tramgac_collector.alerts import Detection, EventCopy
from tramgac_collector.exceptions import Exceptions
from tramgac_collector.ingest import Entry
from tramgac_collector.judging import listed
from tramgac_collector.judging.yara_rules import YaraRules
from tramgac_collector.rule_states import ALERT, OFF, PARKED, States
from tramgac_collector.samples import PRIORITY_ALERT, PRIORITY_DROPPED, PRIORITY_RUN


@dataclass(frozen=True, slots=True)
class Rules:
    """What events are judged by: the content bundle in force, loaded; nothing while there is none."""

    version: int = 0
    judge: Judge | None = None
    yara: YaraRules = field(default_factory=YaraRules)
    indicators: Indicators | None = None
    correlations: Correlations = field(default_factory=Correlations)
    states: States = field(default_factory=States)
    exceptions: Exceptions = field(default_factory=Exceptions)


SightingKey = tuple[str, str, str]
"""Hash, host and kind of event: the first of each is a sighting."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A file's hash in an event. `priority`: how much we want the file."""

    sha256: str
    priority: int
    event: EventCopy

    @property
    def key(self) -> SightingKey:
        """What it is the first of."""
        return self.sha256, self.event.host, self.event.kind


@dataclass(slots=True)
class Meaning:
    """What one event means."""

    detections: list[Detection] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)
    told: list[tuple[EventCopy, Event]] = field(default_factory=list)
    """Health and Inventory."""
    matches: list[tuple[int, Match]] = field(default_factory=list)
    """What the event is to correlations, by their index."""
    copy: EventCopy | None = None
    """The event, where it is something to correlations."""
    met: list[str] = field(default_factory=list)
    """Rules that it met and that are counted, whatever is raised."""
    time: int = 0
    """When it happened, ns."""


@dataclass(slots=True)
class Found:
    """What a batch means: its events that mean something, in order."""

    entry: Entry
    events: int = 0
    latest: int = 0
    """The greatest time of an event, ns; none is later than the batch was received."""
    meanings: list[Meaning] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    """Events that could not be examined, twice over: their sequence and what went wrong."""


def examine(entry: Entry, rules: Rules, product: str, known: Container[SightingKey] = (), site: str = "") -> Found:
    """Examine a batch of a host whose system is `product` (linux, windows); sightings that are `known` are left out.

    `site`: the host's, where rules may have states of their own.
    What cannot be examined is in `failures`; the events around it are examined all the same.
    """
    found = Found(entry)
    try:
        bench = _Bench(rules, product, known, site)
        for sequence, blob in entry.events():
            found.events += 1
            _take(found, sequence, blob, bench)
    except WireError as error:
        found.failures.append(f"the batch cannot be read: {error}")
    return found


@dataclass(frozen=True, slots=True)
class _Bench:
    """What a batch is examined with."""

    rules: Rules
    product: str
    known: Container[SightingKey]
    site: str

    def state(self, rule: str) -> str:
        """Return the state of a rule at the host's site."""
        return self.rules.states.of(rule, self.site)

    def met(self, record: Record) -> list[Rule]:
        """Return the rules that a record meets and that are not off."""
        found = () if self.rules.judge is None else self.rules.judge.match(record)
        return [rule for rule in found if self.state(rule.id) not in _DEAF] if found else []


def _take(found: Found, sequence: int, blob: bytes, bench: _Bench) -> None:
    for last in (False, True):
        try:
            event = Event.FromString(blob)
            meaning = _meaning(found.entry, sequence, event, bench)
        except Exception as error:  # noqa: BLE001  # bulkhead: one event
            if last:
                found.failures.append(f"sequence {sequence}: {type(error).__name__}: {error}")
        else:
            if found.latest < event.time:
                found.latest = max(found.latest, min(event.time, found.entry.received))
            if meaning is not None:
                found.meanings.append(meaning)
            return


def _meaning(entry: Entry, sequence: int, event: Event, bench: _Bench) -> Meaning | None:
    kind, rules = names.kind_of(event), bench.rules
    record = record_of(event, bench.product)
    met = bench.met(record)
    hits = () if rules.indicators is None else rules.indicators.match(record, event.time)
    sha256, priority = _hash(event, kind)
    sighted = sha256 and (sha256, entry.host, kind) not in bench.known
    if not met and not hits and not sighted and kind not in _ALWAYS:
        return None
    meaning = Meaning(met=[rule.id for rule in met], time=event.time)
    loud = [rule for rule in met if bench.state(rule.id) == ALERT and rule.id not in rules.correlations.quiet]
    if not (loud or hits or sighted or kind in _ALWAYS or rules.correlations):
        return meaning  # only watched: neither a copy nor a reason is made
    copy = _copy(entry, sequence, event, kind)
    for rule in loud:
        why = [] if rules.judge is None else [condition_json(held) for held in rules.judge.explain(record, rule)]
        meaning.detections.append(Detection(rule_json(rule), rule.digest, (copy,), why))
    if met and rules.correlations:
        event_id = (entry.host, entry.batch.epoch, int(entry.batch.lane), sequence)
        time = max(0, min(event.time, entry.received))
        meaning.matches = rules.correlations.matches(record, met, event_id, time, entry.host)
        meaning.copy = copy if meaning.matches else None
    _weigh(meaning, listed.detections(hits, (copy,)), bench)
    if kind == "scan_hit":
        _weigh(meaning, [rules.yara.of_event(event.scan_hit, copy)], bench)
    elif kind in ("health", "inventory"):
        meaning.told.append((copy, event))
    if sighted:
        meaning.sightings.append(Sighting(sha256, PRIORITY_ALERT if meaning.detections else priority, copy))
    return meaning


def _weigh(meaning: Meaning, detections: Iterable[Detection], bench: _Bench) -> None:
    """Count detections of an indicator or a YARA rule, and keep those that are to be raised."""
    for detection in detections:
        number = str(detection.rule["id"])
        state = bench.state(number)
        if state not in _DEAF:
            meaning.met.append(number)
        if state == ALERT:
            meaning.detections.append(detection)


_ALWAYS = frozenset({"scan_hit", "health", "inventory"})
_DEAF = frozenset({OFF, PARKED})


def _hash(event: Event, kind: str) -> tuple[str, int]:
    """Return the hash of the file that an event is about, and how much we want the file; "" for none."""
    if kind == "process_start":
        sha256, priority = event.process_start.process.sha256, PRIORITY_RUN
    elif kind == "file_write":
        sha256, priority = event.file_write.sha256, PRIORITY_DROPPED
    elif kind == "scan_hit":
        sha256, priority = event.scan_hit.sha256, PRIORITY_ALERT
    else:
        return "", 0
    return (sha256.hex(), priority) if len(sha256) == 32 else ("", 0)  # noqa: PLR2004 - bytes of a SHA-256


def _copy(entry: Entry, sequence: int, event: Event, kind: str) -> EventCopy:
    fields = names.ecs(event)
    batch = entry.batch
    return EventCopy(entry.host, batch.epoch, batch.lane, sequence, kind, event.time, entry.received, fields)


def rule_json(rule: Rule) -> Mapping[str, Any]:
    """Return what an alert keeps of a rule."""
    about = rule.about
    return {
        "id": rule.id,
        "title": rule.title,
        "title_vi": about.title_vi,
        "level": rule.level,
        "tags": list(rule.tags),
        "description": about.description,
        "description_vi": about.description_vi,
        "triage": list(about.triage),
        "triage_vi": list(about.triage_vi),
        "status": rule.status,
        "author": about.author,
        "falsepositives": list(about.falsepositives),
        "falsepositives_vi": list(about.falsepositives_vi),
        "references": list(about.references),
        "path": about.path,
    }


def condition_json(condition: Condition) -> dict[str, Any]:
    """Return what an alert keeps of a condition that held."""
    return {
        "selection": condition.selection,
        "field": condition.field,
        "value": condition.value,
        "pattern": condition.pattern,
        "spans": [list(span) for span in condition.spans],
        "negated": condition.negated,
    }
