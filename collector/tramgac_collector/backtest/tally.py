"""What a rule would have done, counted: how many alerts, how many a day, on which hosts."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tramgac_proto.names import time_text
from tramgac_rules.rule import Rule

from tramgac_collector.backtest.judging import Would

DAY = 86_400_000_000_000
HOSTS = 20
"""Hosts that are named of a rule, the loudest first."""
EXAMPLES = 3
"""Alerts whose last event is named, the newest."""


@dataclass(slots=True)
class _Of:
    """One rule's."""

    alerts: int = 0
    grouped: int = 0
    """Those of one host in one day as one."""
    first: int = 0
    last: int = 0
    held: Counter[int] = field(default_factory=Counter)
    """How many each exception would hold back: they are no alerts."""
    hosts: Counter[str] = field(default_factory=Counter)
    examples: deque[Would] = field(default_factory=lambda: deque(maxlen=EXAMPLES))
    _days: dict[str, int] = field(default_factory=dict)

    def add(self, would: Would) -> None:
        """Count an alert, or what an exception would hold back."""
        if would.exception:
            self.held[would.exception] += 1
            return
        self.first = min(self.first, would.time) if self.alerts else would.time
        self.last = max(self.last, would.time)
        self.alerts += 1
        self.hosts[would.host] += 1
        if self._days.get(would.host) != would.time // DAY:  # they come in the order of time, by and large
            self._days[would.host] = would.time // DAY
            self.grouped += 1
        self.examples.append(would)


@dataclass(slots=True)
class Tally:
    """All rules'."""

    _of: dict[str, _Of] = field(default_factory=dict)

    def add(self, would: Would) -> None:
        """Count an alert, or what an exception would hold back."""
        self._of.setdefault(would.rule.id, _Of()).add(would)

    @property
    def held(self) -> Counter[int]:
        """How many each exception would hold back."""
        return sum((of.held for of in self._of.values()), Counter[int]())

    def rows(self, rules: Iterable[Rule], names: Mapping[str, str], days: float) -> list[dict[str, Any]]:
        """Give a row for each rule, the loudest first; `names`: of hosts by id; `days`: over which events are there."""
        told = [self._row(rule, self._of.get(rule.id, _Of()), names, max(days, 1.0)) for rule in rules]
        return sorted(told, key=lambda row: (-row["alerts"], row["rule"]["title"], row["rule"]["id"]))

    def _row(self, rule: Rule, of: _Of, names: Mapping[str, str], days: float) -> dict[str, Any]:
        loudest = sorted(of.hosts.items(), key=lambda item: (-item[1], item[0]))[:HOSTS]
        return {
            "rule": {"id": rule.id, "title": rule.title, "level": rule.level},
            "alerts": of.alerts,
            "held": of.held.total(),
            "held_by": by_exception(of.held),
            "alerts_a_day": round(of.alerts / days, 3),
            "grouped_a_day": round(of.grouped / days, 3),
            "host_count": len(of.hosts),
            "hosts": [{"host": host, "name": names.get(host, ""), "alerts": count} for host, count in loudest],
            "first": time_text(of.first) if of.alerts else None,
            "last": time_text(of.last) if of.alerts else None,
            "examples": [_example(would) for would in of.examples],
        }


def by_exception(held: Counter[int]) -> dict[str, int]:
    """Return how many each exception would hold back, as JSON names it, the most first."""
    return {str(number): count for number, count in sorted(held.items(), key=lambda item: (-item[1], item[0]))}


def _example(would: Would) -> dict[str, Any]:
    host, epoch, lane, sequence = would.event[:4]
    told = {"host": host, "epoch": f"{epoch:016x}", "lane": lane, "sequence": sequence}
    return {"id": would.id, **told, "time": time_text(would.time)}
