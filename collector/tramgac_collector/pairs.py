"""Texts that stand in English and Vietnamese side by side, and which of the two the person at this terminal reads."""

from __future__ import annotations

import enum
import os
import re
import string
from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from tramgac_wire.counted import fill


class Both(NamedTuple):
    """One text in both languages, complete."""

    en: str
    vi: str


class Pair(enum.Enum):
    """A set of sentences: English, Vietnamese; `{name}` stands for a parameter, `{n:alert|alerts}` for a count.

    A member is a pair, so a sentence without its translation does not type-check.
    """

    def __init__(self, en: str, vi: str) -> None:
        """Name the two texts."""
        self.en = en
        self.vi = vi

    def both(self, **params: object) -> Both:
        """Fill the sentence in; a parameter that is a text in both languages goes in by its language.

        Raises KeyError for a parameter that the sentence needs and that is not given.
        """
        return Both(fill(self.en, _in(params, 0)), fill(self.vi, _in(params, 1)))


def _in(params: Mapping[str, object], language: int) -> dict[str, object]:
    return {name: value[language] if isinstance(value, Both) else value for name, value in params.items()}


def join(between: str, texts: Iterable[Both]) -> Both:
    """Put texts together."""
    parts = list(texts)
    return Both(between.join(text.en for text in parts), between.join(text.vi for text in parts))


def retold(text: str, words: type[Pair]) -> str:
    """Give in Vietnamese what was written down in English as one of a set of sentences; the text if it is none."""
    for word in sorted(words, key=lambda word: -len(word.en)):
        if found := re.fullmatch(_pattern(word.en), text, re.DOTALL):
            shown = {name: Plain(value) for name, value in found.groupdict().items()}
            return fill(word.vi, shown)
    return text


class Plain(str):
    """A value that is quoted already."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Give it as it is."""
        return str(self)


@cache
def _pattern(sentence: str) -> str:
    parts = string.Formatter().parse(sentence)
    return "".join(re.escape(text) + (_hole(name, spec or "") if name else "") for text, name, spec, _ in parts)


def _hole(name: str, spec: str) -> str:
    words = f" (?:{'|'.join(map(re.escape, spec.split('|')))})" if "|" in spec else ""
    return f"(?P<{name}>.+){words}"


def vietnamese() -> bool:
    """Tell whether the locale (LC_ALL, LC_MESSAGES, LANG: the first that is set) asks for Vietnamese."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return locale.partition(".")[0].partition("_")[0] == "vi"


def pick(both: tuple[str, str]) -> str:
    """Give a text in the person's language."""
    return both[1] if vietnamese() else both[0]
