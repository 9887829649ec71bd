"""What a judge remembers of values that come again: bounded in bytes, whatever they are. Long ones are counted."""

from collections.abc import Iterable, Sequence
from sys import getsizeof
from typing import Protocol

from tramgac_rules.evaluate import MAX_VALUE, Test, View

MEMORY = 8 << 20
"""Bytes of values that a judge remembers with what it found, twice: those of late, and those of before."""
MEMO_LENGTH = 1_024
"""Characters of a value that is remembered; a longer one seldom comes again."""
MEMO_TEXTS = 16
"""Texts of a value that is remembered."""
ENTRY = 200
"""Bytes of an entry beside its values."""

Value = str | tuple[str, ...] | None


class Forgetful(Protocol):
    """What remembers by values."""

    def turn(self) -> None:
        """Forget what was not asked for since the last turn."""


class Memory:
    """What all that remembers in one judge may hold together."""

    __slots__ = ("_limit", "_members", "_spent", "long")

    def __init__(self, limit: int = MEMORY) -> None:
        """Begin with nothing remembered; `limit` in bytes."""
        self._members: list[Forgetful] = []
        self._limit = limit
        self._spent = 0
        self.long = 0
        """How many texts were longer than what is looked at."""

    def join(self, member: Forgetful) -> None:
        """Take in what remembers."""
        self._members.append(member)

    def see(self, values: Iterable[str]) -> None:
        """Count those of the texts that are longer than what is looked at."""
        self.long += sum(len(text) > MAX_VALUE for text in values)

    def spend(self, size: int) -> None:
        """Count what is remembered, bytes; when it is enough, what was not asked for of late is forgotten."""
        self._spent += size
        if self._spent > self._limit:
            self._spent = 0
            for member in self._members:
                member.turn()


def size_of(value: Value) -> int | None:
    """Return the bytes that a value takes in a memory; None for one that is not worth it."""
    if isinstance(value, str):
        return ENTRY + getsizeof(value) if len(value) <= MEMO_LENGTH else None
    if value is None:
        return ENTRY
    if len(value) > MEMO_TEXTS or sum(map(len, value)) > MEMO_LENGTH:
        return None
    return ENTRY + sum(map(getsizeof, value))


class _Remembering:
    """A test that remembers what it answered for the values that it reads.

    Rules that exclude much have a test left for most events (one of a regular expression for every command line), but
    programs and their command lines come again and again.
    """

    __slots__ = ("_memory", "_old", "_test", "_young")

    def __init__(self, test: Test, memory: Memory) -> None:
        self._test = test
        self._young: dict[object, bool] = {}
        self._old = self._young
        self._memory = memory
        memory.join(self)

    def turn(self) -> None:
        """Forget what was not asked for since the last turn."""
        self._old, self._young = self._young, {}

    def _miss(self, key: object, view: View, *values: Value) -> bool:
        said = self._old.get(key)
        if said is None:
            said = self._test(view)
        sizes = [size for size in map(size_of, values) if size is not None]
        if len(sizes) == len(values):
            self._young[key] = said
            self._memory.spend(sum(sizes))
        return said


class Known(_Remembering):
    """A test of one field."""

    __slots__ = ("_field",)

    def __init__(self, test: Test, field: str, memory: Memory) -> None:
        """Remember a test that reads this field alone."""
        super().__init__(test, memory)
        self._field = field

    def __call__(self, view: View) -> bool:
        """Return what the test says of a record."""
        value = view.fields.get(self._field)
        said = self._young.get(value)
        return self._miss(value, view, value) if said is None else said


class KnownPair(_Remembering):
    """A test of two fields."""

    __slots__ = ("_one", "_two")

    def __init__(self, test: Test, one: str, two: str, memory: Memory) -> None:
        """Remember a test that reads these fields alone."""
        super().__init__(test, memory)
        self._one, self._two = one, two

    def __call__(self, view: View) -> bool:
        """Return what the test says of a record."""
        get = view.fields.get
        values = get(self._one), get(self._two)
        said = self._young.get(values)
        return self._miss(values, view, *values) if said is None else said


def remembered(test: Test, fields: Sequence[str], memory: Memory) -> Test:
    """Return a test that remembers, where what it reads (all of it) is one field or two."""
    match fields:
        case [field]:
            return Known(test, field, memory)
        case [one, two]:
            return KnownPair(test, one, two, memory)
    return test
