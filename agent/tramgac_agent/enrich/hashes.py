"""SHA-256 of programs and scripts, by file identity, in a thread of its own (hashlib lets others run).

A file is read once: what has the same device, inode, times and size has the same hash. A hash is
taken from a descriptor, and the identity is looked at again afterwards.
"""

from __future__ import annotations

import hashlib
import logging
import os
import queue
import stat
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from tramgac_agent.enrich.identity import FileKey, FileSource, key_of, same_file
from tramgac_agent.samples import MAGICS, SCRIPTS, KnownFile

if TYPE_CHECKING:
    from collections.abc import Sequence

_log = logging.getLogger(__name__)
MAX_BYTES = 256_000_000
"""Larger files are not hashed: a quarter of a second each."""
_REMEMBERED = 10_000
_WAITING = 1_000
_CHUNK = 1 << 20
_DOCUMENTS = (b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")
"""What is never hashed, whatever its mode bits say: on file systems without modes everything may be run."""


class Hash:
    """A hash that is being taken. Read `done` first."""

    __slots__ = ("done", "late", "path", "sha256", "size", "sources", "strict", "wanted")

    def __init__(self, sources: Sequence[FileSource], wanted: FileKey, path: str, *, strict: bool) -> None:
        """Ways to the file, tried in order; its identity and its name.

        `strict`: another identity is another file. Otherwise it is a later content of the same.
        """
        self.sources = sources
        self.wanted = wanted
        self.path = path
        self.strict = strict
        self.sha256 = b""
        """32 bytes; empty if it could not be taken."""
        self.size = 0
        self.late = False
        """The file changed meanwhile: the hash may be of a later content."""
        self.done = False


def runs(head: bytes, path: str, mode: int) -> bool:
    """A program or a script: by its first bytes, its name, or, if it is no document, its mode."""
    if head.startswith(MAGICS) or os.path.splitext(path)[1].lower() in SCRIPTS:  # noqa: PTH122 - a text
        return True
    return bool(mode & 0o111) and not head.startswith(_DOCUMENTS)


class Hashes:
    """Takes hashes, remembers them, and finds the file of a hash again."""

    def __init__(self) -> None:
        """Start the thread."""
        self._by_key: OrderedDict[FileKey, bytes] = OrderedDict()
        self._files: OrderedDict[bytes, KnownFile] = OrderedDict()
        self._waiting: dict[FileKey, Hash] = {}
        self._queue: queue.Queue[Hash | None] = queue.Queue(_WAITING)
        self.skipped = 0
        """Not taken because too many were waiting."""
        self.failed = 0
        """Not taken because the file was gone, changed or too large."""
        self._thread = threading.Thread(target=self._work, name="hashes", daemon=True)
        self._thread.start()

    def program(self, key: FileKey, sources: Sequence[FileSource], path: str) -> Hash:
        """The hash of a file that was executed, done at once if it is remembered."""
        wanted = Hash(sources, key, path, strict=True)
        known = self._by_key.get(key)
        if known is not None:
            wanted.sha256, wanted.size, wanted.done = known, key.size, True
            return wanted
        # A thousand processes of one program wait for one hash.
        waiting = self._waiting.get(key)
        if waiting is not None and not waiting.done:
            return waiting
        self._waiting[key] = wanted
        return self._ask(wanted)

    def written(self, source: FileSource, path: str) -> Hash | None:
        """The hash of a file that was written, if it is a program or a script; None if not, or if it is gone."""
        try:
            fd = source.open()
        except OSError:
            return None
        try:
            status = os.fstat(fd)
            if not stat.S_ISREG(status.st_mode) or not runs(os.read(fd, 8), path, status.st_mode):
                return None
            return self._ask(Hash((source,), key_of(fd), path, strict=False))
        except OSError:
            return None
        finally:
            os.close(fd)

    def _ask(self, wanted: Hash) -> Hash:
        try:
            self._queue.put_nowait(wanted)
        except queue.Full:
            self.skipped += 1
            self._waiting.pop(wanted.wanted, None)
            wanted.done = True
        return wanted

    def _work(self) -> None:
        while True:
            wanted = self._queue.get()
            if wanted is None:
                return
            try:
                taken = self._taken(wanted)
            except Exception:  # noqa: BLE001 # bulkhead: a file that cannot be hashed stops no other
                _log.exception("%r could not be hashed", wanted.path)
                taken = False
            self.failed += not taken
            wanted.done = True
            self._waiting.pop(wanted.wanted, None)

    def _taken(self, wanted: Hash) -> bool:
        """Try each way to the file; False if none led there."""
        for source in wanted.sources:
            try:
                if self._take(wanted, source):
                    return True
            except OSError:
                continue
        return False

    def _take(self, wanted: Hash, source: FileSource) -> bool:
        """Hash one descriptor; False if it is not the file that was meant. Raises OSError."""
        fd = source.open()
        try:
            key = key_of(fd)
            if key.size > MAX_BYTES:
                return False
            if not same_file(key, wanted.wanted):
                if wanted.strict:
                    return False
                wanted.late = True
            digest = hashlib.sha256()
            while data := os.read(fd, _CHUNK):
                digest.update(data)
            if not same_file(key_of(fd), key):
                wanted.late = True
        finally:
            os.close(fd)
        wanted.sha256, wanted.size = digest.digest(), key.size
        if not wanted.late:
            self._remember(wanted.wanted, wanted.sha256, KnownFile(source, key, wanted.path))
        return True

    def _remember(self, key: FileKey, sha256: bytes, known: KnownFile) -> None:
        self._by_key[key] = sha256
        self._files[sha256] = known
        for held in (self._by_key, self._files):
            if len(held) > _REMEMBERED:
                held.popitem(last=False)

    def find(self, sha256: bytes) -> KnownFile | None:
        """The file that had this hash when it was taken; None if it is not remembered."""
        return self._files.get(sha256)

    def close(self) -> None:
        """End the thread after what is waiting."""
        self._queue.put(None)
        self._thread.join(10)
