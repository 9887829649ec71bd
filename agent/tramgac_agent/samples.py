"""Samples: the sensor process opens the very file that it hashed, or says why not.

A path is only a hint: what counts is the descriptor. Its identity must be the one that was hashed, it must be a
program or a script, and its content is hashed again from the descriptor that will travel.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass

from tramgac_agent.errors import SampleRefused

CHUNK = 256 * 1024
MAGICS = (b"\x7fELF", b"#!", b"MZ", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
SCRIPTS = frozenset(
    {".sh", ".bash", ".py", ".pl", ".rb", ".php", ".js", ".jse", ".vbs", ".vbe", ".wsf", ".hta"}
    | {".ps1", ".psm1", ".bat", ".cmd", ".jar", ".so", ".ko", ".service", ".desktop", ".lua"}
)


@dataclass(frozen=True, slots=True)
class FileIdentity:
    """A file as it was when it was hashed: the path by which to open it and what must still be true then."""

    path: str
    device: int
    inode: int
    size: int
    mtime_ns: int


def open_hashed(identity: FileIdentity, sha256: bytes, limit: int) -> int:
    """Open the file that was hashed; a descriptor at offset 0 that the caller closes.

    Raises:
        SampleRefused: gone, changed, too_large, not_executable.
    """
    # O_NONBLOCK: a fifo that took the file's place must not hold us.
    flags = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    flags |= getattr(os, "O_BINARY", 0) | getattr(os, "O_NOATIME", 0)
    try:
        fd = _open(identity.path, flags)
    except OSError as error:
        raise SampleRefused("gone") from error
    try:
        _check(fd, identity, sha256, limit)
    except BaseException:
        os.close(fd)
        raise
    return fd


def _open(path: str, flags: int) -> int:
    """Open without touching the access time where we may (O_NOATIME needs the owner or CAP_FOWNER)."""
    try:
        return os.open(path, flags)
    except PermissionError:
        return os.open(path, flags & ~getattr(os, "O_NOATIME", 0))


def _check(fd: int, identity: FileIdentity, sha256: bytes, limit: int) -> None:
    """The descriptor is the hashed file, a program or script, within the limit, and its content is unchanged."""
    facts = os.fstat(fd)
    seen = (facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns)
    if not stat.S_ISREG(facts.st_mode):
        raise SampleRefused("changed")
    if seen != (identity.device, identity.inode, identity.size, identity.mtime_ns):
        raise SampleRefused("changed")
    if facts.st_size > limit:
        raise SampleRefused("too_large")
    if not _runs(fd, identity.path):
        raise SampleRefused("not_executable")
    if _digest(fd, facts.st_size) != sha256:
        raise SampleRefused("changed")


def _runs(fd: int, path: str) -> bool:
    """A program or a script by its first bytes or its name: never a document, whatever its mode bits say."""
    os.lseek(fd, 0, os.SEEK_SET)
    head = os.read(fd, 8)
    return head.startswith(MAGICS) or os.path.splitext(path)[1].lower() in SCRIPTS  # noqa: PTH122 - may hold any bytes


def _digest(fd: int, size: int) -> bytes:
    """SHA-256 of at most `size` + 1 bytes from the start; the offset is 0 again afterwards."""
    os.lseek(fd, 0, os.SEEK_SET)
    digest = hashlib.sha256()
    left = size + 1
    while left > 0 and (data := os.read(fd, min(CHUNK, left))):
        digest.update(data)
        left -= len(data)
    os.lseek(fd, 0, os.SEEK_SET)
    return digest.digest()


class Budget:
    """A bucket of bytes that fills at a steady rate: how long to wait before the next chunk.

    Args:
        rate: Bytes a second; 0 sends nothing.
        clock: Monotonic seconds.
    """

    def __init__(self, rate: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Start full: one second's worth."""
        self._rate = rate
        self._clock = clock
        self._level = float(rate)
        self._at = clock()

    def wait(self, size: int) -> float:
        """Take `size` bytes; seconds to wait before they may go (the level may become negative: a debt)."""
        if self._rate <= 0:
            raise SampleRefused("budget")
        now = self._clock()
        self._level = min(float(self._rate), self._level + (now - self._at) * self._rate)
        self._at = now
        self._level -= size
        return max(0.0, -self._level / self._rate)
