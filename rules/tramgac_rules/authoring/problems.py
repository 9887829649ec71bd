"""What an author is told about a rule file."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to look at, with its place. Lines and columns count from 1.

    `severity`: "error" (the rule is left out), "warning" (it loads; look at it), "info" (it loads or is kept,
    and something of it is not in force). `kind`: one word for programs, as "modifier", "regex", "yaml".
    """

    path: str
    line: int
    column: int
    severity: str
    kind: str
    message: str
    advice: str = ""

    def __str__(self) -> str:
        """Return `path:line:column: severity: message (kind). Advice`."""
        tail = f" {self.advice}" if self.advice else ""
        return f"{self.path}:{self.line}:{self.column}: {self.severity}: {self.message} [{self.kind}]{tail}"
