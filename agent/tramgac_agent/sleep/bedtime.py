"""When to say last words before the machine sleeps, when to let it, and when to say that we are back. Pure."""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

HEARD_NS: Final = 2_000_000_000
"""The machine is held back no longer than this for the collector to hear it; it may wait five seconds at most."""
ABORTED_NS: Final = 60_000_000_000
"""Who ran for so long after it was to sleep did not."""


class Step(Enum):
    """What is to be done now."""

    NOTHING = auto()
    SAY = auto()
    """Say last words: the machine is about to sleep."""
    LET_GO = auto()
    """They were heard, or will not be in time: let it."""
    BACK = auto()
    """Say that we are back; and hold the machine back before its next sleep."""


class Bedtime:
    """Awake, about to sleep, or asleep. Times are nanoseconds of a clock that stands still while the machine sleeps."""

    def __init__(self) -> None:
        """Awake."""
        self._said: int | None = None
        self._let = False

    @property
    def said(self) -> bool:
        """Last words were said, and nothing after them yet."""
        return self._said is not None

    def step(self, now: int, word: bool | None, *, slept: bool, heard: bool) -> Step:  # noqa: FBT001 - as it was said
        """Take what is known.

        Args:
            now: The time.
            word: The login manager's: True, it will sleep; False, it did.
            slept: Our own clocks say that it did.
            heard: The collector has the last words.
        """
        over = self._said is not None and (word is False or now - self._said >= ABORTED_NS)
        if slept or over:
            self._said, self._let = None, False
            return Step.BACK
        if word:
            self._said, self._let = now, False
            return Step.SAY
        if self._said is not None and not self._let and (heard or now - self._said >= HEARD_NS):
            self._let = True
            return Step.LET_GO
        return Step.NOTHING
