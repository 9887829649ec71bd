"""The operating system's files, with what the outage lane wants to know of them. Not a lane itself.

How much a folder takes at every moment, not only when somebody looks; and a power cut that takes along all that no
fsync has made safe.
"""

from collections.abc import Callable
from pathlib import Path

from tramgac_wire.fs import OsFileSystem


class Metered(OsFileSystem):
    """Counts the bytes of the files that are written through it."""

    def __init__(
        self,
        wrote: Callable[[str, bytes], object] = lambda _path, _data: None,
        synced: Callable[[str], object] = lambda _path: None,
    ) -> None:
        """`wrote` is told of each file and what is written to it, `synced` of each whose data is safe now."""
        self.used = 0
        self.peak = 0
        """The most that there ever was, bytes."""
        self._wrote, self._synced = wrote, synced
        self._paths: dict[int, str] = {}
        self._sizes: dict[str, int] = {}
        self._safe: dict[str, int] = {}

    def create(self, path: str) -> int:
        """Create and count from nothing."""
        return self._opened(super().create(path), path)

    def open_write(self, path: str) -> int:
        """Open and count what is there."""
        return self._opened(super().open_write(path), path)

    def _opened(self, handle: int, path: str) -> int:
        self._paths[handle] = path
        self._sizes.setdefault(path, 0)
        return handle

    def write(self, handle: int, offset: int, data: bytes) -> None:
        """Write and count."""
        super().write(handle, offset, data)
        path = self._paths[handle]
        self._resize(path, max(self._sizes[path], offset + len(data)))
        self._wrote(path, data)

    def truncate(self, handle: int, size: int) -> None:
        """Cut and count."""
        super().truncate(handle, size)
        path = self._paths[handle]
        self._resize(path, size)
        self._safe[path] = min(size, self._safe.get(path, 0))

    def sync(self, handle: int) -> None:
        """Make safe, and say so."""
        super().sync(handle)
        path = self._paths[handle]
        self._safe[path] = self._sizes[path]
        self._synced(path)

    def close(self, handle: int) -> None:
        """Close."""
        super().close(handle)
        self._paths.pop(handle, None)

    def remove(self, path: str) -> None:
        """Remove and count."""
        super().remove(path)
        self._resize(path, 0)
        del self._sizes[path]
        self._safe.pop(path, None)

    def rename(self, old: str, new: str) -> None:
        """Rename; the handles follow."""
        super().rename(old, new)
        self._sizes[new], self._safe[new] = self._sizes.pop(old), self._safe.pop(old, 0)
        self._paths = {handle: new if path == old else path for handle, path in self._paths.items()}

    def _resize(self, path: str, size: int) -> None:
        self.used += size - self._sizes[path]
        self._sizes[path] = size
        self.peak = max(self.peak, self.used)

    def cut(self) -> None:
        """The power goes: close everything; each file ends where it was safe."""
        for handle in list(self._paths):
            self.close(handle)
        for path in list(self._sizes):
            self._resize(path, self._safe.get(path, 0))
            with Path(path).open("r+b") as file:
                file.truncate(self._sizes[path])
