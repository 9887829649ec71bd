"""Several judges of one collector: what each is called, and which hosts and groups of correlations are whose."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass

ROLE = "judge"
"""The role's name, and the first judge's."""
MOST = 16
"""So many judges at most."""


@dataclass(frozen=True, slots=True)
class Seat:
    """One of so many judges."""

    number: int = 1
    of: int = 1

    @property
    def role(self) -> str:
        """Its name as a process: of its log, bell, cursor's file."""
        return named(self.number)

    @property
    def cursor(self) -> str:
        """The name of its cursor in the control store, which says of how many it is one."""
        return ROLE if self.of == 1 else f"{ROLE}-{self.number}-of-{self.of}"

    @property
    def first(self) -> bool:
        """Whether it does what one alone must do."""
        return self.number == 1

    def hears(self, host: str) -> bool:
        """Tell whether it judges what a host sends."""
        return self.of == 1 or number_of(host, self.of) == self.number

    def keeps(self, key: str) -> bool:
        """Tell whether a group of correlations over hosts is its own; `key`: hexadecimal digits."""
        return self.of == 1 or number_of(key, self.of) == self.number


def named(number: int) -> str:
    """Return the role of a judge by its number: judge, judge-2, judge-3."""
    return ROLE if number == 1 else f"{ROLE}-{number}"


def roles(of: int) -> tuple[str, ...]:
    """Return the roles of so many judges."""
    return tuple(map(named, range(1, of + 1)))


def seats(of: int) -> tuple[Seat, ...]:
    """Return the seats of so many judges."""
    return tuple(Seat(number, of) for number in range(1, of + 1))


def is_cursor(name: str) -> bool:
    """Tell whether a cursor of the control store is a judge's."""
    return name == ROLE or name.startswith(f"{ROLE}-")


def of_cursors(names: Iterable[str]) -> tuple[Seat, ...] | None:
    """Return whose cursors these are, all of them; None if they are not those of so many judges."""
    there = {name for name in names if is_cursor(name)}
    last = next(iter(there), ROLE).rpartition("-")[2]
    made = seats(int(last) if last.isdigit() else 1)
    return made if {seat.cursor for seat in made} == there else None


def number_of(key: str, of: int) -> int:
    """Return the number of the judge, of so many, that a host or a group belongs to; the same on every machine."""
    return zlib.crc32(key.encode()) % of + 1
