"""The role `store`: what is in the ingest log goes into the event store, each event once.

Rows carry the log's name and the record's position, and a block holds whole records of one partition: it is there or
it is not. So `max(offset)` in the store is the cursor, and after any crash, of either side, it says where to go on.
"""

from __future__ import annotations

import signal
import threading
import time
from dataclasses import dataclass
from typing import Any

import structlog
from clickhouse_connect.driver.exceptions import Error as ClickHouseError
from tramgac_wire.log import LogReader

from tramgac_collector import initialise, logs, ready, tallies
from tramgac_collector.bell import Bell, ring
from tramgac_collector.config import CollectorConfig
from tramgac_collector.engine.client import connect
from tramgac_collector.errors import EngineAway, Unreadable
from tramgac_collector.events import schema
from tramgac_collector.events.arrow import warm_up
from tramgac_collector.events.block import Block, blocks, build, table
from tramgac_collector.events.upkeep import Upkeep
from tramgac_collector.ingest import Entry, consume, holes, open_reader, read_cursor, set_aside, tell_cursor
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths

NAME = "store"
RETRY_S, PAUSE_EVERY_S = 0.5, 10.0
"""How long it waits before it tries again, and how often at most where a batch is to blame."""
LOOK_S = 20.0
"""It looks this often even if nobody rings: no more often than it is rung where much comes (ingest.opening)."""
_DATA = frozenset((6, 27, 33, 36, 53, 70, 117, 190, 349))
"""ClickHouse's codes that blame the data: such a batch is set aside after two tries. All others are tried again."""
_log = structlog.get_logger(__name__)


def log_number(paths: StatePaths) -> int:
    """Give the ingest log's name as a number."""
    return int(paths.log_id.read_text().strip(), 16)


