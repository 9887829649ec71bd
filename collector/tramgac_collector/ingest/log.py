"""The ingest log's one writer: batches of many streams, one fsync for all that wait, then the futures are done."""

from __future__ import annotations

import contextlib
import errno
import posixpath
import queue
import threading
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

import structlog
from tramgac_proto.event_pb2 import LANE_URGENT
from tramgac_proto.session_pb2 import Batch
from tramgac_wire.errors import LogFailed
from tramgac_wire.fs import FileSystem, OsFileSystem
from tramgac_wire.log import SegmentLog

from tramgac_collector.errors import DiskFull, IngestError, LogClosed
from tramgac_collector.ingest import attestation
from tramgac_collector.ingest.attestation import Attestation
from tramgac_collector.ingest.entry import Key, Mark, encode, encode_snapshot
from tramgac_collector.ingest.headfile import HeadFile
from tramgac_collector.ingest.marks import Marks
from tramgac_collector.ingest.reading import head
from tramgac_collector.ingest.recovery import recover
from tramgac_collector.ingest.room import TRIM_EVERY_S, Limits, Room
from tramgac_collector.ingest.sealing import seal
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths

_GROUP_BYTES = 8 << 20
_GROUP_BATCHES = 4_096
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Waiting:
    host: str
    received: int
    skip: int
    batch: Batch
    chain: bytes
    future: Future[int] = field(default_factory=Future)

    @property
    def key(self) -> Key:
        return (self.host, self.batch.epoch, int(self.batch.lane))

    @property
    def last(self) -> int:
        return self.batch.first + self.batch.count - 1

    @property
    def size(self) -> int:
        return len(self.batch.events)

    @property
    def patient(self) -> bool:
        return self.batch.lane != LANE_URGENT


@dataclass(slots=True)
class _Attesting:
    said: Attestation
    future: Future[int] = field(default_factory=Future)

    @property
    def key(self) -> Key:
        return (self.said.host, self.said.epoch, self.said.lane)

    @property
    def size(self) -> int:
        return len(self.said.signature)

    @property
    def patient(self) -> bool:
        return True


_Item = _Waiting | _Attesting


