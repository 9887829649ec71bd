"""Sentences that collector and agent write in English about themselves, in the person's language, as the page does."""

from __future__ import annotations

from contextlib import suppress

from tramgac_wire import said as sentences

from tramgac_collector.cli.pairs import vietnamese
from tramgac_collector.cli.times import local
from tramgac_collector.notify.words import Notify
from tramgac_collector.pairs import retold


def said(text: str) -> str:
    """Give the sentence in the person's language, or the text itself if it is none of ours."""
    told = sentences.said(text, vietnamese=vietnamese(), moment=_moment)
    return retold(text, Notify) if told == text and vietnamese() else told


def reasoned(line: str) -> str:
    """Give one line of a sensor's reasons, `RUNG: why it does not run`, in the person's language."""
    return sentences.reasoned(line, vietnamese=vietnamese())


def _moment(text: str) -> str:
    with suppress(ValueError):  # no time: it stays as it is
        return local(text)
    return text
