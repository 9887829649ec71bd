"""Batches out of the spool, for the uplink. Runs in a thread: it reads the disk."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NamedTuple

from tramgac_wire.batch import pack
from tramgac_wire.chain import extend
from tramgac_wire.dictionary import Dictionary
from tramgac_wire.errors import ContentError
from tramgac_wire.fs import OsFileSystem

from tramgac_agent.frames import SpoolReader

if TYPE_CHECKING:
    from pathlib import Path

    from tramgac_proto.session_pb2 import Batch
    from tramgac_wire.agent_commands import ReadAndSend
    from tramgac_wire.fs import FileSystem

    from tramgac_agent.frames import Frame

_log = logging.getLogger(__name__)


class Made(NamedTuple):
    """What became of a wish for a batch."""

    batch: Batch | None = None
    """None if nothing can be sent now."""
    chain: bytes = b""
    """The lane's chain after it."""
    lost: tuple[int, int] | None = None
    """First and last sequence that should stand before it and cannot be read."""


class Outgoing:
    """Reads what was announced and packs it. One thread at a time."""

    def __init__(self, spool: Path, dictionary: Path, fs: FileSystem | None = None) -> None:
        """Take the spool's folder and the verified dictionary's file. `fs`: the operating system's files if None."""
        fs = fs or OsFileSystem()
        self._reader = SpoolReader(fs, spool)
        self._looking = SpoolReader(fs, spool)
        self._file = dictionary
        self._dictionary: Dictionary | None = None
        self._empty: dict[int, tuple[int, int, int]] = {}
        self.failures = 0
        """Batches that could not be made though events wait: see the log."""

    def load(self) -> int:
        """Read the dictionary anew; its number, 0 for none that can be read."""
        try:
            self._dictionary = Dictionary(self._file.read_bytes()) if self._file.stat().st_size else None
        except FileNotFoundError:
            self._dictionary = None
        except (OSError, ContentError) as error:
            _log.warning("batches are sent without a dictionary: %s", error)
            self._dictionary = None
        return 0 if self._dictionary is None else self._dictionary.number

    def chain(self, epoch: int, lane: int, sequence: int) -> bytes | None:
        """The lane's chain at a sequence that lies in the spool; None where that cannot be read. Raises nothing.

        It has a reader of its own: take() may be under way for a stream that has ended.
        """
        try:
            frames = self._looking.read(epoch, lane, sequence, until=sequence + 1)
        except Exception:  # noqa: BLE001 # bulkhead: whoever asks does without
            _log.exception("lane %d: the chain at sequence %d cannot be read", lane, sequence)
            return None
        if not frames or frames[0].first > sequence:
            return None
        return extend(frames[0].chain, frames[0].blobs[: sequence + 1 - frames[0].first])

    def take(self, epoch: int, wish: ReadAndSend, until: int) -> Made:
        """The batch that is wished for, below `until`. Raises nothing: whoever waits for it must hear of it."""
        lane, first, dictionary = wish.lane, wish.first, self._dictionary
        if first >= until or self._empty.get(lane) == (epoch, first, until):
            return Made()
        if dictionary is not None and dictionary.number != wish.dictionary:
            dictionary = None
        try:
            frames = self._reader.read(epoch, lane, first, until=until)
            if not frames:
                self._empty[lane] = (epoch, first, until)
                return Made(lost=(first, until - 1))
            start, previous, blobs = cut(frames, first)
            batch = pack(epoch, lane, start, previous, blobs, gap=start - first, dictionary=dictionary)
        except Exception:  # noqa: BLE001 # bulkhead: one batch; the other lanes go on
            _log.exception("lane %d: no batch could be made from sequence %d on", lane, first)
            self.failures += 1
            return Made()
        return Made(batch, extend(previous, blobs), (first, start - 1) if start > first else None)


def cut(frames: list[Frame], first: int) -> tuple[int, bytes, list[bytes]]:
    """What of consecutive frames begins at `first` or after: sequence, chain before it, events."""
    head = frames[0]
    skip = max(0, first - head.first)
    blobs = [blob for frame in frames for blob in frame.blobs]
    return head.first + skip, extend(head.chain, blobs[:skip]), blobs[skip:]
