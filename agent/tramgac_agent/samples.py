"""Samples: the sensor process opens the very file that it hashed, or says why not.

A path is only a hint: what counts is the descriptor. Its identity must be the one that was hashed, it must be a
program or a script, and its content is hashed again from the descriptor that will travel.
"""

from __future__ import annotations

import hashlib
import logging
import os
import queue
import stat
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tramgac_agent.enrich.identity import FileKey, FileSource, key_of, same_file
from tramgac_agent.errors import SampleRefused
from tramgac_agent.packets import NoSample, Sample

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger(__name__)
CHUNK = 256 * 1024
MAX_ASKS = 32
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
    except (SampleRefused, OSError):
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


class SampleDesk:
    """Opens asked-for files in a thread of its own, so that hashing a large one holds up no sensor.

    Args:
        find: SHA-256 to the file that was hashed; called in the caller's thread.
        limit: Largest sample that is ever sent, bytes.
    """

    def __init__(self, find: Callable[[bytes], KnownFile | None], limit: int) -> None:
        self._find = find
        self._limit = limit
        self._asks: queue.Queue[tuple[bytes, KnownFile, int] | None] = queue.Queue(MAX_ASKS)
        self._answers: queue.SimpleQueue[Sample | NoSample] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="samples", daemon=True)
        self._thread.start()

    def ask(self, sha256: bytes, limit: int) -> None:
        """Take an order; its answer comes from answers()."""
        known = self._find(sha256)
        if known is None:
            self._answers.put(NoSample(sha256, "gone"))
            return
        try:
            self._asks.put_nowait((sha256, known, min(limit, self._limit)))
        except queue.Full:
            self._answers.put(NoSample(sha256, "budget"))

    def answers(self) -> list[Sample | NoSample]:
        """What was opened or refused since the last call; the caller closes the descriptors."""
        found: list[Sample | NoSample] = []
        with suppress(queue.Empty):
            while True:
                found.append(self._answers.get_nowait())
        return found

    def close(self) -> None:
        """Stop, and close what nobody took."""
        while self._thread.is_alive():
            with suppress(queue.Full):
                self._asks.put(None, timeout=0.1)
                break
        self._thread.join()
        for answer in self.answers():
            if isinstance(answer, Sample):
                os.close(answer.fd)

    def _work(self) -> None:
        while ask := self._asks.get():
            sha256, known, limit = ask
            try:
                fd, size = open_hashed(known, sha256, limit)
                self._answers.put(Sample(sha256, size, fd))
            except SampleRefused as refusal:
                self._answers.put(NoSample(sha256, refusal.reason))
            except OSError:
                self._answers.put(NoSample(sha256, "changed"))
            except Exception:  # noqa: BLE001 # bulkhead: a file that cannot be opened for the collector stops no other
                _log.exception("%r could not be opened as a sample", known.path)
                self._answers.put(NoSample(sha256, "changed"))


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
