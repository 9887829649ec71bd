"""Correlations over files: matches are gathered while records are read, and judged when all were."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tramgac_proto.names import parse_time
from tramgac_rules.correlation.correlator import Correlator
from tramgac_rules.correlation.extract import Correlations
from tramgac_rules.correlation.model import Correlation, EventId, Match, Window
from tramgac_rules.correlation.steps import steps
from tramgac_rules.correlation.stream import Limits
from tramgac_rules.rule import Rule

from tramgac_collector.matching.records import Entry

_FILES = "files"
"""Stands for the host: whether a group stays within one, its own fields say."""
_LIMITS = Limits(groups=5_000_000, waiting=50_000_000)
_NEVER = 1 << 80
"""A watermark that everything is before, ns."""


@dataclass(slots=True)
class Fired:
    """A correlation that fired over records: `events` as a detection's line names them, in order of time."""

    correlation: Correlation
    window: Window
    events: list[Mapping[str, Any]]


@dataclass(slots=True)
class Gathering:
    """Records that met rules of correlations. What correlations refer to makes no line of its own (`quiet`)."""

    correlations: Correlations
    without_time: int = 0
    _correlator: Correlator = field(init=False)
    _events: list[Mapping[str, Any]] = field(default_factory=list)
    _fired: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin empty."""
        self._correlator = Correlator(self.correlations.all, _LIMITS, early=False)

    def add(self, entry: Entry, met: Sequence[Rule], event: Mapping[str, Any]) -> None:
        """Take a record that met rules; `event` is how lines name it."""
        if not self.correlations or entry.record is None:
            return
        number: EventId = (_FILES, 0, 0, len(self._events))
        found = self.correlations.matches(entry.record, met, number, 0, entry.host)
        time = _time(entry.time)
        if found and time is None:
            self.without_time += 1
        elif found and time is not None:
            self._events.append(event)
            for index, match in found:
                self._correlator.add(index, match._replace(time=time))

    def fired(self) -> Iterator[Fired]:
        """Judge all that was gathered; yield what fires for itself, in the order of correlations and time."""
        for part in (_FILES, ""):  # what stays within a host first: other correlations may refer to it
            self._correlator.advance(part, _NEVER)
        changes = self._correlator.take()
        windows = [(index, window) for index, window in changes.final if window.fired]
        for _, window in windows:
            self._fired[window.id] = self._members(window)
        for index, window in sorted(windows, key=lambda each: (each[0], each[1].end)):
            correlation = self.correlations.all[index]
            if correlation.rule.id not in self.correlations.quiet:
                yield Fired(correlation, window, self._fired[window.id])

    def lost(self) -> Mapping[str, int]:
        """Return what took no part, and what was given up, by its name."""
        return self.correlations.counts + self._correlator.counts

    def _members(self, window: Window) -> list[Mapping[str, Any]]:
        """Return the records of a window; those of a correlation that is a member of another in its place."""
        found: dict[int, Mapping[str, Any]] = {}
        for member in window.members:
            for event in self._of(member):
                found[id(event)] = event
        return list(found.values())

    def _of(self, member: Match) -> list[Mapping[str, Any]]:
        if len(member.event) > 4:  # noqa: PLR2004 - a fired correlation's own id is behind that of its last member
            return self._fired[str(member.event[-1])]
        return [self._events[member.event[3]]]

    def line(self, fired: Fired) -> str:
        """Return a firing as a line of JSON: as a detection's, at its last event, with all of them behind."""
        rule = fired.correlation.rule
        told = {
            "rule": {"id": rule.id, "title": rule.title, "level": rule.level, "tags": list(rule.tags)},
            "event": fired.events[-1],
            "why": [
                {"field": step.field, "value": step.value, "pattern": step.pattern}
                for step in steps(fired.correlation, fired.window, self.correlations.titles)
            ],
            "events": fired.events,
            "count": fired.window.count,
        }
        return json.dumps(told) + "\n"


def _time(text: str | None) -> int | None:
    try:
        return None if text is None else parse_time(text)
    except ValueError:
        return None