class IngestLog:
    """The log of one collector. `submit` and `marks` are for any thread; a thread of its own writes.

    Group commit: what is submitted while one fsync runs, or within `limits.gather_s` of the first, is written and
    synced together by the next.
    """

    def __init__(
        self,
        paths: StatePaths,
        *,
        limits: Limits,
        counts: Counts,
        synced: Callable[[], object],
        urgent: Callable[[], object] | None = None,
        fs: FileSystem | None = None,
    ) -> None:
        """Open the log and begin to write.

        `synced` is called after each fsync (it rings the consumers' bells), `urgent` before it where that has made
        urgent events safe.

        Raises:
            LogDamaged: the watermarks cannot be known.
            OSError: the file system refused.
        """
        self._paths, self._limits, self._counts, self._on_synced = paths, limits, counts, synced
        self._on_urgent = urgent
        fs = fs or OsFileSystem()
        folder = str(paths.log_segments)
        known: list[Marks] = []

        def opening(_position: int) -> bytes:
            # `open` itself calls it where the log is new or its last segment was left empty.
            return encode_snapshot((known[0] if known else recover(fs, folder)[0]).all())

        self._seal(fs, folder)
        self._segments = SegmentLog.open(fs, folder, segment_bytes=limits.segment_bytes, opening=opening)
        if self._segments.repair:
            _log.warning("the log's torn end was cut", cut_bytes=self._segments.repair.cut_bytes)
            counts.add("log_tail_cut")
        self._appended, self._received = recover(fs, folder, self._segments.next)
        known.append(self._appended)
        self._lock = threading.Lock()
        self._synced = Marks(self._appended.all())
        self._head = HeadFile(paths)
        self._head.tell(self._segments.synced)
        self._queue: queue.SimpleQueue[_Item | None] = queue.SimpleQueue()
        self._closed = self._broken = False
        self._room = Room(paths, limits, self._segments)
        self._thread = threading.Thread(target=self._work, name="ingest-log", daemon=True)
        self._thread.start()

    def submit(self, host: str, received: int, skip: int, batch: Batch, chain: bytes) -> Future[int]:
        """Hand in a batch; the future gives its position when it is on the disk.

        What the log holds already of it is skipped, whatever `skip` says; where that is all, the future gives the
        position below which it is.

        The future fails with DiskFull (nothing of it is in the log) or IngestError.
        """
        return self._hand_in(_Waiting(host, received, skip, batch, chain))

    def attest(self, said: Attestation) -> Future[int]:
        """Hand in what a host signed, after the batches that it speaks for; as `submit`.

        So whoever finds one in the log finds what it speaks for before it: where that could not be written the future
        fails with IngestError, and nothing of it is in the log.
        """
        return self._hand_in(_Attesting(said))

    def _hand_in(self, item: _Item) -> Future[int]:
        if self._closed:
            item.future.set_exception(LogClosed("the ingest log is closed"))
        else:
            self._queue.put(item)
        return item.future

    async def recall(self, host: str) -> None:
        """All is known of every host: this is the one writer."""

    def marks(self, host: str, epoch: int) -> dict[int, tuple[int, bytes]]:
        """Give (sequence, chain) of each lane of the epoch, as far as it is on the disk."""
        with self._lock:
            return {lane: (m.sequence, m.chain) for lane, m in self._synced.lanes(host, epoch).items()}

    def knows(self, host: str) -> bool:
        """Whether anything of this host is on the disk."""
        with self._lock:
            return self._synced.knows(host)

    def forgets(self, host: str) -> bool:
        """Whether an epoch of this host of which nothing is known may have been known once."""
        with self._lock:
            return self._synced.forgets(host)

    def check(self) -> None:
        """Raise IngestError if the log can take nothing more: the process must end and open it again."""
        if self._broken or not self._thread.is_alive():
            raise IngestError(f"the ingest log at {self._paths.log_segments} failed; starting again opens it anew")

    def close(self) -> None:
        """Write what was submitted, then stop."""
        self._closed = True
        self._queue.put(None)
        self._thread.join()
        self._head.close()
        self._segments.close()

    def _seal(self, fs: FileSystem, folder: str) -> None:
        """Keep from being cut what is acknowledged; under the log's lock, since a writer is no reader."""
        fs.make_directory(folder)
        with contextlib.suppress(BlockingIOError):  # another process writes it: opening says so
            lock = fs.lock(posixpath.join(folder, "lock"))
            try:
                if seal(fs, folder, head(self._paths)):
                    self._counts.add("log_sealed")
            finally:
                fs.close(lock)

    def _work(self) -> None:
        while (group := self._take()) is not None:
            if group:
                self._commit(group)
            elif self._head.late:
                self._tell_head()
            self._trim()

    def _take(self) -> list[_Item] | None:
        """Wait for a batch, then take with it all that wait, up to the group's size; empty after a while of nothing."""
        group: list[_Item] = []
        size = 0
        try:
            item = self._queue.get(timeout=TRIM_EVERY_S)
            if item is not None and item.patient:
                time.sleep(self._limits.gather_s)
            while item is not None:
                group.append(item)
                size += item.size
                if size >= _GROUP_BYTES or len(group) >= _GROUP_BATCHES:
                    return group
                item = self._queue.get_nowait()
        except queue.Empty:
            return group
        self._queue.put(None) if group else None
        return group or None

    def _commit(self, group: list[_Item]) -> None:
        """Append and sync a group. What cannot be written is not in the log, and its futures say so."""
        before: dict[Key, Mark | None] = {}
        done: list[tuple[_Item, int]] = []
        try:
            self._room.require()
            while group:
                waiting = group[0]
                before.setdefault(waiting.key, self._appended.get(waiting.key))
                if isinstance(waiting, _Attesting):
                    if self._speaks(waiting):
                        done.append((waiting, self._segments.append(attestation.encode(waiting.said))))
                elif self._continues(waiting):
                    done.append((waiting, self._append(waiting)))
                group.pop(0)
        except (OSError, LogFailed, DiskFull) as error:
            self._fail(group, error)
        if not done:
            return
        try:
            self._segments.sync()
        except (OSError, LogFailed) as error:
            for key, mark in before.items():
                self._appended.drop(key, mark)
            self._fail([waiting for waiting, _ in done], error)
            return
        self._settle(before)
        for waiting, position in done:
            waiting.future.set_result(position)

    def _continues(self, waiting: _Waiting) -> bool:
        """Refuse a batch that would leave a hole: the one before it could not be written."""
        mark = self._appended.get(waiting.key)
        missing = waiting.batch.first - 1 - (mark.sequence if mark else 0)
        if missing <= waiting.batch.gap:
            return True
        self._counts.add("batches_refused_hole")
        waiting.future.set_exception(IngestError(f"{missing} events before {waiting.batch.first} are not in the log"))
        return False

    def _speaks(self, waiting: _Attesting) -> bool:
        """Refuse what a host signed of batches that could not be written."""
        mark = self._appended.get(waiting.key)
        if mark is not None and mark.sequence >= waiting.said.sequence:
            return True
        self._counts.add("attestations_refused")
        waiting.future.set_exception(IngestError(f"what is said of {waiting.said.sequence} is not in the log"))
        return False

    def _append(self, waiting: _Waiting) -> int:
        mark = self._appended.get(waiting.key)
        skip = max(waiting.skip, mark.sequence - waiting.batch.first + 1 if mark else 0)
        if skip >= waiting.batch.count:
            self._counts.add("batches_duplicate")
            return self._segments.next - 1
        self._received = max(self._received, waiting.received)
        # What the agent says it gave up may be more than what is missing here: readers are told what is.
        waiting.batch.gap = max(0, waiting.batch.first - 1 - (mark.sequence if mark else 0))
        record = encode(waiting.host, self._received, skip, waiting.chain, waiting.batch)
        position = self._segments.append(record)
        self._appended.put(waiting.key, Mark(waiting.last, waiting.chain))
        return position

    def _settle(self, touched: Collection[Key]) -> None:
        """Tell everybody of what is on the disk now. Nothing that fails here makes it less so."""
        with self._lock:
            for key in touched:
                mark = self._appended.get(key)
                if mark is not None:
                    self._synced.put(key, mark)
        self._counts.add("log_syncs")
        self._tell_head()
        if self._on_urgent is not None and any(lane == LANE_URGENT for _, _, lane in touched):
            self._on_urgent()
        self._on_synced()

    def _tell_head(self) -> None:
        """Write the head; where that fails twice in a row the log is broken, since its readers starve."""
        again = self._head.late
        try:
            self._head.tell(self._segments.synced)
        except OSError as error:
            self._broken = self._broken or again
            self._counts.add("log_head_failed")
            _log.error(
                "the log's head cannot be written", file=str(self._paths.log_head), error=str(error), twice=again
            )

    def _trim(self) -> None:
        try:
            self._room.trim()
        except (OSError, LogFailed) as error:  # what is to go stays for now; nothing is lost by that
            self._broken = self._broken or isinstance(error, LogFailed)
            self._counts.add("log_trim_failed")
            _log.error("the log could not be trimmed", error=str(error))

    def _fail(self, group: Sequence[_Item], error: Exception) -> None:
        self._broken = self._broken or isinstance(error, LogFailed)
        full = isinstance(error, DiskFull) or (isinstance(error, OSError) and error.errno in _FULL)
        self._counts.add("batches_refused_full" if full else "batches_refused_error", len(group))
        _log.error("batches were not stored", batches=len(group), error=str(error), full=full)
        text = f"the ingest log failed: {error}"
        if full:
            text = f"the collector's disk is full: {error}; make room for it: agents keep their events until then"
        for waiting in group:
            waiting.future.set_exception(DiskFull(text) if full else IngestError(text))
