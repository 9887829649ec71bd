"""One field of a class of rules: from a value to the rules that it leaves possible, as bits of an integer."""

from collections.abc import Iterable, Mapping

from ahocorasick_rs import AhoCorasick

from tramgac_rules.operators import END, START
from tramgac_rules.witness import searchable

# Values that are remembered with their bits. A long value seldom comes again and would make the bound in
# entries no bound in bytes: at most 2 x 5,000 x 1,024 characters a column.
MEMO_ENTRIES = 5_000
MEMO_LENGTH = 1_024


class Column:
    """Literals of one field (or of all fields together, for keywords) and the rules that wait for them."""

    __slots__ = ("_automaton", "_masks", "_old", "_young", "absent")

    def __init__(self, free: int, masks: Mapping[str, tuple[int, int]]) -> None:
        """Build the automaton.

        `free`: bits of the rules that ask nothing of this field. `masks`: for each literal, in searchable form, the
        bits of the rules that its presence satisfies here, and of those that it satisfies across fields.
        """
        self._automaton = AhoCorasick(list(masks), store_patterns=False)
        self._masks = tuple(masks.values())
        self.absent = (free, 0)
        self._young: dict[str, tuple[int, int]] = {}
        self._old: dict[str, tuple[int, int]] = {}

    def look(self, value: str | tuple[str, ...]) -> tuple[int, int]:
        """Return the bits of the rules that a value leaves possible, and of those it supports across fields."""
        if not isinstance(value, str):
            return self.search(value)
        bits = self._young.get(value)
        if bits is not None:
            return bits
        bits = self._old.get(value) or self.search((value,))
        if len(value) <= MEMO_LENGTH:
            if len(self._young) >= MEMO_ENTRIES:
                self._old, self._young = self._young, {}
            self._young[value] = bits
        return bits

    def search(self, values: Iterable[str]) -> tuple[int, int]:
        """Return the same for several values of which any may satisfy."""
        here, across = self.absent
        text = "".join([f"{START}{searchable(value)}{END}" for value in values])
        for index in {found[0] for found in self._automaton.find_matches_as_indexes(text, overlapping=True)}:
            passed, supported = self._masks[index]
            here |= passed
            across |= supported
        return here, across


class Keywords(Column):
    """Literals that any field may hold. Most values of most events hold none, and come again: those are remembered."""

    __slots__ = ("_clean", "_shortest")

    def __init__(self, free: int, masks: Mapping[str, tuple[int, int]]) -> None:
        """Build the automaton, as a column's."""
        super().__init__(free, masks)
        self._clean: set[str] = set()
        self._shortest = min(len(literal.strip(START + END)) for literal in masks)

    def look_everywhere(self, values: Iterable[str]) -> tuple[int, int]:
        """Return the bits for the values of a whole event, as `look`."""
        fresh = [value for value in values if len(value) >= self._shortest and value not in self._clean]
        bits = self.search(fresh)
        if bits == self.absent:
            if len(self._clean) >= MEMO_ENTRIES:
                self._clean.clear()
            self._clean.update(value for value in fresh if len(value) <= MEMO_LENGTH)
        return bits
