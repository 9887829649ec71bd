"""Correlations put together: what they refer to is looked up, cycles are told, each stands after what it refers to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from tramgac_rules.authoring.correlation_words import Link
from tramgac_rules.authoring.correlations import Draft
from tramgac_rules.authoring.fields import unknown_field
from tramgac_rules.correlation.extract import HOSTS
from tramgac_rules.pack import LEVELS
from tramgac_rules.rule import LogSource


@dataclass(slots=True)
class Names:
    """What may be referred to: ids, and names that stand for them. `levels`, `sources`: of the good rules, by id."""

    levels: dict[str, str] = field(default_factory=dict)
    sources: dict[str, LogSource] = field(default_factory=dict)
    ids: dict[str, set[str]] = field(default_factory=dict)

    def add(self, name: str, number: str) -> None:
        """Note that a name, or an id itself, stands for a rule or a correlation, be it good or not."""
        self.ids.setdefault(name.lower(), set()).add(number)

    def drop(self, number: str) -> None:
        """Note that a rule is not good after all."""
        del self.levels[number], self.sources[number]


@dataclass(slots=True)
class Member:
    """A correlation among the others. `about`: what is said of it, with its id; `level`: what its author gave."""

    draft: Draft
    about: dict[str, object]
    level: str | None

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.about["id"])

    @property
    def good(self) -> bool:
        """Whether nothing is wrong with it."""
        return all(found.severity != "error" for found in self.draft.problems)


def put_together(members: Iterable[Member], names: Names) -> list[dict[str, object]]:
    """Return the good correlations in compiled form (correlation/pack.py), each after those that it refers to.

    What is wrong is added to the drafts' problems.
    """
    by_id = {member.id: member for member in members}
    referred = {number: _look_up(member, by_id, names) for number, member in by_id.items()}
    order = _in_order(by_id, referred)
    entries: dict[str, dict[str, object]] = {}
    for number in order:
        member, rules = by_id[number], referred[number]
        for name, rule in rules.items():
            if rule in by_id and rule not in entries:
                _say(member, name, Link.CORRELATION_FAULTY.of(name=name), Link.TOLD_THERE.of())
            elif rule in entries:
                _check_link(member, name, entries[rule])
            else:
                _check_fields(member, name, names.sources[rule])
        if member.good:
            entries[number] = _entry(member, rules, names, entries)
    return [*entries.values()]


def _look_up(member: Member, by_id: Mapping[str, Member], names: Names) -> dict[str, str]:
    """Return the ids of what a correlation refers to, by the names that it uses."""
    found: dict[str, str] = {}
    for name, _ in member.draft.rules:
        ids = names.ids.get(name.lower(), set())
        if len(ids) > 1:
            _say(member, name, Link.SEVERAL.of(name=name), Link.BY_ID.of())
        elif not ids:
            _say(member, name, Link.NO_RULE.of(name=name), Link.HOW_REFERRED.of())
        elif (number := next(iter(ids))) in names.levels or number in by_id:
            found[name] = number
        else:
            _say(member, name, Link.RULE_FAULTY.of(name=name), Link.TOLD_THERE.of())
    return found


def _in_order(by_id: Mapping[str, Member], referred: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return the ids so that each comes after what it refers to; those in a cycle are told and left out."""
    graph = {number: {rule for rule in rules.values() if rule in by_id} for number, rules in referred.items()}
    while True:
        sorter = TopologicalSorter(graph)
        try:
            sorter.prepare()
        except CycleError as error:
            _tell_cycle(error.args[1], by_id, referred)
            left = {*graph} - {*error.args[1]}
            graph = {number: rules & left for number, rules in graph.items() if number in left}
            continue
        order: list[str] = []
        while sorter.is_active():
            ready = sorted(sorter.get_ready())
            order += ready
            sorter.done(*ready)
        return order


def _tell_cycle(cycle: Sequence[str], by_id: Mapping[str, Member], referred: Mapping[str, Mapping[str, str]]) -> None:
    """Tell a cycle at each of its members: ids, each referred to by the next, the first again at the end."""
    told = " ← ".join(str(by_id[number].about["title"]) for number in cycle)
    for earlier, later in pairwise(cycle):
        name = next(name for name, rule in referred[later].items() if rule == earlier)
        _say(by_id[later], name, Link.CYCLE.of(told=told), Link.BREAK_CYCLE.of())


def _check_link(member: Member, name: str, earlier: Mapping[str, object]) -> None:
    """See that a fired correlation carries what is asked of it: its group-by values, and nothing else."""
    draft, carried = member.draft, earlier["group_by"]
    assert isinstance(carried, list)
    for wanted in dict.fromkeys([*draft.group_by, *draft.values]):
        asked = draft.field_of(wanted, name)
        if asked not in carried:
            told = ", ".join(carried) or Link.NOTHING.of()
            said = Link.NOT_CARRIED.of(name=name, field=asked, carried=told)
            _say(member, name, said, Link.ADD_THERE.of())


def _check_fields(member: Member, name: str, source: LogSource) -> None:
    """Warn of what is asked of a rule's events that none of them has; a host's name is always known."""
    draft = member.draft
    asked = dict.fromkeys(draft.field_of(wanted, name) for wanted in (*draft.group_by, *draft.values))
    for each in asked:
        if each.lower() not in HOSTS and (said := unknown_field(each, source)) is not None:
            _say(member, name, *said, kind="field", warn=True)


def _entry(
    member: Member, rules: Mapping[str, str], names: Names, earlier: Mapping[str, Mapping[str, object]]
) -> dict[str, object]:
    """Return the compiled form of a good correlation."""
    draft, listed = member.draft, [name for name, _ in member.draft.rules]
    levels = [names.levels.get(rule) or str(earlier[rule]["level"]) for rule in rules.values()]
    places = {name: place for place, name in enumerate(listed)}
    ways = [[sorted(places[name] for name in side) for side in way] for way in draft.ways]
    condition = {"ways": ways, "text": draft.text} if ways else {"bounds": [[*pair] for pair in draft.bounds]}
    return {
        **member.about,
        "level": member.level or max(levels, key=LEVELS.index),
        "type": draft.type,
        "rules": [rules[name] for name in listed],
        "group_by": draft.group_by,
        "fields": [[draft.field_of(each, name) for each in draft.group_by] for name in listed],
        "values": [[draft.field_of(each, name) for each in draft.values] for name in listed],
        "span": draft.span,
        "condition": condition,
        "percentile": draft.percentile,
        "generate": draft.generate,
    }


def _say(
    member: Member, name: str, message: str, advice: str = "", *, kind: str = "reference", warn: bool = False
) -> None:
    """Note a fault at the place where a correlation names a rule."""
    place = next(node for listed, node in member.draft.rules if listed == name)
    member.draft.say(place, message, advice, kind=kind, warn=warn)
