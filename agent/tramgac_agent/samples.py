"""Samples: the sensor process opens the very file that it hashed, or says why not.

A path is only a hint: what counts is the descriptor. Its identity must be the one that was hashed, it must be a
program or a script, and its content is hashed again from the descriptor that will travel.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tramgac_agent.enrich.identity import FileKey, FileSource, key_of, same_file
from tramgac_agent.errors import SampleRefused

if TYPE_CHECKING:
    from collections.abc import Callable

CHUNK = 256 * 1024
MAGICS = (b"\x7fELF", b"#!", b"MZ", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
SCRIPTS = frozenset(
    {".sh", ".bash", ".py", ".pl", ".rb", ".php", ".js", ".jse", ".vbs", ".vbe", ".wsf", ".hta"}
    | {".ps1", ".psm1", ".bat", ".cmd", ".jar", ".so", ".ko", ".service", ".desktop", ".lua"}
)


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file that was hashed: how to open it again, what must still be true then, and its name."""

    source: FileSource
    key: FileKey
    path: str


def open_hashed(known: KnownFile, sha256: bytes, limit: int) -> tuple[int, int]:
    """Open the file that was hashed: a descriptor at offset 0, which the caller closes, and its size.

    Raises SampleRefused: gone, changed, too_large, not_executable.
    """
    try:
        fd = known.source.open()
    except OSError as error:
        raise SampleRefused("gone") from error
    try:
        _check(fd, known, sha256, limit)
    except BaseException:
        os.close(fd)
        raise
    return fd, known.key.size


def _check(fd: int, known: KnownFile, sha256: bytes, limit: int) -> None:
    """The descriptor is the hashed file, a program or script, within the limit, and its content is unchanged."""
    key = key_of(fd)
    if not stat.S_ISREG(os.fstat(fd).st_mode) or not same_file(key, known.key):
        raise SampleRefused("changed")
    if key.size > limit:
        raise SampleRefused("too_large")
    if not _runs(fd, known.path):
        raise SampleRefused("not_executable")
    if _digest(fd, key.size) != sha256:
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
