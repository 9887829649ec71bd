"""JSON files with the places of what is in them, one element of a long list at a time."""

import json
import re
from collections.abc import Generator, Iterator
from json import JSONDecodeError
from typing import NamedTuple

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\r\n]*")


class Part(NamedTuple):
    """A value with the key of the outermost object that it is under ("" in an outermost list), and its place."""

    key: str
    start: int
    end: int
    value: object


def parts(text: str) -> Iterator[Part]:
    """Yield the values of the outermost object; of a list, the outermost one or a value of that object, its elements.

    Raises JSONDecodeError, RecursionError: what came before was read.
    """
    at = _skip(text, 0)
    if text.startswith("[", at):
        end = yield from _elements(text, "", at)
    elif text.startswith("{", at):
        end = yield from _members(text, at)
    else:
        raise JSONDecodeError("Expecting an object or a list", text, at)
    if _skip(text, end) != len(text):
        raise JSONDecodeError("Extra data", text, _skip(text, end))


def _members(text: str, at: int) -> Generator[Part, None, int]:
    at = _skip(text, at + 1)
    while not text.startswith("}", at):
        if not text.startswith('"', at):
            raise JSONDecodeError("Expecting a key in double quotes", text, at)
        key, at = _DECODER.raw_decode(text, at)
        at = _expected(text, at, ":")
        if text.startswith("[", at):
            at = yield from _elements(text, key, at)
        else:
            value, end = _DECODER.raw_decode(text, at)
            yield Part(key, at, end, value)
            at = end
        at = _after(text, at, "}")
    return at + 1


def _elements(text: str, key: str, at: int) -> Generator[Part, None, int]:
    at = _skip(text, at + 1)
    while not text.startswith("]", at):
        value, end = _DECODER.raw_decode(text, at)
        yield Part(key, at, end, value)
        at = _after(text, end, "]")
    return at + 1


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _expected(text: str, at: int, sign: str) -> int:
    at = _skip(text, at)
    if not text.startswith(sign, at):
        raise JSONDecodeError(f"Expecting {sign!r}", text, at)
    return _skip(text, at + 1)


def _after(text: str, at: int, closing: str) -> int:
    """Return where what follows a member or an element begins: past a comma, or at the closing sign."""
    at = _skip(text, at)
    return at if text.startswith(closing, at) else _expected(text, at, ",")


class Places:
    """From offsets in a text to lines and columns, from 1; quick where offsets rise."""

    def __init__(self, text: str) -> None:
        """Begin at the text's beginning."""
        self._text = text
        self._at, self._line = 0, 1

    def place(self, offset: int) -> tuple[int, int]:
        """Return line and column of an offset."""
        if offset < self._at:
            self._at, self._line = 0, 1
        self._line += self._text.count("\n", self._at, offset)
        self._at = offset
        return self._line, offset - self._text.rfind("\n", 0, offset)

    def of_value(self, part: Part, key: str, value: str) -> tuple[int, int]:
        """Return where `"key": "value"` stands in a part; the part's place if it is nowhere."""
        pattern = re.compile(rf'"{key}"\s*:\s*("{re.escape(value)}")')
        found = pattern.search(self._text, part.start, part.end) if value else None
        return self.place(found.start(1) if found else part.start)
