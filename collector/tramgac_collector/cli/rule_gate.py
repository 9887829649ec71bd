"""What `tramgac rules check` asks of rules beyond that they compile, so that a team's CI may lean on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tramgac_collector.cli.errors import Misuse
from tramgac_collector.cli.options import tell
from tramgac_collector.cli.pairs import say
from tramgac_collector.cli.rule_tools import present, trying
from tramgac_collector.cli.rule_words import RuleWord

if TYPE_CHECKING:
    from tramgac_rules.authoring import Bundle, Problem

Samples = Annotated[bool, typer.Option("--samples", help=say(RuleWord.OPTION_SAMPLES))]
Events = Annotated[list[Path] | None, typer.Option("--events", metavar="PATH", help=say(RuleWord.OPTION_HARMLESS))]
Most = Annotated[float | None, typer.Option("--cost", metavar="US", help=say(RuleWord.OPTION_COST))]
Verdicts = Annotated[Path | None, typer.Option("--verdicts", metavar="FILE", help=say(RuleWord.OPTION_VERDICTS))]

Strict = Annotated[bool, typer.Option("--strict", help=say(RuleWord.OPTION_STRICT))]


@dataclass(frozen=True, slots=True)
class Further:
    """What was found, and counts of what was looked at."""

    problems: Sequence[Problem] = ()
    counts: dict[str, int] = field(default_factory=dict)


def ask(
    paths: Sequence[Path],
    bundle: Bundle | None,
    *,
    samples: bool,
    events: Sequence[Path],
    most: float | None,
    verdicts: Path | None,
) -> Further:
    """Ask rules what is wanted, and always whether two of them look for the same. Raises Failed, Misuse.

    `bundle`: what was built of the paths.
    """
    if most is not None and not events:
        raise Misuse(say(RuleWord.OPTION_COST_NEEDS))
    if not paths:
        return Further()
    from tramgac_collector.workshop import desk

    present([*events, *([] if verdicts is None else [verdicts])])
    asked = desk.Asked(samples, events, most, verdicts)
    with trying():
        return Further(*desk.passed(paths, asked, bundle))


def told(further: Further) -> None:
    """Tell what was looked at."""
    for name, word in (
        ("events", RuleWord.PASSED_EVENTS),
        ("verdicts", RuleWord.PASSED_VERDICTS),
        ("samples", RuleWord.PASSED_SAMPLES),
    ):
        if name in further.counts:
            tell(word, **further.counts)
