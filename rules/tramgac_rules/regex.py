r"""Regular expressions of rules, in time linear in the value: RE2, behind a text that must be present.

Differences from Python's `re`: \d \s \w are ASCII; $ does not match before a final newline; no look-around,
no back-references. \s has the vertical tab, as in PCRE, Sigma's flavour: cmd.exe takes one for a space.
"""

import re
from collections.abc import Callable
from functools import lru_cache

import re2

from tramgac_rules.errors import RegexError

_MEMORY = 8 << 20  # bytes for one pattern's automata
_LENGTH = re.compile(r"\.\{(\d+),\}\Z")
# A class of characters, an escape, or any one character.
_TOKEN = re.compile(r"\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]|\\.|.", re.DOTALL)
Search = Callable[[str], tuple[int, int] | None]


def searcher(pattern: str) -> Search:
    """Return a function from a text to the span of the first match, None if there is none. Raises RegexError."""
    only_length = _LENGTH.match(pattern)
    if only_length:
        return _longest_line(int(only_length.group(1)))
    compiled = _compile(pattern)

    def search(text: str) -> tuple[int, int] | None:
        data = text.encode()
        found = compiled.search(data)
        if found is None:
            return None
        start, end = found.span()
        return len(data[:start].decode()), len(data[:end].decode())

    return search


def tester(pattern: str) -> Callable[[str], bool]:
    """Return a function from a text to whether there is a match. Raises RegexError."""
    if _LENGTH.match(pattern):  # RE2 counts to a thousand one state at a time: 40 ms for 32 kB, against 10 µs
        search = searcher(pattern)
        return lambda text: search(text) is not None
    compiled = _compile(pattern)
    return lambda text: compiled.search(text.encode()) is not None


@lru_cache(maxsize=4_096)  # patterns of a rule set, and of the one before it
def _compile(pattern: str) -> "re2._Regexp[bytes]":
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    try:
        # Of bytes: texts are a third quicker to search as such.
        return re2.compile(_with_vertical_tab(pattern).encode(), options)
    except re2.error as error:
        reason = error.args[0].decode(errors="replace") if isinstance(error.args[0], bytes) else str(error)
        raise RegexError(reason) from error


def _with_vertical_tab(pattern: str) -> str:
    r"""Return a pattern whose \s has the vertical tab, which RE2's has not; quoted runs are left alone."""
    if "\\s" not in pattern.lower() or "\\Q" in pattern:
        return pattern
    return _TOKEN.sub(_widened, pattern)


def _widened(token: re.Match[str]) -> str:
    text = token[0]
    if text.startswith("[") and len(text) > 1:  # a class: \S in it cannot be written another way
        return re.sub(r"\\(.)", lambda found: r"\s\x0b" if found[1] == "s" else found[0], text, flags=re.DOTALL)
    return {r"\s": r"[\s\x0b]", r"\S": r"[^\s\x0b]"}.get(text, text)


def _longest_line(length: int) -> Search:
    def search(text: str) -> tuple[int, int] | None:
        start = 0
        for line in text.split("\n"):
            if len(line) >= length:
                return start, start + len(line)
            start += len(line) + 1
        return None

    return search
