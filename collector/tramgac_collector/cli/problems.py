"""What there is to say of rules and lists of indicators, in the person's language."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from tramgac_collector.cli.pairs import pick

if TYPE_CHECKING:
    from tramgac_rules.authoring import Problem


def worded(text: str) -> str:
    """Give a text of the authors' room in the person's language; one that it has in English alone as it is."""
    return pick((text, getattr(text, "vi", text)))


def problem_line(problem: Problem) -> str:
    """Give `path:line:column: severity: message [kind] advice`."""
    return worded(problem.told)


def problem_row(problem: Problem) -> dict[str, object]:
    """Give it as `--json` has it: words for programs as they are, sentences for the person."""
    told: dict[str, object] = asdict(problem)
    return told | {"message": worded(problem.message), "advice": worded(problem.advice)}
