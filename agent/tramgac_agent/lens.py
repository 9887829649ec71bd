"""YARA at the edge: rules that need a file's path or owner look at programs and scripts when they were written.

Rules that look at content alone run at the collector, once for the whole fleet. The scanning itself is done by the
confined child of `tramgac_scan`; it is started when there are such rules, in a thread of its own.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import sys
import threading
from collections import deque
from typing import TYPE_CHECKING, NamedTuple, Protocol

from backports import zstd
from tramgac_proto.event_pb2 import MECHANISM_AGENT, Event
from tramgac_scan import outside

from tramgac_agent.enrich.identity import key_of, same_file
from tramgac_agent.enrich.users import Users

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tramgac_agent.enrich.hashes import Hash

_log = logging.getLogger(__name__)
_WAITING = 1_000
MAX_BYTES = 32_000_000
"""Larger files are not scanned."""


class Standing(NamedTuple):
    """How the lens stands; the words of LensStanding in host.proto."""

    rules: int
    held: tuple[str, ...]
    missing: tuple[str, ...]
    skipped: int
    refused: int
    trouble: str


class _Rules(NamedTuple):
    """YARA files: name and text."""

    sources: Sequence[tuple[str, str]]


class _Written(NamedTuple):
    """A program or script that was written, and the event that says so."""

    hash: Hash
    event: Event


class _Hit(Protocol):
    """As tramgac_scan.client.Hit, which Windows does not have."""

    @property
    def rule(self) -> str: ...
    @property
    def strings(self) -> tuple[tuple[str, int, int], ...]: ...


class _Result(Protocol):
    """As tramgac_scan.client.ScanResult."""

    @property
    def hits(self) -> Sequence[_Hit]: ...
    @property
    def refused(self) -> str: ...
    @property
    def why(self) -> str: ...
    @property
    def spared(self) -> tuple[str, ...]: ...


class _Scanner(Protocol):
    """As tramgac_scan.parts.CarefulScanner."""

    @property
    def held(self) -> tuple[str, ...]: ...
    @property
    def missing(self) -> tuple[str, ...]: ...
    def scan(self, fd: int, externals: Mapping[str, str] | None = None, key: str = "") -> _Result: ...
    def close(self) -> None: ...


class Lens:
    """Takes written files, gives ScanHit events. Without edge rules it costs nothing."""

    def __init__(self) -> None:
        """No rules, no thread, no child yet."""
        # Unbounded, so that rules and the end never wait for room; `ask` keeps the number of files within bounds.
        self._queue: queue.SimpleQueue[_Rules | _Written | None] = queue.SimpleQueue()
        self._hits: deque[Event] = deque()
        self._thread: threading.Thread | None = None
        self._users = Users()
        self.loaded = 0
        """Edge rule files in force."""
        self.skipped = 0
        """Files not scanned because too many were waiting."""
        self.refused = 0
        """Files not scanned because they were gone, changed, too large, or the child gave up on them or did not run."""
        self.held: tuple[str, ...] = ()
        """Layers of confinement that hold in the child; empty while there is none."""
        self.missing: tuple[str, ...] = ()
        """Layers that should hold here and do not."""
        self.trouble = ""
        """Why the newest edge rules are not in use; empty where they are."""

    def reload(self, path: Path) -> None:
        """Take the edge rules of a verified bundle (`current.json.zst`). Raises OSError, ValueError, KeyError."""
        bundle = json.loads(zstd.decompress(path.read_bytes()))
        edge = [(one["path"], one["source"]) for one in bundle.get("yara", ()) if not one["content_only"]]
        if sys.platform == "win32" or (not edge and self._thread is None):
            return  # the confined child is built for Linux
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="lens", daemon=True)
            self._thread.start()
        self._queue.put(_Rules(edge))

    def ask(self, hashed: Hash, event: Event) -> None:
        """Have a written file looked at; hits come out of `take` later."""
        if self._thread is None:
            return
        if self._queue.qsize() < _WAITING:
            self._queue.put(_Written(hashed, event))
        else:
            self.skipped += 1

    def standing(self) -> Standing:
        """How it stands, for doctor and health."""
        return Standing(self.loaded, self.held, self.missing, self.skipped, self.refused, self.trouble)

    def take(self) -> list[Event]:
        """Hits since the last call."""
        found = []
        while self._hits:
            found.append(self._hits.popleft())
        return found

    def _work(self) -> None:
        scanner: _Scanner | None = None
        while (job := self._queue.get()) is not None:
            try:
                if isinstance(job, _Rules):
                    scanner = self._exchanged(scanner, job)
                elif scanner is not None:
                    self._look(scanner, job)
                elif self.trouble:
                    self.refused += 1
            except Exception:  # noqa: BLE001 # bulkhead: a file or a rule that cannot be handled stops no other
                _log.exception("the lens failed on a job and goes on")
                self.refused += 1
        if scanner is not None:
            scanner.close()

    def _exchanged(self, old: _Scanner | None, rules: _Rules) -> _Scanner | None:
        """A scanner with the new rules; the old one where they do not compile."""
        new: _Scanner | None = None
        if rules.sources and sys.platform != "win32":
            from tramgac_scan.client import YaraSource
            from tramgac_scan.errors import ScanError
            from tramgac_scan.parts import CarefulScanner

            try:
                new = CarefulScanner([YaraSource(*source) for source in rules.sources])
            except ScanError as error:
                _log.warning("edge rules are not taken into use, those before stay: %s", error)
                self.trouble = str(error)
                return old
        if old is not None:
            old.close()
        self.trouble = ""
        self.held, self.missing = (new.held, new.missing) if new is not None else ((), ())
        if self.missing:
            _log.warning("YARA runs without these layers of confinement: %s", ", ".join(self.missing))
        self.loaded = len(rules.sources)
        return new

    def _look(self, scanner: _Scanner, job: _Written) -> None:
        try:
            fd = job.hash.sources[0].open()
        except OSError:
            self.refused += 1
            return
        try:
            key = key_of(fd)
            if not same_file(key, job.hash.wanted) or key.size > MAX_BYTES:
                self.refused += 1
                return
            result = scanner.scan(fd, self._externals(fd, job.hash.path), job.hash.sha256.hex())
        finally:
            os.close(fd)
        if result.refused:
            self.refused += 1
            left_out = ", ".join(result.spared) or "all"
            _log.warning("edge rules were not judged on %r: %s (%s)", job.hash.path, result.why, left_out)
        self._hits.extend(_event(hit, job) for hit in result.hits)

    def _externals(self, fd: int, path: str) -> dict[str, str]:
        """What rules may ask about a file beside its content."""
        os.lseek(fd, 0, os.SEEK_SET)  # the child does not care where it stands
        return outside.of_file(path, self._users.name(os.fstat(fd).st_uid), os.read(fd, outside.HEAD))

    def close(self) -> None:
        """Finish what is waiting and end the child."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(15)
        self._thread = None


def _event(hit: _Hit, job: _Written) -> Event:
    """One rule's hit, as of the time of the write; of each string the first place."""
    written = job.event
    event = Event(
        time=written.time, skew=written.skew, boot=written.boot, mechanism=MECHANISM_AGENT, content=written.content
    )
    event.scan_hit.process.CopyFrom(written.file_write.process)
    if written.file_write.HasField("above"):
        event.scan_hit.above.CopyFrom(written.file_write.above)
    event.scan_hit.path = written.file_write.path
    event.scan_hit.sha256 = job.hash.sha256
    event.scan_hit.rule = hit.rule
    first: dict[str, int] = {}
    for name, offset, _ in hit.strings:
        first[name] = min(offset, first.get(name, offset))
    event.scan_hit.strings.extend(first)
    event.scan_hit.offsets.extend(first.values())
    return event
