"""Exceptions in force, asked of what a backtest would alert on: of all its events, as the judge asks them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from tramgac_proto import names
from tramgac_rules.correlation.model import EventId, Match, Window, event_text

from tramgac_collector.alerts import EventCopy
from tramgac_collector.exceptions import JUDGED, Exceptions

if TYPE_CHECKING:
    from tramgac_rules.correlation.extract import Correlations

    from tramgac_collector.backtest.stored import Stored

_T = TypeVar("_T")
KEPT = 50_000
"""Events, and windows, that are kept for correlations: the newest. Where one is gone nobody knows, and it alerts."""


@dataclass(slots=True)
class Excepting:
    """The exceptions at one moment (`now`, ns); `site`: tells a host's. What nobody could tell is in `counts`."""

    exceptions: Exceptions = field(default_factory=Exceptions)
    site: Callable[[str], str] = field(default=lambda _host: "")
    now: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    _copies: dict[str, EventCopy] = field(default_factory=dict)
    _windows: dict[str, Window] = field(default_factory=dict)
    """Those that fired, by their id."""

    def of_event(self, rule: str, stored: Stored) -> int:
        """Return which exception would hold back an alert of one event, 0 for none."""
        if not self.exceptions.concern(rule):
            return 0
        return self.exceptions.holds(rule, (_copy(stored),), self.site, self.now, self.counts)

    def keep(self, stored: Stored) -> None:
        """Keep an event that is a member of a correlation, where it may be asked for."""
        copy = _copy(stored)
        _put(self._copies, copy.text, copy)

    def note(self, window: Window) -> None:
        """Keep a window that fired, for those that it is a member of."""
        _put(self._windows, window.id, window)

    def concerns(self, correlations: Correlations) -> bool:
        """Tell whether an exception could hold back what one of these correlations alerts on."""
        return any(self.exceptions.concern(each.rule.id) for each in correlations.all)

    def of_window(self, window: Window) -> int:
        """Return which exception all events of a window meet, 0 for none; none where one of them is no longer known."""
        if not self.exceptions.concern(window.rule):
            return 0
        wanted = {event_text(match.event) for match in self._events(window)}
        copies = [self._copies[text] for text in wanted if text in self._copies]
        if len(copies) < len(wanted) or len(wanted) > JUDGED:
            self.counts["exceptions_unsure"] += 1
            return 0
        return self.exceptions.holds(window.rule, copies, self.site, self.now, self.counts)

    def _events(self, window: Window) -> Iterator[Match]:
        """Yield the matches of events below a window."""
        for match in window.members:
            own = _own_id(match.event)
            below = self._windows.get(own)
            if not own:
                yield match
            elif below is not None:
                yield from self._events(below)


def _copy(stored: Stored) -> EventCopy:
    event, kind = stored.event, names.kind_of(stored.event)
    where = (stored.host, stored.epoch, stored.lane, stored.sequence)
    fields: Mapping[str, object] = names.ecs(event)
    return EventCopy(*where, kind, event.time, stored.received, fields)


def _own_id(event: EventId) -> str:
    """Return the id of the window that an event stands for; "" for an event of a host."""
    return str(event[4]) if len(event) > 4 else ""  # noqa: PLR2004 - a host's has four parts


def _put(kept: dict[str, _T], name: str, what: _T) -> None:
    kept[name] = what
    if len(kept) > KEPT:
        del kept[next(iter(kept))]
