"""A log that a thread of its own writes: for a process whose event loop waits for no disk and no pipe.

Lines wait in memory in the order in which they were said, and all are written before the block ends.
"""

from __future__ import annotations

import copy
import logging
import logging.handlers
import queue
import sys
from collections.abc import Iterator
from contextlib import contextmanager

MOST = 10_000
"""Lines that wait at most, where the disk stands still; how many more there were is said once it takes them again."""


class _Queued(logging.handlers.QueueHandler):
    """Hands lines over, as they are now; what they look like in the end is the other thread's work."""

    missed = 0

    def __init__(self, lines: queue.SimpleQueue[logging.LogRecord]) -> None:
        """Take the queue, which hands over in the order of its putting."""
        super().__init__(lines)
        self._lines = lines

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        """Copy a line, with what of it may change afterwards."""
        kept = copy.copy(record)
        if isinstance(record.msg, dict):  # structlog's, for its formatter
            line = dict(record.msg)
            if line.get("exc_info") is True:
                line["exc_info"] = sys.exc_info()  # the other thread handles none
            kept.msg = line
        else:
            kept.msg, kept.args = record.getMessage(), None
        return kept

    def enqueue(self, record: logging.LogRecord) -> None:
        """Hand a line over, or count it."""
        if self._lines.qsize() >= MOST:
            self.missed += 1
            return
        self.tell_missed()
        self._lines.put_nowait(record)

    def tell_missed(self) -> None:
        """Say how many lines there was no room for."""
        missed, self.missed = self.missed, 0
        if missed:
            said = f"{missed} lines are missing here: the log could not be written as fast"
            line = {"msg": said, "levelname": "WARNING", "levelno": logging.WARNING}
            self._lines.put_nowait(logging.makeLogRecord(line))


@contextmanager
def aside() -> Iterator[None]:
    """Have a thread write, inside the block, whatever this process logs to wherever it logs."""
    root = logging.getLogger()
    direct = tuple(root.handlers)
    lines: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    queued = _Queued(lines)
    listener = logging.handlers.QueueListener(lines, *direct)
    listener.start()
    root.handlers[:] = (queued,)
    try:
        yield
    finally:
        queued.tell_missed()
        listener.stop()
        root.handlers[:] = direct
        while not lines.empty():  # said by other threads meanwhile
            listener.handle(lines.get_nowait())
