"""Version 2 control groups: where they are mounted, the id and depth of one, the path of an id."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from tramgac_agent.sensors.errors import ProbeError
from tramgac_agent.sensors.linux import handles, mounts

assert sys.platform == "linux"

_KERNFS_HANDLE = 0xFE
"""FILEID_KERNFS of include/linux/exportfs.h: the handle is the 64-bit id."""


class Group(NamedTuple):
    """A control group."""

    id: int
    """What the kernel's programs call it: the directory's inode."""
    level: int
    """Depth below the root of the hierarchy, which is 0."""


@cache
def hierarchy() -> Path | None:
    """Where the version 2 hierarchy is mounted (hybrid systems: not /sys/fs/cgroup); None if it is not."""
    for mount in mounts.read():
        if mount.kind == "cgroup2":
            return Path(mount.point)
    return None


def group(path: str) -> Group:
    """The control group of this directory. Raises ProbeError."""
    root = hierarchy()
    folder = Path(path)
    if root is None or not folder.is_relative_to(root):
        reason = f"scope: {path} is not in a mounted version 2 hierarchy ({root or 'none is mounted'})"
        raise ProbeError(reason)
    try:
        return Group(folder.stat().st_ino, len(folder.relative_to(root).parts))
    except OSError as error:
        reason = f"scope: {path}: {error.strerror}"
        raise ProbeError(reason) from error


class GroupNames:
    """Ids to paths within the hierarchy, as /proc/PID/cgroup writes them; remembers what it found."""

    def __init__(self) -> None:
        """Open the hierarchy, if there is one."""
        self._known: dict[int, str] = {}
        root = hierarchy()
        self._root = str(root) if root is not None else ""
        self._mount: handles.MountPoint | None = handles.MountPoint(self._root) if root is not None else None

    def name(self, group_id: int) -> str:
        """The path, `/` for the root; empty if it is not known (the group is gone)."""
        if not group_id or self._mount is None:
            return ""
        known = self._known.get(group_id)
        if known is None:
            known = self._look_up(group_id)
            if len(self._known) >= 10_000:  # noqa: PLR2004 - bounds the memory; groups come and go
                self._known.clear()
            self._known[group_id] = known
        return known

    def _look_up(self, group_id: int) -> str:
        assert self._mount is not None
        path = self._mount.path(handles.make(_KERNFS_HANDLE, group_id.to_bytes(8, sys.byteorder)))
        if path is None or path.endswith(" (deleted)"):
            return ""
        return str(PurePosixPath("/") / PurePosixPath(path).relative_to(self._root))
