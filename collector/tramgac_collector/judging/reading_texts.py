"""YARA over the texts of events: a reader of the ingest log with a cursor of its own, so that it holds up no alert.

Each distinct text is scanned once, in batches; every event that carries a text with a hit is a detection. All that a
block of batches means and the cursor are written in one transaction. The log is not kept for this reader: when it is
more than the log's age behind (a rule that is far too slow), it goes on at what is still there, and counts that.
"""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from google.protobuf.message import DecodeError
from sqlalchemy import Engine
from tramgac_scan.client import Hit, Limits, Scanner, YaraSource
from tramgac_wire.errors import WireError
from tramgac_wire.log import LogReader

from tramgac_collector import bell, database, ingest
from tramgac_collector.alerts import Detection
from tramgac_collector.database import insert_new
from tramgac_collector.errors import Unreadable
from tramgac_collector.ingest import Entry
from tramgac_collector.judging import texts, writing
from tramgac_collector.judging.beside import Beside
from tramgac_collector.judging.loading import InForce
from tramgac_collector.judging.texts import Text
from tramgac_collector.judging.verdicts import Verdicts
from tramgac_collector.judging.writing import Written
from tramgac_collector.paths import StatePaths
from tramgac_collector.schema import CursorRow

_LOG = structlog.get_logger(__name__)
NAME = "texts"
LIMITS = Limits(seconds=2, memory=256 << 20, scans=20_000)
"""What one text may cost."""
ENTRIES, CHARACTERS = 32, 1 << 20
"""Batches, and characters of texts not seen before, in one transaction."""
READ = 64 << 10
"""Bytes of the log that are read at once: not much more than a block of small batches."""
STRIKES, HOUR = 3, 3_600_000_000_000
"""Texts of one host that rules may run away on in an hour (ns) before the rest of its texts are passed over in it."""
IDLE = 60_000_000_000
"""How often the cursor is written down while no rule wants texts, ns."""


@dataclass(slots=True)
class Block:
    """What is written down together: texts in order, and those of them that were not seen before, by key."""

    texts: list[Text] = field(default_factory=list)
    new: dict[bytes, Text] = field(default_factory=dict)
    entries: int = 0
    characters: int = 0
    after: int = 0

    @property
    def full(self) -> bool:
        """Whether it is enough."""
        return self.entries >= ENTRIES or self.characters >= CHARACTERS


