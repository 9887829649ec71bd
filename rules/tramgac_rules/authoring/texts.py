"""What an author is told, in English and Vietnamese at once: whoever shows it chooses; here nobody knows the reader."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from typing import Self


class Text(str):
    """A sentence in both languages: as a text it is English, `vi` is the same in Vietnamese."""

    __slots__ = ("vi",)
    vi: str

    def __new__(cls, en: str, vi: str | None = None) -> Self:
        """Make it; without `vi` it is the same in both, as names are."""
        made = super().__new__(cls, en)
        made.vi = en if vi is None else vi
        return made


class Words(enum.Enum):
    """A set of sentences: English, Vietnamese; `{name}` stands for a fact."""

    def __init__(self, en: str, vi: str) -> None:
        """Name the two texts."""
        self.en = en
        self.vi = vi

    def of(self, **facts: object) -> Text:
        """Fill a sentence in; a fact that is a Text goes in by its language."""
        return Text(self.en.format_map(facts), self.vi.format_map(_vietnamese(facts)))


def _vietnamese(facts: Mapping[str, object]) -> dict[str, object]:
    return {name: vietnamese(fact) if isinstance(fact, str) else fact for name, fact in facts.items()}


def vietnamese(text: str) -> str:
    """Return a text in Vietnamese; one that is no Text is the same in both."""
    return text.vi if isinstance(text, Text) else text


def joined(between: str, texts: Iterable[str]) -> Text:
    """Put texts together, but empty ones."""
    parts = [text for text in texts if text]
    return Text(between.join(parts), between.join(map(vietnamese, parts)))
