"""A thread for each target: steps as long as there is something, waits where a destination does not take it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from sqlalchemy.exc import SQLAlchemyError

from tramgac_collector.errors import EngineAway, QueryError
from tramgac_collector.export.errors import Away, Elsewhere
from tramgac_collector.export.notes import Note
from tramgac_collector.export.pump import Pump
from tramgac_collector.export.waiting import Waiting
from tramgac_collector.pairs import Both

LOOK_S = 1.0
"""A target that has all looks again after so long, seconds."""
_LOG = structlog.get_logger(__name__)


@dataclass(slots=True)
class Worker:
    """The work of one target until it is stopped."""

    pump: Pump
    stop: threading.Event
    waiting: Waiting = field(default_factory=Waiting)
    clock: Callable[[], int] = time.time_ns
    state: str = "waits"
    trouble: Both | None = None
    since: int = 0
    behind: int = 0

    def run(self) -> None:
        """Work until stopped."""
        while not self.stop.is_set():
            self.stop.wait(self.once())
        self.pump.close()

    def once(self) -> float:
        """Do a step; return how long to wait before the next, seconds."""
        try:
            more = self.pump.step()
            self._look()
        except (Away, Elsewhere) as error:
            asked = error.retry_after_s if isinstance(error, Away) else None
            return self._away(error.what, asked)
        except (SQLAlchemyError, EngineAway, QueryError, OSError) as error:
            return self._away(Both(str(error), str(error)))
        except Exception as error:  # noqa: BLE001 # bulkhead: one step of one target
            _LOG.exception("an export failed, nobody foresaw how; trying again", target=self.pump.name)
            return self._away(Both(repr(error), repr(error)))
        self.waiting.well()
        self.trouble, self.since = None, 0
        self.state = "sends" if more else "waits"
        return 0.0 if more else LOOK_S

    def _look(self) -> None:
        if self.pump.place is not None:
            self.behind = self.pump.source.behind(self.pump.place)

    def _away(self, what: Both, asked_s: float | None = None) -> float:
        self.pump.counts["retries"] += 1
        if self.trouble != what:
            _LOG.warning("not exported for now; trying again", target=self.pump.name, why=what.en)
        self.state, self.trouble, self.since = "away", what, self.since or self.clock()
        return self.waiting.next(asked_s)

    def note(self) -> Note:
        """Return how it stands."""
        trouble = self.trouble or Both("", "")
        return Note(self.pump.name, self.state, self.behind, trouble.en, trouble.vi, self.since)
