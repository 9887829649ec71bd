"""Fields that a rule asks for: does any event of its log source have them?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import yaml
from tramgac_proto import names

from tramgac_rules.authoring.documents import problem
from tramgac_rules.authoring.nearest import NAMES, did_you_mean
from tramgac_rules.authoring.problems import Problem
from tramgac_rules.authoring.recorded import FIELDS, SYSMON, SYSTEM
from tramgac_rules.authoring.texts import Text
from tramgac_rules.authoring.words import Say
from tramgac_rules.rule import LogSource
from tramgac_rules.sources import CATEGORIES, PRODUCTS, Route, routes
from tramgac_rules.tree import Atom, Node, fold

Named = Sequence[tuple[str, yaml.Node]]
"""Fields as a rule names them, each with its place."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """One sort of event. `channel`: the Windows channel that has it, lower-cased; "" if our agent sends it itself."""

    channel: str
    fields: frozenset[str]

    def may_meet(self, condition: Node) -> bool:
        """Tell whether an event of this sort could meet a condition, going by the names of its fields alone."""

        def known(atom: Atom) -> bool | None:
            if atom.field is None or atom.field in self.fields:
                return None
            return atom.op == "null" or (atom.op == "exists" and atom.value is False)

        return fold(condition, known) is not False


@lru_cache(maxsize=1_000)
def carriers(source: LogSource) -> tuple[Carrier, ...]:
    """Return the sorts of event that a log source has; none where nothing has it, or a sort may have any field."""
    found: list[Carrier] = []
    for route in routes(source):
        if route.product not in (None, *PRODUCTS):
            continue  # the log source is told already
        if route.kinds is None or "log_line" in route.kinds:
            return ()
        if "event_log" not in route.kinds:
            found += (Carrier("", _sent(kind)) for kind in sorted(route.kinds))
        elif recorded := _recorded(route):
            found += recorded
        else:
            return ()
    return tuple(found)


def field_problems(path: str, source: LogSource, asked: Named, condition: Node) -> Iterator[Problem]:
    """Yield a warning for each field that no event has, or what a rule needs beside what our agent sends itself."""
    sorts = carriers(source)
    if not sorts:
        return
    known = frozenset[str]().union(*(sort.fields for sort in sorts))
    unknown = [(name, node) for name, node in asked if name not in known]
    for name, node in unknown:
        yield problem(path, node, "field", *_unknown(name, source, sorts), "warning")
    if not unknown:
        yield from _needed(path, sorts, asked, condition)


def unknown_field(name: str, source: LogSource) -> tuple[str, str] | None:
    """Return what to say of a field if no event of a log source has it, and what to do about it; None if one may."""
    sorts = carriers(source)
    if not sorts or any(name in sort.fields for sort in sorts):
        return None
    return _unknown(name, source, sorts)


def _sent(kind: str) -> frozenset[str]:
    return frozenset(field.sigma for field in (*names.KINDS[kind].fields, *names.ENVELOPE) if field.sigma)


def _recorded(route: Route) -> list[Carrier]:
    """Return the sorts of event of some channels; none if one of them is not in the table."""
    aliases = {name for name, _ in route.names}
    found = []
    for channel in sorted(route.channels or ()):
        if route.event_ids is None and channel != SYSMON:
            return []
        for number in sorted(route.event_ids or (number for where, number in FIELDS if where == channel)):
            if (channel, number) not in FIELDS:
                return []
            found.append(Carrier(channel, FIELDS[channel, number] | SYSTEM | aliases))
    return found


def _unknown(name: str, source: LogSource, sorts: Sequence[Carrier]) -> tuple[str, str]:
    """Return what to say of a field that no event has, and what to do about it."""
    own = [sort.fields for sort in sorts if not sort.channel]
    offered = frozenset[str]().union(*(own or [sort.fields - SYSTEM for sort in sorts]))
    there_are = (Say.WE_SEND if own else Say.THERE_ARE).of(known=", ".join(sorted(offered)))
    if name in _of_sysmon(source.category):
        return Say.SYSMON_FIELD.of(name=name, product=source.product), there_are
    near = did_you_mean(name, frozenset[str]().union(*(sort.fields for sort in sorts)), NAMES)
    where = ", ".join(part for part in (source.product, source.category, source.service) if part)
    return Say.NO_FIELD.of(source=where, name=name), near or there_are


def _of_sysmon(category: str) -> set[str]:
    found: set[str] = set()
    for route in CATEGORIES.get(category, ()):
        found.update(*(sort.fields for sort in _recorded(route) if sort.channel == SYSMON))
    return found - SYSTEM


def _needed(path: str, sorts: Sequence[Carrier], asked: Named, condition: Node) -> Iterator[Problem]:
    """Yield what to say of a rule that no event can meet, or none that our agent sends without a Windows channel."""
    met = [sort for sort in sorts if sort.may_meet(condition)]
    own = [sort for sort in sorts if not sort.channel]
    if not met and asked:
        yield problem(path, asked[0][1], "field", Say.NEVER_MATCHES.of(), Say.SEE_FIELDS.of(), "warning")
    elif own and met and all(sort.channel for sort in met):
        sent = frozenset[str]().union(*(sort.fields for sort in own))
        name, node = next((pair for pair in asked if pair[0] not in sent), asked[0])
        channels = sorted({sort.channel for sort in met})
        yield problem(path, node, "field", Say.ONLY_WITH.of(name=name, channels=_any_of(channels)), severity="info")


def _any_of(channels: Sequence[str]) -> Text:
    """Return channels as people read them, any of which will do."""
    named = [Say.SYSMON_CHANNEL.of() if name == SYSMON else Say.CHANNEL.of(name=name) for name in channels]
    either = Say.OR.of()
    return Text(either.join(named), either.vi.join(name.vi for name in named))
