"""Directory handles to paths, for the file systems that are watched."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from tramgac_agent.sensors.linux import handles

if TYPE_CHECKING:
    from tramgac_agent.sensors.linux import notify

assert sys.platform == "linux"

_CACHE = 20_000
"""Directories remembered; some 150 bytes each."""


class HandleSource(NamedTuple):
    """A file by its handle: the very file, whatever it is called now."""

    mount: handles.MountPoint
    handle: bytes

    def open(self) -> int:
        """A readable descriptor. Raises OSError."""
        return self.mount.open(self.handle)


class Places:
    """The watched file systems and the directories seen in them."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._mounts: dict[bytes, handles.MountPoint] = {}
        self._paths: dict[tuple[bytes, bytes], bytes] = {}

    def add(self, mount_point: str) -> None:
        """Turn handles of this file system into paths below this mount. Raises OSError."""
        filesystem = os.statvfs(mount_point).f_fsid.to_bytes(8, sys.byteorder)
        known = self._mounts.get(filesystem)
        if known is None or not known.there:
            self._mounts[filesystem] = handles.MountPoint(mount_point)
            self.forget()

    def mount_points(self) -> list[str]:
        """What was added."""
        return [mount.path_text for mount in self._mounts.values()]

    def path(self, named: notify.Named | None) -> bytes:
        """The full path; the name alone where the directory is gone already; empty for None."""
        if named is None:
            return b""
        key = (named.filesystem, named.directory)
        folder = self._paths.get(key)
        if folder is None:
            folder = self._look_up(named)
            if folder is None:
                return named.name
            self.learn(key, folder)
        return folder + b"/" + named.name

    def _look_up(self, named: notify.Named) -> bytes | None:
        mount = self._mounts.get(named.filesystem)
        path = mount.path(named.directory) if mount is not None else None
        if path is None or path.endswith(" (deleted)"):
            return None
        return os.fsencode("" if path == "/" else path)

    def learn(self, key: tuple[bytes, bytes], folder: bytes) -> None:
        """The path of a directory, from its own creation: no call into the kernel is needed later."""
        if len(self._paths) >= _CACHE:
            self._paths.clear()
        self._paths[key] = folder

    def forget(self) -> None:
        """A directory got another name: what is below it has another path now."""
        self._paths.clear()

    def source(self, named: notify.Named, target: bytes) -> HandleSource | None:
        """How to open the file itself."""
        mount = self._mounts.get(named.filesystem)
        return HandleSource(mount, target) if mount is not None and target else None

    def close(self) -> None:
        """Let go of all mounts."""
        self._mounts.clear()
        self._paths.clear()
