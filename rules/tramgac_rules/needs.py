"""What every match of a regular expression contains: texts by which it is looked for before it is run.

Texts are ASCII and lower-cased, and are contained in the lower-cased match. Whatever is not known here costs time; a
wrong text would cost detections. So the reader gives up at the first thing that it does not know.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

Texts = frozenset[str]
_MOST = 16  # alternatives of one text
_MOST_TOGETHER = 64  # alternatives that the branches of an alternation may have together
_LONGEST = 128  # characters of a text, for the rest begins another: putting together costs the square of the length
_MOST_TIMES = 8  # repetitions of a text that are written out
_DEEPEST = 40  # groups within groups
_EMPTY: Texts = frozenset([""])
_COUNTED = re.compile(r"\{(\d+)(,\d*)?\}")
_FLAGS = re.compile(r"\(\?[a-zA-Z-]*\)")
_GROUP = re.compile(r"\((?:\?(?:P?<\w+>|[a-zA-Z-]*:))?")


@dataclass(frozen=True, slots=True)
class Needs:
    """What a match needs: of each set of `texts` one at least, and `least` characters."""

    texts: tuple[Texts, ...] = ()
    least: int = 0


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a pattern. `exact`: it matches these texts, in whatever case, and no other; None if that is not known.

    `least`: characters that it matches at least.
    """

    exact: Texts | None
    texts: tuple[Texts, ...]
    least: int


class _UnknownError(Exception):
    """There is something in the pattern that the reader does not know."""


@lru_cache(maxsize=4_096)
def needs(pattern: str) -> Needs:
    """Return what every match of a pattern needs; it is one that RE2 takes."""
    try:
        part = _Reader(pattern).alternatives(0)
    except _UnknownError:
        return Needs()
    return Needs(tuple(dict.fromkeys(part.texts)), part.least)


def _of_texts(texts: Iterable[str]) -> _Part:
    """Return the part that matches these texts alone."""
    exact = frozenset(texts)
    return _Part(exact, (exact,) if "" not in exact else (), min(map(len, exact)))


def _something(least: int) -> _Part:
    return _Part(None, (), least)


class _Reader:
    """Reads a pattern from its beginning to its end."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        # Then s is U+017F too, whose lower case is itself; which part of the pattern it is for is not looked at.
        self._insensitive = re.search(r"\(\?[a-zA-Z]*i", pattern) is not None

    def alternatives(self, depth: int) -> _Part:
        """Read an alternation up to the end of its group, or of the pattern."""
        if depth > _DEEPEST:
            raise _UnknownError
        branches = [self._sequence(depth)]
        while self._next("|"):
            branches.append(self._sequence(depth))
        if not depth and self._at < len(self._pattern):
            raise _UnknownError  # a bracket that closes nothing
        if len(branches) == 1:
            return branches[0]
        least = min(branch.least for branch in branches)
        exact: Texts | None = frozenset()
        for branch in branches:
            exact = None if exact is None or branch.exact is None else exact | branch.exact
        if exact is not None and len(exact) <= _MOST:
            return _of_texts(exact)
        if all(branch.texts for branch in branches):
            together = frozenset[str]().union(*(_best(branch.texts) for branch in branches))
            if len(together) <= _MOST_TOGETHER:
                return _Part(None, (together,), least)
        return _something(least)

    def _sequence(self, depth: int) -> _Part:
        """Read what stands one after the other."""
        run, texts, least, exact = _EMPTY, [], 0, True
        while self._at < len(self._pattern) and self._pattern[self._at] not in "|)":
            part = self._item(depth)
            low, exactly = self._times()
            least += part.least * low
            written = min(low, _MOST_TIMES) if part.exact is not None else 0
            for _ in range(written):
                longer = _joined(run, part.exact)
                if longer is None:
                    texts.append(run)
                    exact, longer = False, part.exact or _EMPTY
                run = longer
            if part.exact is None or not exactly or written < low:
                texts += [run, *(part.texts if low and part.exact is None else ())]
                run, exact = _EMPTY, False
        if exact:
            return _of_texts(run)
        return _Part(None, tuple(found for found in (*texts, run) if "" not in found), least)

    def _item(self, depth: int) -> _Part:
        """Read one character, class or group."""
        pattern, at = self._pattern, self._at
        char = pattern[at]
        if char == "\\":
            return self._escaped()
        if char == "[":
            return self._class()
        if char in "*+?" or _COUNTED.match(pattern, at):
            raise _UnknownError  # times of nothing
        if char == "(":
            flags = _FLAGS.match(pattern, at)
            if flags:
                self._at = flags.end()
                return _of_texts(_EMPTY)
            opening = _GROUP.match(pattern, at)
            if opening is None:
                raise _UnknownError
            self._at = opening.end()
            inner = self.alternatives(depth + 1)
            if not self._next(")"):
                raise _UnknownError
            return inner
        self._at += 1
        if char in "^$":
            return _something(0)
        return _something(1) if char == "." else self._literal(char)

    def _literal(self, char: str) -> _Part:
        known = char.isascii() and not (self._insensitive and char in "sS")
        return _of_texts([char.lower()]) if known else _something(1)

    def _escaped(self) -> _Part:
        char = self._pattern[self._at + 1 : self._at + 2]
        self._at += 2
        if not char or char in "QECpPx0123456789":  # quoted runs and codes are rare
            raise _UnknownError
        if char in "bBAz":
            return _something(0)
        return _something(1) if char.isalnum() else self._literal(char)

    def _class(self) -> _Part:
        """Read a class; its characters are known if they are few and written one by one."""
        start = self._at
        self._at = _class_end(self._pattern, start)
        inside = self._pattern[start + 1 : self._at - 1]
        if inside.startswith("^") or "[:" in inside:
            return _something(1)
        texts: Texts = frozenset()
        escaped = False
        for place, char in enumerate(inside):
            if char == "\\" and not escaped:
                escaped = True
                continue
            exact = self._literal(char).exact
            strange = char.isalnum() if escaped else char == "-" and 0 < place < len(inside) - 1  # \\d, or a range
            if exact is None or strange:
                return _something(1)
            texts, escaped = texts | exact, False
        return _of_texts(texts) if 0 < len(texts) <= _MOST else _something(1)

    def _times(self) -> tuple[int, bool]:
        """Read a quantifier; return the least number of times, and whether it is the only one."""
        char = self._pattern[self._at : self._at + 1]
        low, exactly = 1, True
        counted = _COUNTED.match(self._pattern, self._at)
        if char and char in "*?+":
            self._at += 1
            low, exactly = int(char == "+"), False
        elif counted:
            self._at = counted.end()
            low, exactly = int(counted[1]), counted[2] is None
        else:
            return low, exactly
        self._next("?")  # lazy: the same texts
        return low, exactly

    def _next(self, char: str) -> bool:
        found = self._pattern.startswith(char, self._at)
        self._at += found
        return found


def _joined(run: Texts, then: Texts | None) -> Texts | None:
    """Return each text of a run with each of those that follow; None if they are too many, or too long."""
    if then is None or len(run) * len(then) > _MOST or max(map(len, run)) >= _LONGEST:
        return None
    return frozenset(first + second for first, second in product(run, then))


def _best(texts: Iterable[Texts]) -> Texts:
    """Return the set whose shortest text is the longest."""
    return max(texts, key=lambda found: (min(map(len, found)), -len(found)))


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
