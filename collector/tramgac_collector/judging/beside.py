"""Work that a thread does beside the consumer, so that it holds up no alert."""

import threading
from collections import Counter
from collections.abc import Callable

import structlog
from sqlalchemy.exc import SQLAlchemyError
from tramgac_scan.errors import ScanError

_LOG = structlog.get_logger(__name__)
SLOW_LOOK_S = 5.0
"""There is a look this often even if nobody wakes it, seconds."""


def _nothing() -> None:
    """Hold nothing."""


class Beside(threading.Thread):
    """Looks whenever woken, and now and then without, until stopped.

    Args:
        name: the thread's.
        look: the work; what fails is tried again.
        counts: where `NAME_failures` is counted.
        close: ends what the work holds, a scanning child say, after the last look.
    """

    def __init__(
        self, name: str, look: Callable[[], object], counts: Counter[str], close: Callable[[], object] = _nothing
    ) -> None:
        """Make the thread; `start` starts it."""
        super().__init__(name=name, daemon=True)
        self.counts = counts
        self._look, self._close = look, close
        self._wake, self._stop_asked = threading.Event(), threading.Event()

    def wake(self) -> None:
        """Say that there may be something to do."""
        self._wake.set()

    def stopping(self) -> bool:
        """Tell whether the thread is to end: long work asks now and then."""
        return self._stop_asked.is_set()

    def finish(self) -> None:
        """Ask the thread to end after the piece of work that it is at, and do not wait."""
        self._stop_asked.set()
        self._wake.set()

    def stop(self) -> None:
        """End the thread after the piece of work that it is at."""
        self.finish()
        self.join(timeout=30)

    def run(self) -> None:
        """Look, again and again; close at last."""
        while self._go_on():
            try:
                self._look()
            except (SQLAlchemyError, ScanError, OSError) as error:
                self._failed()
                _LOG.warning("work beside the judge failed; trying again", work=self.name, error=str(error))
            except Exception:  # noqa: BLE001 # bulkhead: one look
                self._failed()
                _LOG.exception("work beside the judge failed, nobody foresaw how; trying again", work=self.name)
        self._close()

    def _failed(self) -> None:
        self.counts[f"{self.name}_failures"] += 1

    def _go_on(self) -> bool:
        """Wait until there may be something to do; whether there is to be a look."""
        self._wake.wait(SLOW_LOOK_S)
        self._wake.clear()
        return not self.stopping()
