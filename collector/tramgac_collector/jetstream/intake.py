"""The role `intake`: what gateways put into the queue goes into this machine's ingest log, in the queue's order.

From there on all is as with one machine: store and judge read the log. The place in the queue is told after the log's
fsync; what is taken twice after a crash the log knows by its marks.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Sequence
from concurrent.futures import Future

import structlog
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import Error as JetStreamError

from tramgac_collector import initialise, logs, ready, tallies
from tramgac_collector.config import CollectorConfig
from tramgac_collector.errors import DiskFull, IngestError, LogDamaged
from tramgac_collector.ingest import Entry, IngestLog, opening, read_cursor, tell_cursor
from tramgac_collector.ingest.attestation import Attestation
from tramgac_collector.ingest.entry import Key, Mark, decode
from tramgac_collector.jetstream import marks
from tramgac_collector.jetstream.place import AWAY, BATCHES, Place, mark_subject
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths

NAME = "intake"
AT_ONCE = 256
WAIT_S = 1.0
MARKS_EVERY_S = 30.0
RETRY_S = 1.0
IDLE_S = 300.0
"""The servers forget a consumer that asks for nothing for so long."""
_log = structlog.get_logger(__name__)


def run(paths: StatePaths, config: CollectorConfig) -> None:
    """Do the work of the role until SIGTERM."""
    logs.configure(paths, NAME)
    initialise.require(paths)
    counts = Counts()
    log = opening.open_log(paths, config, counts)
    try:
        asyncio.run(_serve(paths, config, counts, log))
    finally:
        ready.retract(paths, NAME)
        log.close()


async def _serve(paths: StatePaths, config: CollectorConfig, counts: Counts, log: IngestLog) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    intake = Intake(paths, log, counts)
    while not stop.is_set():
        try:
            await _take(paths, config, intake, stop)
        except (*AWAY, JetStreamError, IngestError, DiskFull) as error:
            counts.add("intake_failed")
            _log.warning("the queue or the disk does not serve; trying again", error=repr(error))
            log.check()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), RETRY_S)


async def _take(paths: StatePaths, config: CollectorConfig, intake: Intake, stop: asyncio.Event) -> None:
    """Connect, and take until told to stop; whatever ends it, the connection is closed."""
    place = await Place.open(config, NAME)
    try:
        ready.announce(paths, NAME)
        _log.info("intake is open", position=intake.position)
        await intake.take(place.js, stop)
    finally:
        await place.client.close()


class Intake:
    """One place in the queue, and the log into which it is emptied."""

    def __init__(self, paths: StatePaths, log: IngestLog, counts: Counts) -> None:
        self._paths, self._log, self._counts = paths, log, counts
        self.position = read_cursor(paths, NAME)
        """Of the last message that is in the log; 0 for none."""
        self._moved: dict[Key, Mark] = {}
        self._next_marks = 0.0
        self._teller = tallies.Teller(paths, NAME)

    async def take(self, js: JetStreamContext, stop: asyncio.Event) -> None:
        """Take until told to stop.

        Raises:
            IngestError, DiskFull: the log did not take what stands at `position` + 1; call again.
            nats.errors.Error, TimeoutError: the servers do not answer; call again.
        """
        wanted = await self._ask(js)
        while not stop.is_set():
            try:
                messages = await wanted.fetch(AT_ONCE, timeout=WAIT_S)
            except TimeoutError:
                messages = []
            if messages:
                await self._store(messages)
            await self._tell(js)

    async def _ask(self, js: JetStreamContext) -> JetStreamContext.PullSubscription:
        config = ConsumerConfig(
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=self.position + 1,
            ack_policy=AckPolicy.NONE,
            inactive_threshold=IDLE_S,
        )
        return await js.pull_subscribe("", stream=BATCHES, config=config)

    async def _store(self, messages: Sequence[Msg]) -> None:
        """Put messages into the log and move past them once all are on the disk."""
        handed: list[Future[int]] = []
        moved: dict[Key, Mark] = {}
        for message in messages:
            record = self._decoded(message)
            if isinstance(record, Entry):
                batch = record.batch
                batch.gap = batch.first - 1  # the gateway saw to it; what is missing now the queue has dropped
                handed.append(self._log.submit(record.host, record.received, record.skip, batch, record.chain))
                moved[record.host, batch.epoch, int(batch.lane)] = Mark(batch.first + batch.count - 1, record.chain)
            elif isinstance(record, Attestation):
                self._log.attest(record)  # what it speaks for may have been dropped: then the log counts it
        for done in await asyncio.gather(*map(asyncio.wrap_future, handed), return_exceptions=True):
            if isinstance(done, BaseException):
                raise done
        self._moved |= moved
        self.position = messages[-1].metadata.sequence.stream
        tell_cursor(self._paths, NAME, self.position)
        self._counts.add("messages", len(messages))

    def _decoded(self, message: Msg) -> object:
        try:
            return decode(0, message.data)
        except LogDamaged as error:
            self._counts.add("record_unknown")
            _log.error(
                "a message of the queue cannot be read", sequence=message.metadata.sequence.stream, why=str(error)
            )
            return None

    async def _tell(self, js: JetStreamContext) -> None:
        """Leave the marks that moved, now and then, for gateways that meet a host after its batches are gone."""
        if self._teller.due:
            self._teller.tell(self._counts.snapshot(), {"position": self.position})
        now = asyncio.get_running_loop().time()
        if now < self._next_marks or not self._moved:
            return
        self._next_marks = now + MARKS_EVERY_S
        for key, mark in list(self._moved.items()):
            await js.publish(mark_subject(key), marks.encode(mark))
            del self._moved[key]