@dataclass(slots=True)
class Texts:
    """The reader's place in the ingest log and what it remembers."""

    paths: StatePaths
    engine: Engine
    in_force: InForce
    counts: Counter[str] = field(default_factory=Counter)
    clock: Callable[[], int] = time.time_ns
    stopping: Callable[[], bool] = lambda: False
    position: int = -1
    known: Verdicts = field(default_factory=Verdicts)
    _scanner: Scanner | None = None
    _sources: tuple[YaraSource, ...] = ()
    _strikes: Counter[tuple[str, int]] = field(default_factory=Counter)
    _written: int = 0
    _reader: LogReader = field(init=False)

    def __post_init__(self) -> None:
        self._reader = ingest.open_reader(self.paths)

    def look(self) -> int:
        """Look at all that is in the log now; return how many texts were scanned."""
        if self.position < 0:
            self._begin()
        before = self.counts["texts"]
        if not self._ready():
            self._pass(max(self.position, ingest.head(self.paths)))
            return 0
        while not self.stopping() and self._read():
            pass
        return self.counts["texts"] - before

    def close(self) -> None:
        """End the scanning child."""
        if self._scanner is not None:
            self._scanner.close()
        self._scanner, self._sources = None, ()

    def _begin(self) -> None:
        """Read the cursor; the first start makes it, at the log's end: what came before is history."""
        with database.session(self.engine) as s:
            insert_new(s, CursorRow, {"name": NAME, "position": ingest.head(self.paths)})
            self.position = s.get_one(CursorRow, NAME).position

    def _ready(self) -> bool:
        """Have a child with the rules in force; False if none of them looks at content alone."""
        sources = self.in_force.scan_with
        if self._scanner is None or sources != self._sources:
            self.close()
            self.known.clear()
            if sources:
                self._scanner, self._sources = Scanner(sources, LIMITS), sources
        return self._scanner is not None

    def _pass(self, position: int) -> None:
        """Go past what nobody wants to look at."""
        now = self.clock()
        if position > self.position and now - self._written >= IDLE:
            with database.session(self.engine) as s:
                self._move(s.get_one(CursorRow, NAME), position)
            self._written = now
        self.position = position

    def _read(self) -> bool:
        """Read a block, look at it, write it down; True if there may be more."""
        block = Block(after=self.position)
        try:
            for entry in ingest.consume(self.paths, self.position, reader=self._reader, max_bytes=READ):
                self._take(block, entry)
                if block.full:
                    break
        except Unreadable as met:  # the judge writes down what stood there
            if not block.entries:
                self.counts["texts_holes"] += 1
                self._write([], met.next)
                return True
        if block.entries:
            self._work(block)
        return block.entries > 0

    def _take(self, block: Block, entry: Entry) -> None:
        try:
            for sequence, blob in entry.events():
                self._take_event(block, entry, sequence, blob)
        except WireError:  # the judge sets it aside
            self.counts["texts_unreadable"] += 1
        block.entries += 1
        block.after = entry.position + 1

    def _take_event(self, block: Block, entry: Entry, sequence: int, blob: bytes) -> None:
        try:
            found = list(texts.texts_of(entry, sequence, blob))
        except DecodeError:  # as above
            self.counts["texts_unreadable"] += 1
            return
        for text in found:
            self.counts["texts_cut"] += text.cut
            known = self.known.get(text.key)
            if known is None and text.key not in block.new:
                block.new[text.key] = text
                block.characters += len(text.text)
            if known is None or known:
                block.texts.append(text)

    def _work(self, block: Block) -> None:
        hits, yara = self._scan(block), self.in_force.rules.yara
        found = [
            texts.detection(text, hit, yara)
            for text in block.texts
            for hit in hits.get(text.key, self.known.get(text.key)) or ()
        ]
        self._write(found, block.after)
        for key, said in hits.items():
            self.known.put(key, said)

    def _write(self, found: list[Detection], after: int) -> None:
        rules = self.in_force.rules
        written = Written(states=rules.states, exceptions=rules.exceptions)
        with database.session(self.engine) as s:
            writing.raise_weighed(s, found, written, self.clock())
            writing.settle(s, written, self.clock())
            self._move(s.get_one(CursorRow, NAME, with_for_update=True), after)
        self.position = after
        self.counts.update(written.counts)
        if found:
            bell.ring_readers(self.paths.run)

    def _scan(self, block: Block) -> dict[bytes, tuple[Hit, ...]]:
        """Scan the texts that were not seen before; return the hits of those that could be."""
        assert self._scanner is not None, "_ready() comes first"
        hour = self.clock() // HOUR
        new = [text for text in block.new.values() if self._strikes[text.entry.host, hour] < STRIKES]
        self.counts["texts_passed_over"] += len(block.new) - len(new)
        hits: dict[bytes, tuple[Hit, ...]] = {}
        results = self._scanner.scan_texts([text.text for text in new], [text.key.hex() for text in new])
        for text, result in zip(new, results, strict=True):
            hits[text.key] = tuple(filter(texts.is_for_texts, result.hits))
            if result.refused:
                self._struck(text, hour, result.refused, result.why)
        self.counts["texts"] += len(new)
        return hits

    def _struck(self, text: Text, hour: int, refused: str, why: str) -> None:
        if any(at != hour for _, at in self._strikes):
            self._strikes.clear()
        self._strikes[text.entry.host, hour] += 1
        self.counts["texts_refused"] += 1
        where = {"host": text.entry.host, "field": text.field, "sequence": text.sequence}
        _LOG.warning("a text was not scanned", reason=refused, why=why, **where)

    def _move(self, row: CursorRow, position: int) -> None:
        """Move the cursor; it may stand behind where nobody wanted to look."""
        if row.position > self.position:
            message = f"the cursor of texts is at {row.position}, not {self.position}: does another judge run?"
            raise OSError(message)
        row.position = position


class TextThread(Beside):
    """Looks at texts beside the consumer."""

    def __init__(self, paths: StatePaths, engine: Engine, in_force: InForce) -> None:
        """Make the thread; `start` starts it."""
        work = Texts(paths, engine, in_force, stopping=self.stopping)
        super().__init__("texts", work.look, work.counts, work.close)
