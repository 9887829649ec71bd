"""Events made of a rule's own texts: what should meet it, and what nearly does."""

import warnings
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.errors import NonInteractiveExampleWarning

from tests.rules.reference.values import MANY, ONE, strings

OTHERS = ("expand", "cidr", "exists", "fieldref", "gt", "gte", "lt", "lte")
VALUES = 4  # of a list, each in an event of its own
FIELDS = 4  # of an event, each left out once and changed once


def near_events(detection: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Fields made of a detection's values; without its filters first, then with them."""
    parts = [(str(name), part) for name, part in detection.items() if name != "condition"]
    wanted = [part for name, part in parts if not name.startswith("filter")]
    for number in range(VALUES):
        whole = _fields(wanted, number)
        yield from _around(whole) if number == 0 else [whole]
        yield _fields([part for _, part in reversed(parts)], number)


def _around(whole: dict[str, str]) -> Iterator[dict[str, str]]:
    """An event, and those one step away from it."""
    yield whole
    yield {field: text.swapcase() for field, text in whole.items()}
    for field in list(whole)[:FIELDS]:
        yield {name: text for name, text in whole.items() if name != field}
        for text in (whole[field][:-1], whole[field][1:], f"{whole[field]}x", f"x{whole[field]}"):
            yield {**whole, field: text}


def _fields(parts: list[Any], number: int) -> dict[str, str]:
    """The fields of one event: of each entry its value of this number."""
    fields: dict[str, str] = {}
    for part in parts:
        for key, value in _entries(part, number):
            text = _text(key.split("|")[1:], value, number)
            if text is not None:
                fields.setdefault(key.partition("|")[0].replace(" ", "") or "Keyword", text)
    return fields


def _entries(part: Any, number: int) -> Iterator[tuple[str, Any]]:
    if isinstance(part, list) and any(isinstance(one, dict) for one in part):
        part = part[number % len(part)]
    yield from part.items() if isinstance(part, dict) else [("", part)]


def _text(modifiers: list[str], value: Any, number: int) -> str | None:
    """A text that an entry may be met by; None where the field is to be absent, or no text is told by the value."""
    values = value if isinstance(value, list) else [value]
    if "all" in modifiers:
        made = [_text([word for word in modifiers if word != "all"], one, number) for one in values]
        return " ".join(filter(None, made))
    one = values[number % len(values)] if values else None
    if one is None or set(OTHERS) & set(modifiers):
        return None
    if "re" in modifiers:
        return _searched(str(one))
    pattern = strings(one, modifiers, {})[0]
    between = ("", "zz", "\\", "\n")[number % 4]
    return "".join(between if char is MANY else "z" if char is ONE else char for char in pattern)


@lru_cache(None)
def _searched(pattern: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NonInteractiveExampleWarning)
        return str(st.from_regex(pattern).example())
