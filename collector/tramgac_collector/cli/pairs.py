"""Sentences in English and Vietnamese, chosen by the locale."""

from __future__ import annotations

import enum
import os


class Pair(enum.Enum):
    """A set of sentences: English, Vietnamese; `{name}` stands for a parameter.

    A member is a pair, so a sentence without its translation does not type-check.
    """

    def __init__(self, en: str, vi: str) -> None:
        """Name the two texts."""
        self.en = en
        self.vi = vi


def vietnamese() -> bool:
    """Tell whether the locale (LC_ALL, LC_MESSAGES, LANG: the first that is set) asks for Vietnamese."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return locale.partition(".")[0].partition("_")[0] == "vi"


def say(word: Pair, **params: object) -> str:
    """Give the sentence in the person's language. Parameters are made visible: they may come from a host.

    Raises KeyError for a parameter that the sentence needs and that is not given.
    """
    from tramgac_collector.cli.terminal import visible

    shown = {name: visible(str(value)) for name, value in params.items()}
    return (word.vi if vietnamese() else word.en).format_map(shown)
