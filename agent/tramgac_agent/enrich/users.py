"""Names of users by their numbers (getpwuid(3)); Windows tells names by itself."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_KEEP_S = 600.0
"""A lookup may ask a directory server over the network: the answer, also a no, is kept so long."""


def _from_system(uid: int) -> str:
    """The name; the number as text where there is none."""
    if sys.platform == "win32":
        return str(uid)
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except (KeyError, OSError):
        return str(uid)


class Users:
    """Numbers to names, remembered."""

    def __init__(
        self, look_up: Callable[[int], str] = _from_system, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Both are passed in by tests only."""
        self._look_up = look_up
        self._clock = clock
        self._known: dict[int, tuple[str, float]] = {}

    def name(self, uid: int | None) -> str:
        """The name, or the number as text; empty for None."""
        if uid is None:
            return ""
        now = self._clock()
        known = self._known.get(uid)
        if known is None or known[1] < now:
            known = self._known[uid] = (self._look_up(uid), now + _KEEP_S)
        return known[0]
