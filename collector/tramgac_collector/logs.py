"""A role's own log: JSON lines to `logs/ROLE.log` and to standard error. Text from hosts is escaped by JSON."""

from __future__ import annotations

import datetime as dt
import json
import logging
import logging.handlers
import sys
import threading
from collections import Counter
from types import TracebackType

import structlog
from structlog.typing import EventDict, Processor

from tramgac_collector.paths import StatePaths

_FILE_BYTES = 16 << 20
_FILES = 3


class _File(logging.handlers.RotatingFileHandler):
    """The role's file. While it cannot be written (a full disk) its lines stand on standard error alone.

    That is said there once, and how many lines are missing in the file once it takes them again.
    """

    missed = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        before = self.missed
        super().emit(record)
        if before and self.missed == before:
            self.missed = 0
            said = f"{before} lines are missing in this file; they stood on standard error"
            super().emit(logging.makeLogRecord({"msg": said, "levelname": "WARNING", "levelno": logging.WARNING}))

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Count what the disk did not take; anything else is logging's to tell."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)
            return
        if not self.missed:
            said = {"event": "the log file cannot be written", "file": self.baseFilename, "error": str(error)}
            sys.stderr.write(json.dumps(said) + "\n")
        self.missed += 1


def configure(paths: StatePaths, role: str) -> None:
    """Send everything this process logs (libraries' logs too) to the role's file and to standard error."""
    said = (_by(role), structlog.stdlib.add_log_level)
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=(*said, _stamped),
        processors=(
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ),
    )
    paths.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
    handlers: tuple[logging.Handler, ...] = (
        _File(paths.role_log(role), maxBytes=_FILE_BYTES, backupCount=_FILES),
        logging.StreamHandler(sys.stderr),
    )
    root = logging.getLogger()
    for handler in handlers:
        handler.setFormatter(formatter)
    root.handlers[:] = handlers
    root.setLevel(logging.INFO)
    structlog.configure(
        processors=(
            *said,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ),
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    sys.excepthook = _uncaught  # what ends the role stands in its file too


def _by(role: str) -> Processor:
    def add(_logger: object, _method: str, line: EventDict) -> EventDict:
        line.setdefault("role", role)
        return line

    return add


def _stamped(_logger: object, _method: str, line: EventDict) -> EventDict:
    """Give a library's line the time at which it was said, which is not that at which it is written."""
    said = dt.datetime.fromtimestamp(line["_record"].created, dt.UTC)
    line["timestamp"] = said.isoformat().replace("+00:00", "Z")
    return line


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    structlog.get_logger(__name__).critical("the role ends by a fault", exc_info=(kind, error, trace))


class Counts:
    """Named counters of a role. Everything that is refused or dropped is counted here; `snapshot` is logged."""

    def __init__(self) -> None:
        """Begin at zero."""
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def add(self, name: str, number: int = 1) -> None:
        """Count `number` more of `name`; from any thread."""
        with self._lock:
            self._counts[name] += number

    def __getitem__(self, name: str) -> int:
        """How many of `name` so far."""
        return self._counts[name]

    def snapshot(self) -> dict[str, int]:
        """All counters now."""
        with self._lock:
            return dict(self._counts)
