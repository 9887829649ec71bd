"""The last rung for files, any system, no rights: directory watches by watchdog, on few folders.

Without the process, and with losses: 8 to 55 % of renames are missed in fresh directories (measured),
and above some thousand directories watchdog 7.1 can overrun itself (it opens what it watches, and
watches what it opens). So: our own mask without opens, and at most 2,000 directories.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections import deque
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from tramgac_proto.event_pb2 import MECHANISM_WATCH
from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

from tramgac_agent.enrich.identity import PathSource
from tramgac_agent.enrich.text import clean
from tramgac_agent.observations import CANARY_PREFIX, CREATED, DELETED, INVALID_TEXT, OWN, RENAMED, WRITTEN, FileChange
from tramgac_agent.sensors.base import Probe
from tramgac_agent.sensors.errors import ProbeError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from watchdog.observers.api import BaseObserver

    from tramgac_agent.observations import Observation
    from tramgac_agent.sensors.base import Setting

MAX_DIRECTORIES = 2_000
_QUEUE = 50_000
# inotify tells when a file that was written is closed; the other systems only that it changed.
_WRITE = FileClosedEvent if sys.platform == "linux" else FileModifiedEvent
_CHANGES: Mapping[type[FileSystemEvent], int] = {
    FileCreatedEvent: CREATED,
    _WRITE: WRITTEN,
    FileDeletedEvent: DELETED,
    FileMovedEvent: RENAMED,
}
# Directories make no events of ours, but new ones must be watched too.
_WANTED: list[type[FileSystemEvent]] = [*_CHANGES, DirCreatedEvent, DirDeletedEvent, DirMovedEvent]
_USUAL = (
    ("~/AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Startup", "~/AppData/Local/Temp", "~/Downloads")
    if sys.platform == "win32"
    else ("/tmp", "/var/tmp", "/dev/shm", "/etc/cron.d", "~/.ssh", "~/.config", "~/.local/bin", "~/Downloads")  # noqa: S108 - watched, not written
)
"""Where things are dropped and made to last, watched when no folders are named."""


class _Overflows(logging.Filter):
    """watchdog tells of a full queue only in its log: count it there, and keep its log out of ours."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def filter(self, record: logging.LogRecord) -> bool:
        self.count += "overflow" in record.msg
        return False


class _Collector(FileSystemEventHandler):
    """Takes events in watchdog's threads."""

    def __init__(self) -> None:
        self.queue: deque[tuple[int, FileSystemEvent]] = deque()
        self.lost = 0

    def dispatch(self, event: FileSystemEvent) -> None:
        if len(self.queue) >= _QUEUE:
            self.lost += 1
        elif not event.is_directory:
            self.queue.append((time.time_ns(), event))


def _size(folder: str, most: int) -> int:
    """Directories at and below a folder, counted to one more than `most`; 0 if it is none that can be read."""
    return sum(1 for _ in islice(os.walk(folder), most + 1)) if Path(folder).is_dir() else 0


