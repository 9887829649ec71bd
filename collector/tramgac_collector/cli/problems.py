"""What there is to say of rules and lists of indicators, in the person's language."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from tramgac_collector.cli.pairs import Pair, pick, say

if TYPE_CHECKING:
    from tramgac_rules.authoring import Problem


class Severity(Pair):
    """How bad it is: the rule is left out, look at it, or it is only to be known."""

    ERROR = "error", "lỗi"
    WARNING = "warning", "cảnh báo"
    INFO = "info", "ghi chú"


_SEVERITIES: Final = {severity.en: severity for severity in Severity}


def worded(text: str) -> str:
    """Give a text of the authors' room in the person's language; one that it has in English alone as it is."""
    return pick((text, getattr(text, "vi", text)))


def problem_line(problem: Problem) -> str:
    """Give `path:line:column: severity: message [kind] advice`."""
    place = f"{problem.path}:{problem.line}:{problem.column}"
    advice = worded(problem.advice)
    said = f"{place}: {say(_SEVERITIES[problem.severity])}: {worded(problem.message)} [{problem.kind}]"
    return f"{said} {advice}" if advice else said


def problem_row(problem: Problem) -> dict[str, object]:
    """Give it as `--json` has it: words for programs as they are, sentences for the person."""
    told: dict[str, object] = asdict(problem)
    return told | {"message": worded(problem.message), "advice": worded(problem.advice)}
