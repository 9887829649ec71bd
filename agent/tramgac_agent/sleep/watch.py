"""The sensor process's end of all that: its loop turns it and does what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tramgac_agent.sleep.bedtime import Bedtime, Step
from tramgac_agent.sleep.clock import Ahead, Slept, ahead
from tramgac_agent.sleep.login import Login

if TYPE_CHECKING:
    from collections.abc import Callable

WORDS: Final = "the machine goes to sleep"
"""Last words before a sleep."""


class SleepWatch:
    """Holds the machine back until last words were heard.

    Args:
        bus: The system bus's socket; empty: nobody says beforehand that the machine sleeps.
        heard: Whether the collector has all that is urgent.
        ahead: How long the machine slept.
    """

    def __init__(self, bus: str, heard: Callable[[], bool], ahead: Ahead = ahead) -> None:
        self._login = Login(bus)
        self._heard = heard
        self._slept = Slept(ahead)
        self._bedtime = Bedtime()

    @property
    def said(self) -> bool:
        """Last words were said, and nothing may be said after them before we are back."""
        return self._bedtime.said

    def filenos(self) -> tuple[int, ...]:
        """Descriptors worth waking up for."""
        found = self._login.fileno()
        return () if found is None else (found,)

    def turn(self, now: int) -> Step:
        """What the loop is to do: SAY, BACK, or nothing."""
        word, slept = self._login.turn(now), self._slept.look()
        step = self._bedtime.step(now, word, slept=slept, heard=self.said and self._heard())
        if step is Step.LET_GO:
            self._login.let_go()
        elif step is Step.BACK:
            self._login.hold()
        return step

    def close(self) -> None:
        """Let the machine sleep without us."""
        self._login.close()