@dataclass(slots=True)
class Store:
    """One connection to the engine and the place up to which it is filled."""

    paths: StatePaths
    counts: Counts
    client: Any
    log: int
    reader: LogReader
    cursor: int = 0
    next_pause: float = 0.0
    """Seconds of the monotonic clock."""

    @classmethod
    def open(cls, paths: StatePaths, counts: Counts) -> Store:
        """Connect, see to the table, and read the cursor from the store.

        Raises:
            EngineAway: the engine does not answer.
            ClickHouseError: it refused.
        """
        client = connect(paths)
        schema.create(client)
        store = cls(paths, counts, client, log_number(paths), open_reader(paths))
        store.cursor = store.read_cursor()
        return store

    def read_cursor(self) -> int:
        """Ask the store: one above the position of the last record of this log that it holds; 0 for none.

        What was told after an insert counts too: retention may have dropped all that the store held of this log, and
        nothing of it is to come again.
        """
        sql = f"SELECT count() > 0, max(offset) FROM {schema.TABLE} WHERE log = {{log:UInt64}}"  # noqa: S608 - a constant
        found, last = self.client.query(sql, parameters={"log": self.log}).result_rows[0]
        return max(int(last) + 1 if found else 0, read_cursor(self.paths, NAME))

    def fill(self, stop: threading.Event) -> None:
        """Take in all that is synced in the log now.

        Raises:
            ClickHouseError: the engine refused or went away; whether the last block is in, only the store knows.
        """
        while not stop.is_set():
            try:
                for run in blocks(consume(self.paths, self.cursor, reader=self.reader)):
                    self.insert(build(self.log, run))
                    if stop.is_set():
                        return
            except Unreadable as met:
                self._skip(met)
            else:
                return

    def insert(self, block: Block) -> None:
        """Put a block into the store, and aside what cannot go there."""
        for poison in block.poison:
            self.set_aside(poison.entry, "; ".join(poison.reasons[:20]), len(poison.reasons))
        if block.rows and (blamed := self._tried(block)):
            self._insert_apart(block, blamed)
        else:
            self._move(block.next)

    def set_aside(self, entry: Entry, reason: str, events: int) -> None:
        """Keep an entry that cannot go into the store whole, for a person to look at."""
        if set_aside(self.paths, NAME, entry, reason):
            self._lost(entry, reason, events)

    def _lost(self, entry: Entry, reason: str, events: int) -> None:
        self.counts.add("events_poison", events)
        _log.error("set aside", position=entry.position, host=entry.host, events=events, reason=reason)

    def _tried(self, block: Block) -> str:
        """Insert a block's rows; why the engine blames them, or nothing."""
        try:
            self.client.insert_arrow(schema.TABLE, table(block))
        except ClickHouseError as error:
            if error.code not in _DATA:
                raise
            return str(error)
        self.counts.add("events_stored", block.rows)
        return ""

    def _insert_apart(self, block: Block, blamed: str) -> None:
        """Insert each entry by itself; one that is alone once more, since the fault may have been the engine's."""
        if len(block.entries) > 1:
            for entry in block.entries:
                self.insert(build(self.log, [entry]))
            return
        self.counts.add("batches_tried_again")
        _log.warning("the engine blames a batch; trying it again", position=block.next - 1, reason=blamed)
        self._pause()
        if self.read_cursor() >= block.next:  # the engine took it all the same
            self.counts.add("events_stored", block.rows)
        elif blamed := self._tried(block):
            set_aside(self.paths, NAME, block.entries[0], blamed)  # perhaps again: some of its events were poison
            self._lost(block.entries[0], blamed, block.rows)
        self._move(block.next)

    def _pause(self) -> None:
        """Let a fault of the engine pass, but seldom: hosts that send poison are not to hold up the others."""
        if time.monotonic() >= self.next_pause:
            self.next_pause = time.monotonic() + PAUSE_EVERY_S
            time.sleep(RETRY_S)

    def _skip(self, met: Unreadable) -> None:
        self.counts.add(met.reason)
        _log.error("records of the ingest log cannot be read", why=met.reason, detail=str(met), next=met.next)
        holes.record(self.paths, NAME, met)
        ring(self.paths.run, "judge")  # it writes down whose they were
        self._move(met.next)

    def _move(self, position: int) -> None:
        self.cursor = position
        tell_cursor(self.paths, NAME, position)


def run(paths: StatePaths, config: CollectorConfig) -> None:
    """Do the work of the role until SIGTERM."""
    logs.configure(paths, NAME)
    initialise.require(paths)
    stop = threading.Event()

    def end(*_: object) -> None:
        stop.set()
        ring(paths.run, NAME)  # the loop may be waiting for its own bell

    signal.signal(signal.SIGTERM, end)
    warm_up()
    with Bell(paths.run, NAME) as bell:
        fill_until(stop, paths, config, Counts(), bell)
    ready.retract(paths, NAME)


def fill_until(stop: threading.Event, paths: StatePaths, config: CollectorConfig, counts: Counts, bell: Bell) -> None:
    """Fill the store until told to stop, however often its engine or the disk is away."""
    while not stop.is_set():
        try:
            _work(paths, config, counts, bell, stop)
        except (EngineAway, ClickHouseError, OSError) as error:
            counts.add("disk_errors" if isinstance(error, OSError) else "engine_errors")
            _log.warning("the engine or the disk does not serve; trying again", error=str(error))
            stop.wait(RETRY_S)


def _work(paths: StatePaths, config: CollectorConfig, counts: Counts, bell: Bell, stop: threading.Event) -> None:
    store = Store.open(paths, counts)
    ready.announce(paths, NAME)
    _log.info("store is open", cursor=store.cursor)
    upkeep = Upkeep(paths, config, counts)
    teller = tallies.Teller(paths, NAME)
    while not stop.is_set():
        store.fill(stop)
        if upkeep.look(store.client):
            _log.info("counts", cursor=store.cursor, **counts.snapshot())
        teller.tell(counts.snapshot(), {"cursor": store.cursor})
        bell.wait(LOOK_S)
