"""The judge: which rules an event meets, and why."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from types import MappingProxyType
from typing import Self

from tramgac_rules.about import Book
from tramgac_rules.alike import Alike
from tramgac_rules.costs import Budget, Cost, Ledger
from tramgac_rules.evaluate import check_of
from tramgac_rules.explain import Condition, conditions, why_not
from tramgac_rules.group import Group, Member
from tramgac_rules.memory import Memory
from tramgac_rules.operators import SPECIAL
from tramgac_rules.pack import Logic, decode, decode_common
from tramgac_rules.plan import Literal
from tramgac_rules.record import Record
from tramgac_rules.rule import Rule
from tramgac_rules.sources import Route, routes
from tramgac_rules.tree import And, Atom, Node, Or, atoms, fold, rename

# Places that are remembered: (product, kind, channel, event id) as records bring them. Hostile records could
# name any number of channels; the classes behind them are few.
MAX_PLACES = 4_096
MAX_PLACE = 400  # characters of one that is remembered: no channel of Windows has a longer name


@dataclass(frozen=True, slots=True)
class _Placed:
    """A rule with the places that it looks at."""

    logic: Logic
    routes: tuple[Route, ...]


class Judge:
    """All rules of one compiled set, ready to match. Not to be shared between threads.

    A rule can be parked: it is then not evaluated, and `match` never returns it. Whoever runs a judge parks rules by
    `park`, `resume` and `exchange`; with a `budget` the judge parks by itself what costs more (costs.py), once a window
    of events. Both kinds stand in `parked` with their reason until they are resumed, and nowhere else: a judge made
    anew evaluates everything. `costs` has the account of each rule.
    """

    rules: Mapping[str, Rule]

    def __init__(
        self,
        logics: Sequence[Logic],
        common: Mapping[Literal, int] | None = None,
        book: Book | None = None,
        *,
        further: bool = True,
        budget: Budget | None = None,
    ) -> None:
        """Take decoded rules; see `load`. `common`: literals that ordinary events have, per thousand."""
        self.rules = {logic.rule.id: logic.rule for logic in logics}
        self.book = book or Book()
        self.budget = budget
        self._members = [_Placed(logic, routes(logic.rule.logsource, further=further)) for logic in logics]
        self._by_id = {member.logic.rule.id: member for member in self._members}
        self._sources = _sources(self._members)
        self._ids = _event_ids(self._members)
        self._channels = _channels(self._members)
        self._memory = Memory()
        self._common: Mapping[Literal, int] = common or {}
        self._places: dict[tuple[str, ...], Group] = {}
        self._classes: dict[_Class, Group] = {}
        self._ledger = Ledger(len(self._members))
        self._numbers = {id_: number for number, id_ in enumerate(self.rules)}
        self._parked: dict[str, str] = {}
        self._wholes: dict[tuple[str, Route], Node] = {}
        self._events = self._reviewed = 0

    @classmethod
    def load(
        cls,
        pack: Mapping[str, object],
        book: Book | None = None,
        *,
        further: bool = True,
        budget: Budget | None = None,
    ) -> Self:
        """Load the "sigma" part of a bundle. Raises PackError.

        `book`: what the rules say to people, for those who want to tell it (about.py). `further`: look for log sources
        beyond the public map too (see sources.py). `budget`: what a rule may cost before it is parked; None: nothing is
        parked but by `park`.
        """
        return cls(decode(pack, book), decode_common(pack), book, further=further, budget=budget)

    def match(self, record: Record) -> tuple[Rule, ...]:
        """Return the rules that the record meets, in the order of the rule set."""
        fields = record.fields
        # Data may hold a field of the same name as System's; what the class knows is System's.
        plain = fields.get("EventID") == record.event_id and fields.get("Channel") == record.channel
        group = self._group(record, plain=plain)
        self._judged(1)
        return group.match(fields)

    def match_all(self, alike: Alike) -> dict[int, tuple[Rule, ...]]:
        """Return the same for many events from one place: what each meets, by its index, of those that meet a rule."""
        if alike.odd:
            met = {index: self.match(alike.record(index)) for index in range(len(alike))}
            return {index: rules for index, rules in met.items() if rules}
        place = alike.place
        plain = place.kind == "event_log" and place.event_id != "0" and place.channel != ""
        group = self._group(place, plain=plain)
        self._judged(len(alike))
        return group.match_all(alike)

    def _group(self, record: Record, *, plain: bool) -> Group:
        """Return the class of a record."""
        place = (record.product, record.kind, record.channel, record.event_id, "plain" if plain else "")
        return self._places.get(place) or self._place(place, record, plain=plain)

    def _judged(self, events: int) -> None:
        self._events += events
        if self.budget is not None and self._events - self._reviewed >= self.budget.window:
            self._review(self.budget)

    @property
    def events(self) -> int:
        """How many events were judged."""
        return self._events

    def take_long(self) -> int:
        """Return how often a text was longer than rules look at (evaluate.MAX_VALUE), since this was last asked."""
        long, self._memory.long = self._memory.long, 0
        return long

    @property
    def parked(self) -> Mapping[str, str]:
        """The rules that are not evaluated, by id: why not."""
        return MappingProxyType(self._parked)

    def park(self, rule_id: str, reason: str) -> None:
        """Evaluate a rule no longer. KeyError for a foreign rule."""
        self.exchange({rule_id: reason})

    def resume(self, rule_id: str) -> None:
        """Evaluate a rule again; nothing happens to one that is not parked."""
        self.exchange({}, (rule_id,))

    def exchange(self, parked: Mapping[str, str], resumed: Iterable[str] = ()) -> None:
        """Resume and park many rules at once, for the price of one. `parked`: reasons by id. KeyError likewise."""
        foreign = parked.keys() - self.rules.keys()
        if foreign:
            raise KeyError(*foreign)
        for rule_id in resumed:
            self._parked.pop(rule_id, None)
        self._parked |= parked
        self._apply()

    def costs(self) -> tuple[Cost, ...]:
        """Return what each rule has cost so far, in the order of the rule set."""
        return tuple(
            Cost(rule, *self._ledger.account(number), self._parked.get(id_, ""))
            for number, (id_, rule) in enumerate(self.rules.items())
        )

    def _review(self, budget: Budget) -> None:
        """Park the rules that cost more than their budget since the last review."""
        dear = self._ledger.dear(budget, self._events - self._reviewed)
        self._reviewed = self._events
        for number, spent in dear:
            self._parked[self._members[number].logic.rule.id] = (
                f"over its budget: {spent:.1f} µs an event, {budget.microseconds:g} are allowed"
            )
        if dear:
            self._apply()

    def _apply(self) -> None:
        numbers = {self._numbers[id_] for id_ in self._parked}
        for group in self._classes.values():
            group.park(numbers)

    def explain(self, record: Record, rule: Rule) -> tuple[Condition, ...]:
        """Return why: the conditions of the rule that held, for a record that met it. KeyError for a foreign rule."""
        member = self._by_id[rule.id]
        for route in member.routes:
            if route.takes(record):
                found = conditions(self._whole(member, route), record.fields)
                if found:
                    return found
        return ()

    def why_not(self, record: Record, rule: Rule) -> tuple[Condition, ...]:
        """Return the first condition of the rule that a record fails (see explain.py).

        None if the record meets the rule, or comes from no log source of its; `looks_at` tells which.
        KeyError for a foreign rule.
        """
        member = self._by_id[rule.id]
        for route in member.routes:
            if route.takes(record):
                return why_not(self._whole(member, route), record.fields)
        return ()

    def _whole(self, member: _Placed, route: Route) -> Node:
        """Return what a rule asks of records from one place; remembered, for who asks about a rule once asks again."""
        key = (member.logic.rule.id, route)
        node = self._wholes.get(key)
        if node is None:
            condition = rename(member.logic.condition, dict(route.names))
            node = self._wholes[key] = And((*route.conditions, condition))
        return node

    def looks_at(self, record: Record, rule: Rule) -> bool:
        """Tell whether a record comes from a log source of the rule."""
        return any(route.takes(record) for route in self._by_id[rule.id].routes)

    def _place(self, place: tuple[str, ...], record: Record, *, plain: bool) -> Group:
        """Find or build the class of a record that comes from a new place."""
        channel = record.channel.lower()
        asked = self._ids.get(channel, frozenset()) | self._ids.get("", frozenset())
        class_ = _Class(
            record.product,
            record.kind,
            channel if channel in self._channels else "",
            record.event_id if record.event_id in asked else "",
            plain and record.kind == "event_log",
        )
        group = self._classes.get(class_)
        if group is None:
            group = self._classes[class_] = self._build(class_, record)
        if len(self._places) >= MAX_PLACES:
            self._places.clear()
        if sum(map(len, place)) <= MAX_PLACE:
            self._places[place] = group
        return group

    def _build(self, class_: "_Class", record: Record) -> Group:
        """Gather the rules that look at the class of a record, with what is known of it put in."""
        found: list[Member] = []
        for number, ways in sorted(self._looking(record), key=itemgetter(0)):
            member = self._members[number]
            node = fold(Or(tuple(self._whole(member, route) for route in ways)), class_.known)
            if node is not False:
                found.append(Member(number, member.logic.rule, And(()) if node is True else node))
        group = Group(found, self._memory, self._common, self._ledger)
        group.park({self._numbers[id_] for id_ in self._parked})
        return group

    def _looking(self, record: Record) -> Iterator[tuple[int, Sequence[Route]]]:
        """Yield the rules that look at where a record comes from, by number, and the routes that take it."""
        for known, numbers in self._sources.items():
            ways = [route for route in known if route.takes(record)]
            if ways:
                yield from ((number, ways) for number in numbers)


@dataclass(frozen=True, slots=True)
class _Class:
    """What all records of a class have in common; "" stands for any channel or event id that no rule asks for.

    There are no more classes than the rules name, whatever records bring.
    """

    product: str
    kind: str
    channel: str
    event_id: str
    plain: bool

    def known(self, atom: Atom) -> bool | None:
        """Return the truth of an atom on EventID or Channel, None where the class does not tell."""
        if not self.plain or atom.field not in ("EventID", "Channel") or atom.op == "fieldref":
            return None
        if atom.op in SPECIAL:
            return atom.op == "exists" and atom.value is True
        text = self.event_id if atom.field == "EventID" else self.channel
        check, folded = check_of(atom)
        if text and folded:
            return check(text)
        return None if text or atom.op != "eq" else False


def _sources(members: Sequence[_Placed]) -> Mapping[tuple[Route, ...], Sequence[int]]:
    """Return the numbers of rules by their routes: thousands of rules have a hundred log sources."""
    found: defaultdict[tuple[Route, ...], list[int]] = defaultdict(list)
    for number, member in enumerate(members):
        found[member.routes].append(number)
    return found


def _event_ids(members: Sequence[_Placed]) -> Mapping[str, frozenset[str]]:
    """Return the event ids that rules ask for, by channel in lower case; under "" those of rules for any channel."""
    found: defaultdict[str, frozenset[str]] = defaultdict(frozenset)
    for member in members:
        named = frozenset(_asked(member, "EventID"))
        for route in member.routes:
            for channel in route.channels or ("",):
                found[channel] |= named | (route.event_ids or frozenset())
    return dict(found)


def _channels(members: Sequence[_Placed]) -> frozenset[str]:
    """Return the channels that rules or their log sources name, in lower case."""
    routed = {channel for member in members for route in member.routes for channel in route.channels or ()}
    return frozenset(routed.union(*(_asked(member, "Channel") for member in members)))


def _asked(member: _Placed, field: str) -> set[str]:
    if field not in member.logic.rule.fields:
        return set()
    wanted = (atom for atom in atoms(member.logic.condition) if atom.field == field and atom.op == "eq")
    return {atom.value.lower() for atom in wanted if isinstance(atom.value, str)}
