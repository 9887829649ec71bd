r"""Regular expressions of rules, in time linear in the value: RE2, behind a text that must be present.

Differences from Python's `re`: \d \s \w are ASCII; $ does not match before a final newline; no look-around,
no back-references.
"""

import re
from collections.abc import Callable
from functools import cache

import re2

from tramgac_rules.errors import RegexError

_MEMORY = 8 << 20  # bytes for one pattern's automata
_LENGTH = re.compile(r"\.\{(\d+),\}\Z")
Search = Callable[[str], tuple[int, int] | None]


@cache
def searcher(pattern: str) -> Search:
    """Return a function from a text to the span of the first match, None if there is none. Raises RegexError."""
    only_length = _LENGTH.match(pattern)
    if only_length:  # RE2 counts to a thousand one state at a time: 40 ms for 32 kB, against 10 µs
        return _longest_line(int(only_length.group(1)))
    compiled = _compile(pattern)

    def search(text: str) -> tuple[int, int] | None:
        found = compiled.search(text)
        return found.span() if found else None

    return search


def _compile(pattern: str) -> "re2._Regexp[str]":
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0].decode(errors="replace") if isinstance(error.args[0], bytes) else str(error)
        raise RegexError(reason) from error


def _longest_line(length: int) -> Search:
    def search(text: str) -> tuple[int, int] | None:
        start = 0
        for line in text.split("\n"):
            if len(line) >= length:
                return start, start + len(line)
            start += len(line) + 1
        return None

    return search


def required(pattern: str) -> str:
    """Return the longest ASCII text, lower-cased, that every match contains when lower-cased; "" if none is known."""
    return max(pieces(pattern), key=len, default="")


@cache
def pieces(pattern: str) -> tuple[str, ...]:
    """Return ASCII texts, lower-cased, that every match contains when lower-cased.

    Looks at the top level of the pattern only, and gives up at the first thing it does not know: a missing
    text costs time, a wrong one would cost detections.
    """
    insensitive = "(?" in pattern and re.search(r"\(\?[a-zA-Z]*i", pattern) is not None
    found: list[str] = []
    current = ""
    position = 0
    while position < len(pattern):
        item, position = _item(pattern, position)
        if item == _GIVE_UP:  # also an alternation at the top level
            return ()
        least, position = _quantifier(pattern, position)
        if len(item) == 1 and item.isascii() and not (insensitive and item in "sS"):  # s also means U+017F there
            current += item if least != 0 else ""
            if least is None:
                continue
        found.append(current)
        current = ""
    return tuple(dict.fromkeys(piece.lower() for piece in [*found, current] if piece))


_GIVE_UP = "|"


def _item(pattern: str, at: int) -> tuple[str, int]:
    """Return the item at a place of a pattern: one literal character, "" for what is none, _GIVE_UP; and its end."""
    char = pattern[at]
    if char == "\\":
        escaped = pattern[at + 1 : at + 2]
        if not escaped or escaped in "QxpP0123456789":  # quoted runs and codes are rare
            return _GIVE_UP, len(pattern)
        return ("" if escaped.isalnum() else escaped), at + 2
    if char == "[":
        return "", _class_end(pattern, at)
    if char == "(":
        return "", _group_end(pattern, at)
    return ("" if char in ".^$" else char), at + 1


def _class_end(pattern: str, at: int) -> int:
    at += 2 if pattern[at + 1 : at + 2] == "^" else 1
    if pattern[at : at + 1] == "]":
        at += 1
    while at < len(pattern) and pattern[at] != "]":
        if pattern.startswith("[:", at):
            closing = pattern.find(":]", at)
            at = closing + 2 if closing > 0 else at + 1
            continue
        at += 2 if pattern[at] == "\\" else 1
    return at + 1


def _group_end(pattern: str, at: int) -> int:
    depth = 0
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            at += 2
            continue
        if char == "[":
            at = _class_end(pattern, at)
            continue
        depth += (char == "(") - (char == ")")
        at += 1
        if not depth:
            break
    return at


def _quantifier(pattern: str, at: int) -> tuple[int | None, int]:
    """Return the least number of times of a quantifier (None: there is no quantifier) and its end."""
    char = pattern[at : at + 1]
    least: int | None = None
    if char in ("*", "?"):
        least, at = 0, at + 1
    elif char == "+":
        least, at = 1, at + 1
    elif char == "{":
        counted = re.compile(r"\{(\d+)(,\d*)?\}").match(pattern, at)
        if counted:
            least, at = int(counted.group(1)), counted.end()
    if least is not None and pattern[at : at + 1] == "?":  # lazy: the same texts
        at += 1
    return least, at
