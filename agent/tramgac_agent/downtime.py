"""Until when the agent has accounted for what it saw: so that the next one can say for how long nobody vouches.

Losses are counted in memory and told by health reports. Whoever is killed takes the counts since its last report along,
so the time that nobody vouches for begins with that report, not with the end.
"""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Final

from tramgac_wire import whole

from tramgac_agent.spool import SYNC_S

if TYPE_CHECKING:
    from pathlib import Path

REPORT_NS: Final = 60_000_000_000
"""How often health is reported at least."""
UNSAFE_NS: Final = SYNC_S * 1_000_000_000
"""What was reported later than this before a power cut may be gone with it, the report too."""
UNWRITTEN_NS: Final = 40_000_000_000
"""A report may come so late, and `alive`, which is synced with it, may be older by so much where the disk is slow."""


class Downtime:
    """Keeps `alive` in the state folder: {"at": nanoseconds since 1970, "boot": text, "clean": it ended then}."""

    def __init__(self, path: Path, boot: str) -> None:
        """Touch nothing yet."""
        self._path = path
        self._boot = boot
        self._written = 0

    def gaps(self, now: int, booted: int) -> list[tuple[int, int]]:
        """From when to when this host may have run with nobody to account for it; empty if it never had an agent.

        A machine that is off does nothing: of another boot counts only what one that lost power may not have told.
        """
        try:
            last = json.loads(self._path.read_bytes())
            at, boot, clean = int(last["at"]), str(last["boot"]), bool(last["clean"])
        except (OSError, ValueError, KeyError, TypeError):
            return []
        if boot == self._boot:
            found = [(at, now)]
        else:
            lost = (at - UNSAFE_NS, min(at + UNWRITTEN_NS + REPORT_NS, booted))
            found = [(booted, now)] if clean else [lost, (booted, now)]
        return [(first, last) for first, last in found if first < last]

    def due(self, at: int) -> bool:
        """Whether a report of this time is new: it must be safe in the spool before it is told here."""
        return at != self._written

    def reported(self, at: int, *, clean: bool = False) -> None:
        """All up to `at` is accounted for by a report in the spool; `clean` if it is the last."""
        if not self.due(at) and not clean:
            return
        self._written = at
        told = json.dumps({"at": at, "boot": self._boot, "clean": clean})
        with contextlib.suppress(OSError):  # the next one then believes an earlier report
            whole.write(self._path, told.encode(), mode=0o640)  # synced: XFS would leave it empty
