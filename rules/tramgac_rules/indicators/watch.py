"""Remembers what met nothing: most values of most events come again, and then cost one look into a set."""

from collections.abc import Callable, Container, Sequence
from typing import NamedTuple

from tramgac_rules.indicators.table import Networks, Table

MEMORY = 1 << 20
"""Bytes of values that one watch remembers, up to four times as many where characters take four; when they are full
it begins afresh."""
_ENTRY = 120  # bytes that a remembered value takes beside its characters
_LONG = 1_024  # characters: such a value seldom comes again


class Found(NamedTuple):
    """An entry of a table (layout.TABLES), and the characters of the value that it is about."""

    name: str
    table: Table | Networks
    entry: int
    start: int
    end: int


Alternatives = Sequence[Found]
"""What one thing in a value meets, the most specific first."""
Finder = Callable[[str], Sequence[Alternatives]]
NOTHING: Sequence[Alternatives] = ()


class Watch:
    """A finder, and values in which it found nothing.

    Args:
        find: tells what a value meets.
        remembers: false where to find costs less than to remember.
    """

    __slots__ = ("_find", "_known", "_left", "clean")

    def __init__(self, find: Finder, *, remembers: bool = True) -> None:
        """Know nothing yet."""
        self._find = find
        self._known: set[str] = set()
        self._left = MEMORY if remembers else -1
        self.clean: Container[object] = self._known if remembers else ()

    def look(self, text: str) -> Sequence[Alternatives]:
        """Return what a value meets that is not in `clean`."""
        found = self._find(text)
        if not found and self._left >= 0 and len(text) <= _LONG:
            self._left -= len(text) + _ENTRY
            if self._left < 0:
                self._known.clear()
                self._left = MEMORY
            self._known.add(text)
        return found
