"""What stands on stderr beside a list that --limit cut: of how many these are the newest, and how to see others."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from tramgac_collector.cli.errors import CommandError
from tramgac_collector.cli.pairs import Pair, say, vietnamese


class Cut(Pair):
    """That there are more, and what to do about it."""

    OF = "These are the newest {shown} of {total}.", "Đây là {shown} dòng mới nhất trong tổng số {total}."
    MAYBE = (
        "These are the newest {shown}; nobody can say now how many more there are.",
        "Đây là {shown} dòng mới nhất; hiện không biết còn bao nhiêu dòng nữa.",
    )
    FIRST_OF = "These are the first {shown} of {total}.", "Đây là {shown} dòng đầu trong tổng số {total}."
    FIRST = "These are the first {shown}; there are more.", "Đây là {shown} dòng đầu; còn nhiều dòng nữa."
    LIMIT = "--limit takes up to {most}.", "--limit nhận đến {most}."
    EVENTS = "--since, --until, --host and --kind narrow it.", "Thu hẹp bằng --since, --until, --host, --kind."
    ALERTS = "--status, --severity, --host and --rule narrow it.", "Thu hẹp bằng --status, --severity, --host, --rule."


class Counted(Iterator[dict[str, Any]]):
    """Rows as they come, and how many came."""

    def __init__(self, rows: Iterable[dict[str, Any]]) -> None:
        """Nothing came yet."""
        self.count = 0
        self._rows = iter(rows)

    def __next__(self) -> dict[str, Any]:
        """Count the next row."""
        row = next(self._rows)
        self.count += 1
        return row


def tell_cut(shown: int, limit: int, most: int, total: Callable[[], int], narrow: Cut | None = None) -> None:
    """Say that the list was cut, if it was. `total` is asked only where as many are shown as may be.

    The list is whole as far as it goes: that nobody can count the rest is no failure of the command.
    """
    if shown < limit:
        return
    try:
        there: int | None = total()
    except CommandError:
        there = None
    if there is not None and there <= shown:
        return
    first = say(Cut.MAYBE, shown=number(shown)) if there is None else _of(shown, there)
    more = [say(Cut.LIMIT, most=number(most))] if limit < most else []
    sys.stderr.write(" ".join([first, *more, *([say(narrow)] if narrow else [])]) + "\n")


def tell_some(shown: int, total: int) -> None:
    """Say on stderr that a list shows only its newest, if it does."""
    if shown < total:
        sys.stderr.write(_of(shown, total) + "\n")


def tell_first(shown: int, total: int | None = None) -> None:
    """Say on stderr that a list shows only its first rows, if it does; `total`: None where nobody counted more."""
    if total is None:
        sys.stderr.write(say(Cut.FIRST, shown=number(shown)) + "\n")
    elif shown < total:
        sys.stderr.write(say(Cut.FIRST_OF, shown=number(shown), total=number(total)) + "\n")


def _of(shown: int, total: int) -> str:
    return say(Cut.OF, shown=number(shown), total=number(total))


def number(value: int) -> str:
    """Give a number with its thousands apart, as the person's language writes them."""
    text = f"{value:,}"
    return text.replace(",", ".") if vietnamese() else text


def decimal(value: float, places: int) -> str:
    """Give a number with so many decimal places, as the person's language writes them."""
    text = f"{value:.{places}f}"
    return text.replace(".", ",") if vietnamese() else text
