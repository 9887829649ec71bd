"""The ingest log over a disk that is full, fails and writes short, at random: what it vouched for is there, once.

Part of `faults`; not a lane itself.
"""

import errno
import os
import random
from concurrent.futures import Future
from pathlib import Path

from tramgac_collector.errors import CollectorError
from tramgac_collector.ingest import IngestLog, Limits, consume
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths
from tramgac_wire.batch import pack
from tramgac_wire.chain import START, extend
from tramgac_wire.fs import OsFileSystem

from tests.lab.rows import note, row

HOSTS = 8
ROUNDS = 400
KINDS = ("full", "short", "failed", "sync")


class BadDisk(OsFileSystem):
    """A real file system that fails now and then."""

    def __init__(self, chance: random.Random) -> None:
        """Take the source of bad luck."""
        self.chance, self.bad, self.met = chance, 0.0, dict.fromkeys(KINDS, 0)

    def _meets(self, kind: str) -> bool:
        happens = self.chance.random() < self.bad
        self.met[kind] += happens
        return happens

    def write(self, handle: int, offset: int, data: bytes) -> None:
        """Write all, a part, or nothing."""
        if self._meets("full"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if self._meets("short"):
            super().write(handle, offset, data[: self.chance.randrange(len(data) + 1)])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if self._meets("failed"):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        super().write(handle, offset, data)

    def sync(self, handle: int) -> None:
        """Sync, or say that it failed."""
        if self._meets("sync"):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        super().sync(handle)


def figures(folder: Path, seed: int = 1) -> bool:
    """Batches of some hosts for a while; then what was vouched for is compared with what is there."""
    paths = StatePaths(folder)
    paths.make()
    disk = BadDisk(random.Random(seed))
    hosts = [f"{number:032x}" for number in range(1, HOSTS + 1)]
    at = dict.fromkeys(hosts, (1, START))
    vouched: set[tuple[str, int]] = set()
    opened = refused = 0
    log: IngestLog | None = None
    for turn in range(ROUNDS):
        if log is None:
            disk.bad = 0.0  # a start needs a disk that works; one that fails is started again by the supervisor
            log = IngestLog(paths, limits=Limits(segment_bytes=1 << 16), counts=Counts(), synced=lambda: None, fs=disk)
            at = {host: _mark(log, host) for host in hosts}
            opened += 1
        disk.bad = 0.02
        host = disk.chance.choice(hosts)
        waiting, upcoming = _submit(log, host, at[host], turn)
        try:
            waiting.result(30)
        except (CollectorError, OSError):
            refused += 1
            log = _again(log)
        else:
            vouched |= {(host, at[host][0] + number) for number in range(3)}
            at[host] = upcoming
    disk.bad = 0.0
    if log is not None:
        log.close()
    note(f"faults: disk: {disk.met}; {refused} batches refused, {opened} times opened")
    stored = [(entry.host, sequence) for entry in consume(paths, 0) for sequence, _ in entry.events()]
    good = row("faults", "faults of the disk under the ingest log", sum(disk.met.values()), "faults", at_least=20)
    good &= row("faults", "events vouched for that are not in the log", len(vouched - set(stored)), "events", at_most=0)
    return good & row("faults", "events twice in the log", len(stored) - len(set(stored)), "events", at_most=0)


def _mark(log: IngestLog, host: str) -> tuple[int, bytes]:
    sequence, chain = log.marks(host, 7).get(2, (0, START))
    return sequence + 1, chain


def _submit(log: IngestLog, host: str, at: tuple[int, bytes], turn: int) -> tuple["Future[int]", tuple[int, bytes]]:
    first, before = at
    blobs = [f"{host} {turn} {number}".encode() * 40 for number in range(3)]
    after = extend(before, blobs)
    return log.submit(host, turn, 0, pack(7, 2, first, before, blobs), after), (first + 3, after)


def _again(log: IngestLog) -> IngestLog | None:
    """The log that goes on; None where it must be opened anew."""
    try:
        log.check()
    except CollectorError:
        log.close()
        return None
    return log
