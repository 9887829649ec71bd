"""One field of a class of rules: from a value to the rules that it leaves possible, as bits of an integer."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from ahocorasick_rs import AhoCorasick, BytesAhoCorasick, MatchKind
from tramgac_proto.sigmawise import is_written

from tramgac_rules.alike import Alike
from tramgac_rules.evaluate import MAX_VALUE, Test, View
from tramgac_rules.memory import Memory, Value, size_of
from tramgac_rules.operators import END, NEITHER, START
from tramgac_rules.plan import searchable

_BETWEEN = END + START
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_FOLDED = {"\u0130".encode(), "\u212a".encode()}  # no other characters beyond ASCII have ASCII in their lower case

Bits = tuple[int, int]
"""Rules that a value leaves possible, and rules that it supports across fields."""


@dataclass(slots=True)
class Entry:
    """What one literal means: the rules it satisfies here, those it supports across fields, the refusals to look at."""

    here: int = 0
    across: int = 0
    refusals: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Asked:
    """What the rules of a class ask of one field. `refusals`: bit of the rule and its test."""

    positive: int = 0
    entries: defaultdict[str, Entry] = field(default_factory=lambda: defaultdict(Entry))
    refusals: list[tuple[int, Test]] = field(default_factory=list)


class Column:
    """Literals of one field (or of all fields together, for keywords) and the rules that wait for them."""

    __slots__ = ("_automaton", "_means", "_memory", "_name", "_old", "_plain", "_tests", "asks", "young")

    def __init__(self, name: str, everyone: int, asked: Asked, memory: Memory) -> None:
        """Build the automaton. `everyone`: the bits of all rules of the class."""
        self._name = name
        self._automaton = AhoCorasick(list(asked.entries), store_patterns=False)
        self._means = [(entry.here, entry.across, tuple(entry.refusals)) for entry in asked.entries.values()]
        self._tests = asked.refusals
        self.asks = asked.positive | sum({bit for bit, _ in asked.refusals})
        """The bits of the rules that a value can rule out."""
        free = everyone & ~asked.positive
        self._plain: Bits = (free, 0)  # of a value with no literal in it
        empty = View({})
        absent: Bits = (free & ~sum(bit for bit, test in self._tests if not test(empty)), 0)
        self.young: dict[Value, Bits] = {None: absent}
        self._old: dict[Value, Bits] = self.young
        self._memory = memory
        memory.join(self)

    def turn(self) -> None:
        """Forget what was not asked for since the last turn."""
        self._old, self.young = self.young, {None: self.young[None]}

    def miss(self, value: str | tuple[str, ...]) -> Bits:
        """Return the bits for a value that is not in `young`."""
        bits = self._old.get(value)
        if bits is None:
            bits = self.search((value,) if isinstance(value, str) else value)
        size = size_of(value)
        if size is not None:
            self.young[value] = bits
            self._memory.spend(size + (bits is not self._plain and bits[0].bit_length() // 4))
        else:
            self._memory.see((value,) if isinstance(value, str) else value)
        return bits

    def look_all(self, values: Iterable[Value]) -> list[Bits]:
        """Return the bits for each of many values."""
        known, miss = self.young.get, self.miss
        return [known(value) or miss(value) for value in values]  # type: ignore[arg-type]  # None is in young

    @property
    def absent(self) -> Bits:
        """The bits for no value."""
        return self.young[None]

    def search(self, values: Sequence[str]) -> Bits:
        """Return the bits for values of which any may satisfy."""
        found = self._automaton.find_matches_as_indexes(_joined(values), overlapping=True)
        if not found:
            return self._plain
        here, across = self._plain
        refusals: set[int] = set()
        for index in {match[0] for match in found}:
            satisfied, supported, refused = self._means[index]
            here |= satisfied
            if supported:
                across |= supported
            if refused:
                refusals.update(refused)
        if refusals:
            view = View({self._name: tuple(values)})
            for number in refusals:
                bit, test = self._tests[number]
                if not test(view):
                    here &= ~bit
        return here, across


def _joined(values: Sequence[str]) -> str:
    """Return values as one text to search: each between START and END, which stand nowhere else in it."""
    cut = [value[:MAX_VALUE] for value in values]  # what is not longer is not copied
    text = searchable(f"{START}{_BETWEEN.join(cut)}{END}")
    if text.count(START) == len(cut) == text.count(END):
        return text
    clean = [value.replace(START, NEITHER).replace(END, NEITHER) for value in cut]
    return searchable(f"{START}{_BETWEEN.join(clean)}{END}")


class Keywords(Column):
    """Literals that any field may hold. Hardly an event holds one: first all its values are searched as one text."""

    __slots__ = ("_any", "_written")

    def __init__(self, everyone: int, asked: Asked, memory: Memory) -> None:
        """Build the automaton, as a column's, and a quick one that only tells whether there may be anything."""
        super().__init__("", everyone, asked, memory)
        pieces = {max(_NOT_ASCII.split(literal.strip(START + END)), key=len).encode() for literal in asked.entries}
        looked_for = sorted(pieces | _FOLDED)
        self._any = BytesAhoCorasick(looked_for, matchkind=MatchKind.LeftmostFirst) if all(pieces) else None
        self._written = any(is_written(piece.decode()) for piece in pieces)

    def look_everywhere(self, values: Collection[str | tuple[str, ...]]) -> Bits:
        """Return the bits for the values of a whole event."""
        try:
            whole = "\n".join(values)  # type: ignore[arg-type]  # quicker than to look at each
            texts: Collection[str] = values  # type: ignore[assignment]  # all are texts
        except TypeError:
            texts = [text for value in values for text in ((value,) if isinstance(value, str) else value)]
            whole = "\n".join(texts)
        if len(whole) > MAX_VALUE:
            self._memory.see(texts)
        elif not self._may_hold(whole.encode()):
            return self._plain
        return self.search(list(texts))

    def look_over(self, alike: Alike) -> list[Bits]:
        """Return the bits for many events: texts stand in the encoded events as they are, so these are searched."""
        if not self._written and not self._may_hold(b"".join(alike.blobs)):
            return [self._plain] * len(alike)
        return [
            self.look_everywhere(alike.record(index).fields.values())
            if self._written or self._may_hold(blob)
            else self._plain
            for index, blob in enumerate(alike.blobs)
        ]

    def _may_hold(self, data: bytes) -> bool:
        """Tell whether encoded text may hold a literal, quickly: as bytes, whose ASCII is lower-cased in no time."""
        return self._any is None or bool(self._any.find_matches_as_indexes(data.lower()))
