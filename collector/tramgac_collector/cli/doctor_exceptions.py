"""What `tramgac collector doctor` says of exceptions: which end soon, hold back too much, cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final

from tramgac_collector.cli.exception_words import ExceptionWord
from tramgac_collector.cli.pairs import say
from tramgac_collector.cli.titles import titled

SOON_DAYS: Final = 7
LOUD: Final = 500
"""One that holds back more a day, over a week, stands for a rule that fits badly."""
_DAY_S: Final = 86_400


def exceptions(items: Iterable[dict[str, Any]], now: float) -> tuple[str, bool, str]:
    """Look at those in force, as `/api/exceptions` lists them; `now` in seconds since 1970."""
    rows = list(items)

    def named(test: Callable[[dict[str, Any]], bool]) -> str:
        return ", ".join(f"{row['id']} ({_title(row)})" for row in rows if test(row))

    faulty, loud = named(lambda row: bool(row["fault"])), named(lambda row: row["held_a_day"] > LOUD)
    told = [say(ExceptionWord.FAULTY, found=faulty)] if faulty else []
    told += [say(ExceptionWord.LOUD, found=loud, most=LOUD)] if loud else []
    if soon := named(lambda row: _ends(row) - now < SOON_DAYS * _DAY_S):
        told.append(say(ExceptionWord.SOON, found=soon, days=SOON_DAYS))
    return "exceptions", not (faulty or loud), "; ".join(told) or say(ExceptionWord.WELL, count=len(rows))


def _title(row: dict[str, Any]) -> str:
    if row["rule"] == "*":
        return say(ExceptionWord.EVERY_RULE)
    return titled(row) or str(row["rule"])


def _ends(row: dict[str, Any]) -> float:
    return datetime.fromisoformat(row["expires"]).timestamp() if row["expires"] else float("inf")
