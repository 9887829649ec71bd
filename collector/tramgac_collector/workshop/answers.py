"""What a rule says of one record: in words, and for programs under names that stay."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tramgac_rules.authoring.texts import Text, joined
from tramgac_rules.explain import Condition

from tramgac_collector.workshop.words import TrySay

Worded = Callable[[str], str]
"""Gives a text in the person's language."""


class Answer(Protocol):
    """What came of a record, or of a correlation over all records."""

    @property
    def met(self) -> bool:
        """Whether the rule was met."""

    @property
    def index(self) -> int | None:
        """Of the record, or the last of them."""

    @property
    def records(self) -> Sequence[int] | None:
        """Those with which a correlation fired; None of one record."""

    def row(self, worded: Worded) -> dict[str, Any]:
        """Return it for programs."""

    def lines(self, worded: Worded) -> Iterator[str]:
        """Yield it for people."""


@dataclass(frozen=True, slots=True)
class OfRecord:
    """What a rule says of a record: the conditions that held, or those that failed (explain.py).

    `problem`: why it could not be asked, as a word for programs and a sentence.
    """

    rule: str
    index: int
    met: bool = False
    why: Sequence[Condition] = ()
    problem: tuple[str, Text] | None = None

    @property
    def records(self) -> None:
        """None: it is of one record."""

    def row(self, worded: Worded) -> dict[str, Any]:
        """Return it for programs; conditions as alerts have them."""
        problem = None if self.problem is None else {"kind": self.problem[0], "message": worded(self.problem[1])}
        return {"rule": self.rule, "index": self.index, "met": self.met, "why": rows(self.why), "problem": problem}

    def lines(self, worded: Worded) -> Iterator[str]:
        """Yield it for people; filters that did not apply are left out."""
        if self.problem is not None:
            yield worded(self.problem[1])
        elif self.met:
            yield from (_held(one) for one in self.why if not one.negated)
        else:
            yield worded(all_failed(self.why))


def rows(why: Iterable[Condition]) -> list[dict[str, Any]]:
    """Return conditions as alerts have them."""
    from tramgac_collector.judging.detect import condition_json  # the judge's libraries, for programs alone

    return [condition_json(one) for one in why]


def all_failed(why: Iterable[Condition]) -> Text:
    """Return conditions that failed as one sentence."""
    return joined("; ", [_failed(one) for one in why])


def _failed(condition: Condition) -> Text:
    if not condition.negated:
        return TrySay.FILTERED.of(field=condition.field or "*", pattern=condition.pattern)
    if not condition.value:
        return TrySay.ABSENT.of(field=condition.field or condition.pattern)
    return TrySay.FAILED.of(field=condition.field, value=condition.value[:200], pattern=condition.pattern)


def _held(condition: Condition) -> str:
    marks = ", ".join(f"{start}-{end}" for start, end in condition.spans)
    where = f" [{marks}]" if marks else ""
    return f"{condition.selection}: {condition.field} = {condition.value[:300]!r}: {condition.pattern}{where}"
