"""From an event and the rules that it met to matches of correlations."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tramgac_rules.correlation.model import FIGURES, TEMPORAL, Correlation, EventId, Match
from tramgac_rules.correlation.values import counted, folded
from tramgac_rules.record import Record
from tramgac_rules.rule import Rule
from tramgac_rules.sources import routes

HOSTS = frozenset(
    ("agent.id", "agent.name", "computer", "computername", "host", "host.hostname", "host.id", "host.name", "hostname")
)
"""Fields, in lower case, that name the host itself: events of ours do not carry it, their envelope does."""


@dataclass(frozen=True, slots=True)
class _Use:
    """A correlation's use of a rule: which of its rules it is, and the fields that are asked for."""

    index: int
    turn: int
    group: tuple[str, ...]
    values: tuple[str, ...]
    number: bool
    several: bool
    """One event may be several members, as of a correlation that asks which rules were met."""
    by_host: bool


class Correlations:
    """The correlations of a rule set, each after those that it refers to.

    `index`: their places by their ids. `titles`: of rules and correlations by their ids. `quiet`: ids of rules and
    correlations that raise no alert of their own, since they are referred to and nobody says `generate`. `counts`:
    what took no part, and why.
    """

    def __init__(
        self, correlations: Sequence[Correlation] = (), rules: Mapping[str, Rule] | None = None, *, further: bool = True
    ) -> None:
        """Take correlations and the rules that they may refer to; `further`: as `sources.routes`."""
        self.all = tuple(correlations)
        self.index = {correlation.rule.id: index for index, correlation in enumerate(self.all)}
        named = {correlation.rule.id: correlation.rule for correlation in self.all}
        known = {**(rules or {}), **named}
        used = {name for correlation in self.all for name in correlation.rules}
        told = {name for correlation in self.all if correlation.generate for name in correlation.rules}
        self.quiet = frozenset(used - told)
        self.titles = {name: known[name].title for name in {*used, *named}}
        self.counts: Counter[str] = Counter()
        self._uses = _uses(self.all)
        sources = {name: rules[name].logsource for name in used if name not in named} if rules else {}
        self._routes = {name: routes(source, further=further) for name, source in sources.items()}

    def __bool__(self) -> bool:
        return bool(self.all)

    def matches(
        self, record: Record, met: Iterable[Rule], event: EventId, time: int, host: str
    ) -> list[tuple[int, Match]]:
        """Return what an event is to the correlations: pairs of a correlation's index and a match.

        `met`: the rules that it met; `time` in ns; `host`: the name of the host where no field tells it.
        """
        found: dict[tuple[object, ...], tuple[int, Match]] = {}
        for rule in met:
            for use in self._uses.get(rule.id, ()):
                match = self._match(record, rule, use, event, time, host)
                if match is not None:
                    key = (use.index, match.group, match.turn if use.several else 0)
                    if key not in found or found[key][1].turn < match.turn:
                        found[key] = (use.index, match)
        return list(found.values())

    def _match(self, record: Record, rule: Rule, use: _Use, event: EventId, time: int, host: str) -> Match | None:
        names = self._names(record, rule)
        fields = [_field(record, names.get(name, name), host) for name in (*use.group, *use.values)]
        known = [field for field in fields if field is not None]
        if len(known) < len(fields):
            self.counts["without_field"] += 1
            return None
        values = [folded(field) for field in known]
        value = counted(values[len(use.group) :], number=use.number)
        if value is None:
            self.counts["without_number"] += 1
            return None
        group = ((event[0],) if use.by_host else ()) + tuple(values[: len(use.group)])
        return Match(time, event, use.turn, group, value)

    def _names(self, record: Record, rule: Rule) -> Mapping[str, str]:
        """Return under which other names the fields of a rule stand in a record."""
        return next((dict(route.names) for route in self._routes[rule.id] if route.takes(record)), {})


def _field(record: Record, name: str, host: str) -> str | tuple[str, ...] | None:
    value = record.fields.get(name)
    return host or None if value is None and name.lower() in HOSTS else value


def _uses(correlations: Sequence[Correlation]) -> dict[str, list[_Use]]:
    found: defaultdict[str, list[_Use]] = defaultdict(list)
    for index, each in enumerate(correlations):
        for place, name in enumerate(each.rules):
            turn, several = len(each.rules) - 1 - place, each.type in TEMPORAL
            fields = each.fields[place], each.values[place]
            found[name].append(_Use(index, turn, *fields, each.type in FIGURES, several, each.by_host))
    return dict(found)