class WatchFiles:
    """Rung `watch` of the capability file."""

    capability = "file"
    rung = "watch"
    mechanism = MECHANISM_WATCH

    def __init__(self, setting: Setting) -> None:
        """Keep the setting."""
        self._scope = setting.scope
        left_out = (setting.state, *setting.scope.exclude)
        self._excluded = tuple(os.path.join(folder, "") for folder in left_out if folder)  # noqa: PTH118 - a prefix
        self._collector = _Collector()
        self._overflows = _Overflows()
        self._observer: BaseObserver | None = None
        self._folders: list[str] = []
        self._left_out: list[str] = []
        self._filtered = 0

    def _choose(self) -> list[str]:
        """Folders that fit under the limit. Raises ProbeError if there are none."""
        if self._scope.narrowed and not self._scope.folders:
            raise ProbeError("scope: names no folder")
        named = self._scope.folders or [os.path.expanduser(folder) for folder in _USUAL]  # noqa: PTH111 - texts
        room = MAX_DIRECTORIES
        chosen = []
        self._left_out = []
        for folder in named:
            size = _size(folder, room)
            if 0 < size <= room:
                room -= size
                chosen.append(folder)
            elif size:
                self._left_out.append(f"{clean(folder)[0]} (more than {room} directories are left for it)")
            elif self._scope.folders:
                self._left_out.append(f"{clean(folder)[0]} (no folder that can be read)")
        if not chosen:
            raise ProbeError(f"no folder with at most {MAX_DIRECTORIES} directories among {', '.join(named)}")
        return chosen

    def probe(self) -> Probe:
        """Count directories and try to watch them."""
        try:
            self.start()
        except ProbeError as error:
            return Probe(ok=False, reason=error.reason, install=error.install)
        finally:
            self.stop()
        return Probe(ok=True)

    def start(self) -> None:
        """Watch. Raises ProbeError."""
        self._folders = self._choose()
        logging.getLogger("watchdog").addFilter(self._overflows)
        logging.getLogger("watchdog.observers.inotify").addFilter(self._overflows)
        observer = Observer()
        try:
            for folder in self._folders:
                observer.schedule(self._collector, folder, recursive=True, event_filter=_WANTED)
            observer.start()
        except OSError as error:
            reason = f"folders cannot be watched: {error}"
            raise ProbeError(reason, "raise fs.inotify.max_user_watches") from error
        self._observer = observer

    def drain(self, budget: int) -> Sequence[Observation]:
        """Changes in the order in which watchdog told them."""
        found: list[Observation] = []
        queue = self._collector.queue
        while queue and len(found) < budget:
            at, event = queue.popleft()
            change = _CHANGES.get(type(event))
            if change is not None:
                self._take(at, event, change, found)
        return found

    def _take(self, at: int, event: FileSystemEvent, change: int, found: list[Observation]) -> None:
        here, before = os.fsdecode(event.src_path), ""
        if change == RENAMED:
            here, before = os.fsdecode(event.dest_path), here
        flags = OWN if os.path.basename(here).startswith(CANARY_PREFIX) else 0  # noqa: PTH119 - hot, a text
        if not flags and here.startswith(self._excluded):
            self._filtered += 1
            return
        path, bad_path = clean(here)
        previous, bad_previous = clean(before)
        if bad_path or bad_previous:
            flags |= INVALID_TEXT
        source = PathSource(here) if change == WRITTEN else None
        found.append(FileChange(at, 0, change, path, previous, source, flags))

    def wake(self) -> int | None:
        """Nothing wakes it."""
        return None

    def check(self) -> str:
        """Whether watchdog's threads live."""
        if self._observer is None:
            return "watchdog is not running"
        dead = [e for e in self._observer.emitters if not e.is_alive()]
        return f"{len(dead)} of watchdog's threads ended" if dead or not self._observer.is_alive() else ""

    def unseen(self) -> str:
        """All but a few folders: which they are, and which were to be watched and are not."""
        left_out = f", not {', '.join(self._left_out)}" if self._left_out else ""
        return f"files are watched in {', '.join(clean(folder)[0] for folder in self._folders)} alone{left_out}"

    def missed(self) -> Mapping[str, int]:
        """queue_overflow; filter: the agent's own folder and excluded ones."""
        return {"queue_overflow": self._overflows.count + self._collector.lost, "filter": self._filtered}

    def canary_folder(self) -> str | None:
        """The first watched folder that may be written."""
        return next((folder for folder in self._folders if os.access(folder, os.W_OK)), None)

    def stop(self) -> None:
        """End watchdog's threads."""
        if self._observer is not None:
            self._observer.stop()
            self._observer.join(5)
        self._observer = None
        for name in ("watchdog", "watchdog.observers.inotify"):
            logging.getLogger(name).removeFilter(self._overflows)
