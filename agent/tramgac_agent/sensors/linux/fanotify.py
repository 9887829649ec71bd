"""Files by fanotify: each create, write-close, rename and delete on whole file systems, with its process.

Names are those at the time of the event; of directories, those when they were first looked up. The
one hole: files deleted together with a directory that was never seen before have only their name, and are flagged late.
"""

from __future__ import annotations

import errno
import os
import select
import sys
import time
from typing import TYPE_CHECKING

from tramgac_proto.event_pb2 import MECHANISM_FANOTIFY

from tramgac_agent.enrich.identity import FileSource, PathSource
from tramgac_agent.enrich.text import clean, decode
from tramgac_agent.observations import (
    CANARY_PREFIX,
    CREATED,
    DELETED,
    INVALID_TEXT,
    LATE,
    OWN,
    RENAMED,
    WRITTEN,
    FileChange,
    Opened,
)
from tramgac_agent.sensors.base import Probe
from tramgac_agent.sensors.errors import ProbeError, SensorError
from tramgac_agent.sensors.linux import mounts, notify, places

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tramgac_agent.observations import Observation
    from tramgac_agent.sensors.base import Setting

assert sys.platform == "linux"

# Openings of programs make no events: they tell as which program a process did what stands before and after them.
_COMMON = notify.CREATE | notify.DELETE | notify.CLOSE_WRITE | notify.ONDIR | notify.OPEN_EXEC
_MOVED = notify.MOVED_FROM | notify.MOVED_TO
_CHANGES = (
    (notify.CREATE, CREATED),
    (notify.CLOSE_WRITE, WRITTEN),
    (notify.DELETE, DELETED),
    (notify.RENAME | _MOVED, RENAMED),
)

_NAMED, _LONGEST = 6, 100
"""File systems that a report names, and characters of the name of each."""


