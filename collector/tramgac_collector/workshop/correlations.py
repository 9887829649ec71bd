"""A correlation in words, and what it makes of recorded events: the steps with which it fires, or how far it came."""

import copy
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tramgac_proto.names import time_text
from tramgac_rules.authoring.texts import Text, Words
from tramgac_rules.correlation.condition import Bounds
from tramgac_rules.correlation.extract import Correlations
from tramgac_rules.correlation.model import TEMPORAL, Correlation, Group, Value
from tramgac_rules.correlation.steps import span_text, steps
from tramgac_rules.correlation.values import readable
from tramgac_rules.explain import Condition
from tramgac_rules.rule import Rule

from tramgac_collector.matching.correlating import Fired, Gathering
from tramgac_collector.matching.records import Entry
from tramgac_collector.vocabulary_words import in_words
from tramgac_collector.workshop import telling
from tramgac_collector.workshop.answers import Worded, rows
from tramgac_collector.workshop.trying import RuleSet

_NOBODY = ("", 0, 0, 0)  # an event's id where nobody asks for it


class Tie(Words):
    """A part of what is told of a correlation."""

    WITHIN = "Fires when within {span} {what}:", "Kích hoạt khi trong {span} {what}:"
    EVENTS = "the events number {bounds}", "số sự kiện {bounds}"
    VALUES = "the different values of {field} number {bounds}", "số giá trị khác nhau của {field} {bounds}"
    SUM = "the sum of {field} is {bounds}", "tổng của {field} {bounds}"
    MEAN = "the mean of {field} is {bounds}", "trung bình của {field} {bounds}"
    MEDIAN = "the median of {field} is {bounds}", "trung vị của {field} {bounds}"
    PERCENTILE = "the {share:g}th percentile of {field} is {bounds}", "bách phân vị {share:g} của {field} {bounds}"
    ALL = "each of these is met, in any order", "gặp đủ các luật sau, theo thứ tự bất kỳ"
    ALL_ORDERED = "each of these is met, in this order", "gặp đủ các luật sau, theo đúng thứ tự này"
    SOME = "the number of these that are met is {bounds}", "số luật sau được gặp {bounds}"
    SOME_ORDERED = (
        "the number of these that are met, in this order, is {bounds}",
        "số luật sau được gặp theo đúng thứ tự {bounds}",
    )
    WAYS = "this holds of these, in any order: {text}", "các luật sau thỏa, theo thứ tự bất kỳ: {text}"
    WAYS_ORDERED = "this holds of these, in this order: {text}", "các luật sau thỏa, theo đúng thứ tự này: {text}"
    SAME = "the same in all of them: {names}", "giống nhau ở tất cả: {names}"
    ALIAS = "{name} ({field} of {title})", "{name} ({field} của {title})"
    TOGETHER = "all of them together, whatever they come from", "tính chung tất cả, bất kể từ đâu đến"
    CLOSING = "judged when that time is over", "xét khi hết khoảng thời gian đó"
    FIGURE = "{what}: {figure}, within {span}", "{what}: {figure}, trong {span}"
    IS = "{name} is {value!r} in all of them", "{name} là {value!r} ở tất cả"
    MET = "{time}: {title}", "{time}: {title}"
    MET_WITH = "{time}: {title}, {field} is {value!r}", "{time}: {title}, {field} là {value!r}"
    AND_MORE = "... {count} in all", "... tổng cộng {count}"
    SEEN = "records met by {title}: {count}", "bản ghi khớp {title}: {count}"
    MOST = (
        "the most records in one group, whatever their times: {count}",
        "nhiều nhất trong một nhóm, bất kể thời gian: {count} bản ghi",
    )
    MOST_VALUES = (
        "the most records in one group, whatever their times: {count}, with different values: {values}",
        "nhiều nhất trong một nhóm, bất kể thời gian: {count} bản ghi, {values} giá trị khác nhau",
    )
    NO_PART = (
        "{count} of them took no part: they lack a field that is grouped by, counted or reckoned with",
        "{count} bản ghi trong số đó không tham gia: thiếu trường để nhóm, đếm hoặc tính",
    )
    NO_TIME = "{count} took no part: they have no time", "{count} bản ghi không tham gia: không có thời gian"


