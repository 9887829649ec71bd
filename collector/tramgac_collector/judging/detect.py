"""What one batch of the ingest log means: detections, sightings of files, what hosts say of themselves. Pure."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from tramgac_proto import names
from tramgac_proto.event_pb2 import Event
from tramgac_rules.alike import Alike, gather
from tramgac_rules.correlation.extract import Correlations
from tramgac_rules.correlation.model import Match
from tramgac_rules.explain import Condition
from tramgac_rules.indicators import Indicators
from tramgac_rules.judge import Judge
from tramgac_rules.record import KNOWN_FILE_WRITE, Record, record_of
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


_Made = TypeVar("_Made")
SightingKey = tuple[str, str, str]
"""Hash, host and kind of event: the first of each is a sighting."""
HostRule = tuple[str, str]
"""A host and a rule's id."""


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
    over: int = 0
    """Rules that it met and of which the host may raise no more today: why it did is not looked for."""
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


Batch = tuple[Entry, str, str]
"""A batch, the system of its host (linux, windows), and the host's site, where rules may have states of their own."""
MANY, FEW = 64, 8
"""Events that are examined at once, and those of them that come from one place: fewer cost less one by one."""


def examine(entry: Entry, rules: Rules, product: str, known: Container[SightingKey] = (), site: str = "") -> Found:
    """Examine one batch; see `examine_all`."""
    return examine_all([(entry, product, site)], rules, known)[0]


def examine_all(
    batches: Iterable[Batch], rules: Rules, known: Container[SightingKey] = (), spent: Container[HostRule] = ()
) -> list[Found]:
    """Examine batches: many together cost less than each by itself; sightings that are `known` are left out.

    `spent`: hosts and rules of which no alert is raised any more: those are counted.
    What cannot be examined is in `failures`; the events around it are examined all the same.
    """
    found: list[Found] = []
    seen: defaultdict[str, list[_Seen]] = defaultdict(list)
    for entry, product, site in batches:
        found.append(_open(entry, _Bench(rules, product, known, site, spent), seen[product]))
    for product, events in seen.items():
        for (batch, bench, sequence, _, event), met in _sift(events, rules, product):
            meaning = _twice(batch, sequence, partial(_meaning, batch.entry, sequence, event, bench, met))
            if meaning is not None:
                batch.meanings.append(meaning)
    return found


@dataclass(frozen=True, slots=True)
class _Bench:
    """What a batch is examined with."""

    rules: Rules
    product: str
    known: Container[SightingKey]
    site: str
    spent: Container[HostRule]

    def state(self, rule: str) -> str:
        """Return the state of a rule at the host's site."""
        return self.rules.states.of(rule, self.site)

    def over(self, host: str, rule: str) -> bool:
        """Tell whether a match is only counted; what an exception may hold back is not over any limit."""
        return (host, rule) in self.spent and not self.rules.exceptions.concern(rule)

    def met(self, record: Record, met: Sequence[Rule] | None) -> list[Rule]:
        """Return the rules that a record meets and that are not off; `met`: those that it meets, None: not known."""
        if met is None:
            met = () if self.rules.judge is None else self.rules.judge.match(record)
        return [rule for rule in met if self.state(rule.id) not in _DEAF] if met else []


_Seen = tuple[Found, _Bench, int, bytes, Event]
"""An event that could be read: of which batch, what it is examined with, its sequence; encoded, and decoded."""


def _open(entry: Entry, bench: _Bench, seen: list[_Seen]) -> Found:
    """Read the events of a batch."""
    found = Found(entry)
    try:
        told = list(entry.events())
    except WireError as error:
        found.failures.append(f"the batch cannot be read: {error}")
        return found
    for sequence, blob in told:
        try:
            event = Event.FromString(blob)
        except Exception:  # noqa: BLE001  # bulkhead: one event
            again = _twice(found, sequence, partial(Event.FromString, blob))
            if again is None:
                continue
            event = again
        found.latest = max(found.latest, min(event.time, entry.received))
        seen.append((found, bench, sequence, blob, event))
    found.events = len(told)
    return found


def _twice(found: Found, sequence: int, work: Callable[[], _Made]) -> _Made | None:
    """Do something with an event, again if it fails; None if it fails again, which is told."""
    for last in (False, True):
        try:
            return work()
        except Exception as error:  # noqa: BLE001  # bulkhead: one event
            if last:
                found.failures.append(f"sequence {sequence}: {type(error).__name__}: {error}")
    return None


_Judged = tuple[Sequence[Rule], bool]
"""The rules that an event meets, and whether something in it may be listed as an indicator."""


def _sift(seen: Sequence[_Seen], rules: Rules, product: str) -> Iterator[tuple[_Seen, _Judged | None]]:
    """Yield the events that may mean something, with what is known of them; None: each is to be judged by itself."""
    if len(seen) < MANY:
        yield from ((one, None) for one in seen)
        return
    together, rest = gather([event for *_, event in seen], [blob for *_, blob, _ in seen], product, FEW)
    left: dict[int, _Judged | None] = dict.fromkeys(rest)
    for alike in together:
        judged = _judge(alike, rules)
        if judged is None:
            left.update(dict.fromkeys(alike.numbers))
            continue
        if alike.place.kind in _ALWAYS or alike.place.kind in _HASHED:
            left.update(dict.fromkeys(alike.numbers, _NOTHING))
        left.update((alike.numbers[index], one) for index, one in judged.items())
    for number in sorted(left):
        yield seen[number], left[number]


def _judge(alike: Alike, rules: Rules) -> Mapping[int, _Judged] | None:
    """Return what events meet, by their index, of those that may meet something; None: judge each by itself."""
    try:
        met = {} if rules.judge is None else rules.judge.match_all(alike)
        marked = rules.indicators.look_over(alike) if rules.indicators is not None else _NONE
    except Exception:  # noqa: BLE001  # bulkhead: events that are judged together; the one that fails is told then
        return None
    return {index: (met.get(index, ()), index in marked) for index in met.keys() | marked}


def _meaning(entry: Entry, sequence: int, event: Event, bench: _Bench, judged: _Judged | None) -> Meaning | None:
    kind, rules = names.kind_of(event), bench.rules
    known, marked = (None, True) if judged is None else judged
    record = record_of(event, bench.product) if known or marked else _UNASKED
    met = bench.met(record, known)
    hits = () if rules.indicators is None or not marked else rules.indicators.match(record, event.time)
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
        if bench.over(entry.host, rule.id):
            meaning.over += 1
            continue
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
        meaning.sightings.append(
            Sighting(sha256, PRIORITY_ALERT if meaning.detections or meaning.over else priority, copy)
        )
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
_HASHED = frozenset({"process_start", "file_write", KNOWN_FILE_WRITE})
_NOTHING: _Judged = ((), False)
_NONE: frozenset[int] = frozenset()
_UNASKED = Record({})
"""Of an event that meets nothing."""
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
