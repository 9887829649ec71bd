"""Stored events judged: the rules, and the correlations by event time, as the judge applies them live. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from tramgac_rules.correlation import pack as correlation_pack
from tramgac_rules.correlation.correlator import Correlator
from tramgac_rules.correlation.extract import Correlations
from tramgac_rules.correlation.model import EventId, event_text
from tramgac_rules.judge import Judge
from tramgac_rules.record import record_of
from tramgac_rules.rule import Rule
from tramgac_rules.sources import Route, routes

from tramgac_collector.alerts import alert_id
from tramgac_collector.backtest.excepting import Excepting
from tramgac_collector.backtest.stored import Page, Stored, Wanted

_ALL = ""
_NEVER = 1 << 80
"""A watermark that everything is before, ns."""


@dataclass(frozen=True, slots=True)
class Would:
    """An alert that there would have been: under the id that it would have, at the time of its last event, ns.

    `exception`: which one in force would hold it back; 0 for none.
    """

    id: str
    rule: Rule
    host: str
    time: int
    event: EventId
    exception: int = 0


@dataclass(slots=True)
class Rules:
    """What is tried: rules, and the correlations over them. What correlations refer to alerts as it would live."""

    judge: Judge
    correlations: Correlations

    @classmethod
    def load(cls, pack: Mapping[str, object]) -> Rules:
        """Load the compiled form. Raises RulesError."""
        judge = Judge.load(pack)
        return cls(judge, correlation_pack.load(pack, judge.rules))

    @property
    def loud(self) -> Iterable[Rule]:
        """Those that would alert for themselves, in their order."""
        both = (*self.judge.rules.values(), *(each.rule for each in self.correlations.all))
        return [rule for rule in both if rule.id not in self.correlations.quiet]

    def wanted(self, since: int, until: int) -> Wanted:
        """Return which events any of the rules could look at."""
        found = [route for rule in self.judge.rules.values() for route in routes(rule.logsource)]
        kinds = frozenset[str]().union(*(route.kinds or () for route in found))
        if any(route.kinds is None for route in found):
            return Wanted(since, until)
        logs = [route for route in found if "event_log" in (route.kinds or ())]
        return Wanted(since, until, kinds, _channels(logs))


def _channels(logs: Iterable[Route]) -> frozenset[str] | None:
    """Return the channels of Windows' logs that are looked at; None for all, as of none."""
    asked = [route.channels for route in logs]
    named = [channels for channels in asked if channels is not None]
    return frozenset[str]().union(*named) if named and len(named) == len(asked) else None


@dataclass(slots=True)
class Backtest:
    """Judges pages of events; each alert that there would have been is told to `tell`.

    `product`: a host's system (linux, windows) by its id. `excepting`: the exceptions that are asked.
    """

    rules: Rules
    product: Callable[[str], str]
    tell: Callable[[Would], None]
    excepting: Excepting = field(default_factory=Excepting)
    counts: Counter[str] = field(default_factory=Counter)
    _correlator: Correlator = field(init=False)
    _keeps: bool = field(init=False)
    """Whether what correlations are made of may be asked for."""

    def __post_init__(self) -> None:
        """Begin empty."""
        self._correlator = Correlator(self.rules.correlations.all, early=False)
        self._keeps = self.excepting.concerns(self.rules.correlations)

    def take(self, page: Page) -> None:
        """Judge a page."""
        for stored in page.events:
            self.counts["events"] += 1
            try:
                self._judge(stored)
            except Exception:  # noqa: BLE001 # bulkhead: one event
                self.counts["failures"] += 1
        self._advance(page.until - 1)

    def finish(self) -> None:
        """Judge what waits, as it stands."""
        self._advance(_NEVER)
        self.counts += self._correlator.counts + self.rules.correlations.counts + self.excepting.counts

    def _judge(self, stored: Stored) -> None:
        record = record_of(stored.event, self.product(stored.host))
        met = self.rules.judge.match(record)
        if not met:
            return
        event: EventId = (stored.host, stored.epoch, stored.lane, stored.sequence)
        time = max(0, min(stored.event.time, stored.received))
        for rule in met:
            if rule.id not in self.rules.correlations.quiet:
                held = self.excepting.of_event(rule.id, stored)
                self.tell(Would(alert_id(rule.id, [event_text(event)]), rule, stored.host, time, event, held))
        matches = self.rules.correlations.matches(record, met, event, time, stored.host)
        if matches and self._keeps:
            self.excepting.keep(stored)
        for index, match in matches:
            self._correlator.add(index, match)

    def _advance(self, watermark: int) -> None:
        """Apply what waits up to a time: within hosts first, since what is over all of them may refer to that."""
        for part in sorted(self._correlator.waits() - {_ALL}):
            self._correlator.advance(part, watermark)
        self._correlator.advance(_ALL, watermark)
        changes = self._correlator.take()
        self.counts["late"] += len(changes.late)
        fired = [(self.rules.correlations.all[index].rule, window) for index, window in changes.final if window.fired]
        for _, window in fired if self._keeps else ():
            self.excepting.note(window)
        for rule, window in fired:
            if rule.id not in self.rules.correlations.quiet:
                held = self.excepting.of_window(window)
                self.tell(Would(window.id, rule, window.first.event[0], window.last.time, window.last.event, held))