_OF_FIGURES = {"value_count": Tie.VALUES, "value_sum": Tie.SUM, "value_avg": Tie.MEAN, "value_median": Tie.MEDIAN}


@dataclass(frozen=True, slots=True)
class Explained:
    """One correlation that can be told, and asked what it makes of events."""

    rules: RuleSet
    correlation: Correlation

    @property
    def rule(self) -> Rule:
        """What is said of it."""
        return self.correlation.rule

    def lines(self, worded: Worded) -> Iterator[str]:
        """Yield what it looks for."""
        yield f"{worded(telling.titled(self.rule))} ({in_words('level', self.rule.level)}, {self.rule.id})"
        each, titles = self.correlation, _titles(self.rules)
        yield worded(Tie.WITHIN.of(span=span_text(each.span), what=asked(each)))
        for number in each.rules:
            yield f"  {worded(titles[number])} ({number})"
        yield f"  {worded(_common(each, titles))}"
        if each.closing:
            yield f"  {worded(Tie.CLOSING.of())}"

    def row(self, worded: Worded) -> dict[str, Any]:
        """Return the same for programs."""
        _, first, *what = self.lines(worded)
        return {"id": self.rule.id, "title": self.rule.title, "looks_at": first, "what": what}

    def answers(self, entries: Iterable[Entry]) -> Iterator["OfRecords"]:
        """Yield an answer for each time that it fires on records, or one that says why it does not."""
        run = _Run(self.rules, self.correlation)
        for entry in entries:
            run.take(entry)
        titles, fired = self.rules.correlations.titles, list(run.fired())
        for one in fired:
            records = [event["index"] for event in one.events]
            why = steps(self.correlation, one.window, titles)
            yield OfRecords(self.rule.id, records, list(self._steps(one)), why)
        if not fired:
            yield OfRecords(self.rule.id, [], list(run.why_not()), seen=run.seen())

    def _steps(self, fired: Fired) -> Iterator[Text]:
        each, window, titles = self.correlation, fired.window, _titles(self.rules)
        yield Tie.FIGURE.of(what=asked(each), figure=window.figure, span=span_text(each.span))
        for name, value in each.shown(window.group):
            yield Tie.IS.of(name=name, value=readable(value))
        for member in window.members:
            place = len(each.rules) - 1 - member.turn
            named, title, time = ", ".join(each.values[place]), titles[each.rules[place]], time_text(member.time)
            if named:
                yield Tie.MET_WITH.of(time=time, title=title, field=named, value=readable(str(member.value)))
            else:
                yield Tie.MET.of(time=time, title=title)
        if window.count > len(window.members):
            yield Tie.AND_MORE.of(count=window.count)


@dataclass(frozen=True, slots=True)
class OfRecords:
    """What a correlation makes of records: those with which it fired and the steps, or what was seen instead."""

    rule: str
    records: Sequence[int]
    told: Sequence[Text]
    why: Sequence[Condition] = ()
    seen: Mapping[str, Any] | None = None

    @property
    def met(self) -> bool:
        """Whether it fired."""
        return bool(self.records)

    @property
    def index(self) -> int | None:
        """The last of the records."""
        return self.records[-1] if self.records else None

    def row(self, worded: Worded) -> dict[str, Any]:  # noqa: ARG002 - what programs read of it has no sentences
        """Return it for programs; steps as alerts have them."""
        told = {"rule": self.rule, "index": self.index, "records": list(self.records), "met": self.met}
        return {**told, "why": rows(self.why), "seen": self.seen}

    def lines(self, worded: Worded) -> Iterator[str]:
        """Yield it for people."""
        return map(worded, self.told)


