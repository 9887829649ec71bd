"""Exceptions: what shall not alert, although it meets a rule. Those in force at one moment, asked of a detection. Pure.

An exception names a rule (or `*`, every rule), a site or everywhere, and a search in the language of `search.parsing`,
asked of an event exactly as a hunt asks the store. A detection is held back when all of its events meet the search of
one exception; the oldest that they meet is the one that counts it. What the collector says of its own eyes (`tramgac:`)
is held back by none. Where nobody can tell whether an event meets it, there is an alert.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import structlog
from tramgac_proto.names import KINDS

from tramgac_collector.alerts import EventCopy
from tramgac_collector.errors import QueryError
from tramgac_collector.rule_states import key_of
from tramgac_collector.search.evaluate import Asked, asked
from tramgac_collector.search.parsing import parse
from tramgac_collector.search.tree import Node

ANY = "*"
"""As a rule: every one."""
JUDGED = 2_000
"""Most events of a detection that they are asked of; one that has more is not held back."""
OWN = "tramgac:"
"""How the ids of what the collector itself says begin."""
_LOG = structlog.get_logger(__name__)


class Stated(NamedTuple):
    """An exception as it was written down; `rule` is a key or ANY, `expires` 0 for never, else ns since 1970 UTC."""

    id: int
    rule: str
    site: str
    query: str
    expires: int


def read(query: str) -> Node:
    """Read the search of an exception. Raises QueryError: it cannot be understood, or counts."""
    found = parse(query)
    if found.stage is not None:
        raise QueryError("an exception is met by events; it counts none: leave out what follows |", "search_counts")
    return found.node


def says_nothing(node: Node) -> bool:
    """Tell whether events of which nothing is known would meet it: so would anything, or nearly."""
    test = asked(node)
    return test({}) or all(test({"kind": kind}) for kind in KINDS)


def event_of(copy: EventCopy) -> Mapping[str, Any]:
    """Return an event as a search is asked of it."""
    return {**copy.fields, "host": copy.host, "kind": copy.kind}


@dataclass(frozen=True, slots=True)
class _Ready:
    stated: Stated
    test: Asked


@dataclass(slots=True)
class Exceptions:
    """The exceptions that stand."""

    faults: dict[int, QueryError] = field(default_factory=dict)
    """Those that cannot be read, and why: they hold back nothing."""
    _by_rule: Mapping[str, Sequence[_Ready]] = field(default_factory=dict)
    _every: Sequence[_Ready] = ()

    @classmethod
    def of(cls, stated: Iterable[Stated]) -> Exceptions:
        """Make them ready."""
        faults: dict[int, QueryError] = {}
        by_rule: dict[str, list[_Ready]] = {}
        for one in sorted(stated):
            try:
                by_rule.setdefault(one.rule, []).append(_Ready(one, asked(read(one.query))))
            except QueryError as error:
                faults[one.id] = error
                _LOG.warning("an exception cannot be read and holds back nothing", number=one.id, error=str(error))
        every = by_rule.pop(ANY, [])
        merged = {rule: sorted([*own, *every], key=lambda ready: ready.stated) for rule, own in by_rule.items()}
        return cls(faults, merged, every)

    def concern(self, rule: str) -> bool:
        """Tell whether there is an exception that could hold back a rule's alerts."""
        return bool(self._candidates(rule))

    def holds(
        self, rule: str, events: Iterable[EventCopy], site: Callable[[str], str], now: int, counts: Counter[str]
    ) -> int:
        """Return which exception holds back a detection of these events, 0 for none.

        `site`: tells a host's. What could not be evaluated is counted in `counts`.
        """
        left = [ready for ready in self._candidates(rule) if not 0 < ready.stated.expires <= now]
        looked = 0
        for copy in events if left else ():
            event, looked = event_of(copy), looked + 1
            left = [ready for ready in left if _there(ready, copy, site) and _meets(ready, event, counts)]
            if not left:
                return 0
        return left[0].stated.id if left and looked else 0

    def _candidates(self, rule: str) -> Sequence[_Ready]:
        if rule.startswith(OWN):
            return ()
        return self._by_rule.get(key_of(rule), self._every)


def _there(ready: _Ready, copy: EventCopy, site: Callable[[str], str]) -> bool:
    return not ready.stated.site or ready.stated.site == site(copy.host)


def _meets(ready: _Ready, event: Mapping[str, Any], counts: Counter[str]) -> bool:
    try:
        return ready.test(event)
    except Exception as error:  # noqa: BLE001  # bulkhead: one event and one exception; in doubt there is an alert
        counts["exceptions_unsure"] += 1
        _LOG.warning("an exception could not be asked of an event", number=ready.stated.id, error=repr(error))
        return False
