"""Errors of the lens.

ScanError
└── RulesRejected   the YARA sources do not compile; `.problems` says where, all at once
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class YaraProblem:
    """One source that does not compile: file, line (0 where YARA names none), what YARA says."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        """As compilers say it."""
        return f"{self.path}:{self.line}: {self.message}"


class ScanError(Exception):
    """Anything that the lens raises."""


class RulesRejected(ScanError):
    """The sources do not compile; nothing can be scanned with them."""

    def __init__(self, problems: tuple[YaraProblem, ...]) -> None:
        self.problems = problems
        super().__init__("; ".join(map(str, problems)))