def asked(each: Correlation) -> Text:
    """Return what a correlation asks of the events of a group."""
    ordered = each.type == "temporal_ordered"
    if not isinstance(each.condition, Bounds):
        return (Tie.WAYS_ORDERED if ordered else Tie.WAYS).of(text=each.condition.text)
    bounds, named = str(each.condition), ", ".join(each.values[0])
    if each.type in TEMPORAL:
        if each.least == len(each.rules):
            return (Tie.ALL_ORDERED if ordered else Tie.ALL).of()
        return (Tie.SOME_ORDERED if ordered else Tie.SOME).of(bounds=bounds)
    if each.type == "value_percentile":
        return Tie.PERCENTILE.of(share=each.percentile, field=named, bounds=bounds)
    return _OF_FIGURES.get(each.type, Tie.EVENTS).of(field=named, bounds=bounds)


def _titles(rules: RuleSet) -> Mapping[str, Text]:
    """Return the titles of rules and correlations in both languages, by id."""
    both = (*rules.judge.rules.values(), *(one.rule for one in rules.correlations.all))
    return {rule.id: telling.titled(rule) for rule in both}


def _common(each: Correlation, titles: Mapping[str, Text]) -> Text:
    """Return what the events of a group have in common, and under which other names rules have it."""
    if not each.group_by:
        return Tie.TOGETHER.of()
    names: list[Text] = []
    for place, name in enumerate(each.group_by):
        others = {fields[place]: number for fields, number in zip(each.fields, each.rules, strict=True)}
        others.pop(name, None)
        names += [Tie.ALIAS.of(name=name, field=other, title=titles[number]) for other, number in others.items()]
        names += [] if others else [Text(name)]
    return Tie.SAME.of(names=Text(", ".join(names), ", ".join(one.vi for one in names)))


@dataclass(slots=True)
class _Run:
    """One correlation over records, with those that it refers to."""

    rules: RuleSet
    correlation: Correlation
    _known: Correlations = field(init=False)
    _gathering: Gathering = field(init=False)
    _without: int = 0
    _seen: Counter[str] = field(default_factory=Counter)
    _groups: defaultdict[Group, list[Value]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self._known = copy.copy(self.rules.correlations)
        self._known.quiet = frozenset()  # who asks about a part wants to hear of it
        self._gathering = Gathering(self._known)

    def take(self, entry: Entry) -> None:
        """Take the next record."""
        if entry.record is None:
            return
        met = self.rules.judge.match(entry.record)
        if not met:
            return
        ours = [rule.id for rule in met if rule.id in self.correlation.rules]
        self._seen.update(ours)
        index = self._known.index[self.correlation.rule.id]
        matches = self._known.matches(entry.record, met, _NOBODY, 0, entry.host) if ours else []
        mine = [match for place, match in matches if place == index]
        self._without += bool(ours and not mine)
        for match in mine:
            self._groups[match.group].append(match.value)
        self._gathering.add(entry, met, {"index": entry.index})

    def fired(self) -> Iterator[Fired]:
        """Yield its firings; those of correlations that it refers to are noted."""
        mine = self.correlation.rule.id
        for fired in self._gathering.fired():
            number = fired.correlation.rule.id
            if number == mine:
                yield fired
            elif number in self.correlation.rules:
                self._seen[number] += 1

    def seen(self) -> dict[str, Any]:
        """Return what was seen instead, for programs."""
        most = self._most()
        return {
            "records": {number: self._seen[number] for number in self.correlation.rules},
            "most_records": len(most),
            "most_values": len(set(most)) if self.correlation.values[0] else None,
            "without_field": self._without,
            "without_time": self._gathering.without_time,
        }

    def _most(self) -> Sequence[Value]:
        """Return the values of the group that came farthest."""
        return max(self._groups.values(), key=lambda values: (len(set(values)), len(values)), default=())

    def why_not(self) -> Iterator[Text]:
        """Yield what was seen instead."""
        titles = _titles(self.rules)
        for number in self.correlation.rules:
            yield Tie.SEEN.of(count=self._seen[number], title=titles[number])
        if most := self._most():
            word = Tie.MOST_VALUES if self.correlation.values[0] else Tie.MOST
            yield word.of(count=len(most), values=len(set(most)))
        if self._without:
            yield Tie.NO_PART.of(count=self._without)
        if self._gathering.without_time:
            yield Tie.NO_TIME.of(count=self._gathering.without_time)