class FanotifyFiles:
    """Rung `fanotify` of the capability file."""

    capability = "file"
    rung = "fanotify"
    mechanism = MECHANISM_FANOTIFY

    def __init__(self, setting: Setting, *, by_target: bool = True) -> None:
        """Keep the setting; `by_target=False` behaves as kernels before 5.17 do."""
        self._scope = setting.scope
        self._own = frozenset(setting.own_pids)
        self._state = setting.state
        left_out = (setting.state, *setting.scope.exclude)
        self._excluded = tuple(os.fsencode(folder.rstrip("/") + "/") for folder in left_out if folder)
        self._by_target = by_target
        self._fd = -1
        self._places = places.Places()
        self._marked: set[tuple[int, int]] = set()
        self._unwatched: list[mounts.Mount] = []
        self._mountinfo: int = -1
        self._from: dict[int, notify.Happening] = {}
        self._empty = 0
        self._filtered = 0
        self._overflows = 0

    def probe(self) -> Probe:
        """Open a group and mark what would be marked."""
        try:
            self.start()
        except ProbeError as error:
            return Probe(ok=False, reason=error.reason, install=error.install)
        except SensorError as error:
            return Probe(ok=False, reason=str(error))
        finally:
            self.stop()
        return Probe(ok=True)

    def start(self) -> None:
        """Open the group and mark the file systems. Raises SensorError."""
        try:
            self._empty = time.time_ns()
            self._fd = self._open_group()
            if self._scope.narrowed and not self._scope.mounts:
                self.stop()
                raise ProbeError("scope: names no mount, and fanotify watches whole file systems")
            self._mark_all()
        except OSError as error:
            self.stop()
            if error.errno in {errno.EPERM, errno.EACCES}:
                raise ProbeError("not permitted", "needs root or CAP_SYS_ADMIN+CAP_DAC_READ_SEARCH") from error
            raise ProbeError(f"{error.strerror}") from error
        if not self._marked:
            self.stop()
            raise ProbeError("no file system here can be watched")
        self._mountinfo = os.open("/proc/self/mountinfo", os.O_RDONLY | os.O_CLOEXEC)

    def _open_group(self) -> int:
        if self._by_target:
            try:
                return notify.open_group(notify.BY_NAME_AND_TARGET)
            except OSError as error:
                if error.errno != errno.EINVAL:
                    raise
                self._by_target = False
        return notify.open_group(notify.BY_NAME)

    def _mark_all(self) -> None:
        """Mark what is mounted. Raises OSError if a file system that was asked for cannot be.

        All of it each time: a mark goes with its file system, and whatever is mounted next may have the same numbers.
        """
        asked = self._scope.mounts
        mask = _COMMON | (notify.RENAME if self._by_target else _MOVED)
        found = mounts.read()
        chosen = [m for m in found if m.point in asked] if asked else mounts.watchable(found)
        missing = set(asked) - {m.point for m in chosen}
        if missing:
            raise OSError(errno.ENOENT, f"scope: not a mount point: {', '.join(sorted(missing))}")
        self._places.forget()
        self._marked.clear()
        refused = []
        for mount in chosen:
            try:
                notify.mark(self._fd, mask, mount.point)
                self._places.add(mount.point)
            except OSError as error:
                # Some file systems have no handles, or several numbers (subvolumes): what was asked for must be there.
                if asked or error.errno == errno.EPERM:
                    raise
                refused.append(mount)
                continue
            self._marked.add(mount.device)
        self._unwatched = [] if asked else [*refused, *mounts.others(found)]

    def drain(self, budget: int) -> Sequence[Observation]:
        """Changes in the order of the kernel's queue. `at` is when they were read: the kernel gives no time.

        `after` is when the queue was last seen empty.
        """
        if self._fd < 0:
            return []
        self._look_for_mounts()
        found: list[Observation] = []
        while len(found) < budget:
            before = time.time_ns()
            happenings = notify.read(self._fd)
            if not happenings:
                self._empty = before
                break
            now = time.time_ns()
            for happening in happenings:
                self._take(happening, now, found)
        return found

    def _look_for_mounts(self) -> None:
        """The kernel flags mountinfo as changed (proc_pid_mountinfo(5)) when something was mounted."""
        poll = select.poll()
        poll.register(self._mountinfo, select.POLLPRI)
        if poll.poll(0) and not self._scope.mounts:
            os.pread(self._mountinfo, 1, 0)
            self._mark_all()

    def _take(self, h: notify.Happening, now: int, found: list[Observation]) -> None:
        if h.mask & notify.OVERFLOW:
            self._overflows += 1
            return
        if h.mask & notify.ONDIR:
            self._directory(h)
            return
        if h.mask & notify.MOVED_FROM:
            # Before 5.17 a rename is two events, each perhaps merged with what happened under that name.
            self._from[h.pid] = h
            h = h._replace(mask=h.mask & ~notify.MOVED_FROM)
        elif h.mask & notify.MOVED_TO:
            old = self._from.pop(h.pid, None)
            h = h._replace(before=old.here if old is not None else None)
        self._change(h, now, found)
        if h.mask & notify.OPEN_EXEC and h.pid not in self._own:
            found.append(Opened(now, h.pid, decode(self._places.path(h.here))[0], self._empty))

    def _change(self, h: notify.Happening, now: int, found: list[Observation]) -> None:
        changes = 0
        for bit, change in _CHANGES:
            if h.mask & bit:
                changes |= change
        if not changes:
            return
        raw, raw_before = self._places.path(h.here), self._places.path(h.before)
        flags = self._kept(h.pid, raw, raw_before)
        if flags is None:
            self._filtered += 1
            return
        path, bad_path = decode(raw)
        before, bad_before = decode(raw_before)
        if bad_path or bad_before:
            flags |= INVALID_TEXT
        if not raw.startswith(b"/"):
            flags |= LATE
        source: FileSource | None = None
        if changes & WRITTEN and h.here is not None:
            source = self._places.source(h.here, h.target) or PathSource(os.fsdecode(raw))
        found.append(FileChange(now, h.pid, changes, path, before, source, flags, self._empty))

    def _directory(self, h: notify.Happening) -> None:
        """Directories make no events, but paths depend on them."""
        if h.mask & (notify.RENAME | _MOVED):
            self._places.forget()
        elif h.mask & notify.CREATE and h.target and h.here is not None:
            path = self._places.path(h.here)
            if path.startswith(b"/"):
                self._places.learn((h.here.filesystem, h.target), path)

    def _kept(self, pid: int, path: bytes, before: bytes) -> int | None:
        """Flags of a change that is to be reported; None for one that is left out."""
        if pid in self._own:
            return OWN if path.rsplit(b"/", 1)[-1].startswith(CANARY_PREFIX.encode()) else None
        if path.startswith(self._excluded) and (not before or before.startswith(self._excluded)):
            return None
        return 0

    def wake(self) -> int | None:
        """Nothing: it would be readable at every single event. Turns come within 0.5 s: it holds 32,000/s."""
        return None

    def check(self) -> str:
        """Whether the group is there with its marks (proc(5), fdinfo)."""
        try:
            with open(f"/proc/self/fdinfo/{self._fd}", "rb") as file:  # noqa: PTH123 - no object for two lines
                marks = file.read().count(b"fanotify sdev:")
        except OSError as error:
            return f"the notification group is gone: {error.strerror}"
        return "" if marks >= len(self._marked) else f"{len(self._marked) - marks} marks are gone"

    def unseen(self) -> str:
        """File systems of the whole machine on which changes are not seen, a few of them by name."""
        named = [f"{clean(mount.point)[0][:_LONGEST]} ({mount.kind})" for mount in self._unwatched]
        more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
        return f"files are not watched on {', '.join(named[:_NAMED])}{more}" if named else ""

    def missed(self) -> Mapping[str, int]:
        """queue_overflow: how often, not how much; filter: the agent's own files and excluded folders."""
        return {"queue_overflow": self._overflows, "filter": self._filtered}

    def canary_folder(self) -> str | None:
        """The state folder where its file system is watched, else a watched mount."""
        points = self._places.mount_points()
        for folder in (self._state, *points):
            try:
                device = os.stat(folder).st_dev  # noqa: PTH116 - no Path for one number
            except OSError:
                continue
            if (os.major(device), os.minor(device)) in self._marked:
                return folder
        return None

    def stop(self) -> None:
        """Close the group; the kernel drops its marks."""
        for fd in (self._fd, self._mountinfo):
            if fd >= 0:
                os.close(fd)
        self._fd = self._mountinfo = -1
        self._marked.clear()
        self._places.close()
        self._places = places.Places()
