"""A gateway's end of the queue: the ingest log's writer for a site of several gateways, behind the same methods."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from concurrent.futures import Future

from nats.errors import Error
from tramgac_proto.session_pb2 import Batch

from tramgac_collector.config import CollectorConfig
from tramgac_collector.errors import IngestError, LogClosed, LogDamaged
from tramgac_collector.ingest import attestation
from tramgac_collector.ingest.attestation import Attestation
from tramgac_collector.ingest.entry import Key
from tramgac_collector.jetstream import marks
from tramgac_collector.jetstream.lane import LaneQueue, Waiting
from tramgac_collector.jetstream.place import AWAY, BATCHES, MARKS, Place, key_of, said_subject
from tramgac_collector.logs import Counts


class QueueLog:
    """What one gateway knows of the queue. All methods but `close` are for the gateway's event loop."""

    def __init__(self, place: Place, counts: Counts) -> None:
        self._place, self._counts = place, counts
        self._loop = asyncio.get_running_loop()
        self._lanes: dict[str, dict[Key, LaneQueue]] = defaultdict(dict)
        self._attesting: set[asyncio.Task[None]] = set()
        self._closed = False

    @classmethod
    async def open(cls, config: CollectorConfig, counts: Counts) -> QueueLog:
        """Connect; see Place.open."""
        return cls(await Place.open(config, "gateway"), counts)

    async def recall(self, host: str) -> None:
        """Learn how far the host's lanes have come: at each new stream, since another gateway may have served it.

        Raises:
            IngestError: the queue does not answer.
        """
        try:
            lanes = await self._read(host)
        except (*AWAY, Error, LogDamaged) as error:
            raise IngestError(f"the queue does not say how far host {host} has come: {error!r}") from None
        self._lanes[host] = lanes

    async def _read(self, host: str) -> dict[Key, LaneQueue]:
        js = self._place.js
        found: dict[Key, LaneQueue] = {}
        for stream, beginning in ((MARKS, "tramgac.marks"), (BATCHES, "tramgac.batches")):
            told = await js.stream_info(stream, subjects_filter=f"{beginning}.{host}.>")
            for name in told.state.subjects or {}:
                key = key_of(name)
                last = await js.get_last_msg(stream, name)  # from the leader: a follower may lag
                lane = found.setdefault(key, LaneQueue(key, self._counts))
                mark = marks.of_batch(last.data or b"") if stream == BATCHES else marks.decode(last.data or b"")
                if lane.mark is None or mark.sequence >= lane.mark.sequence:
                    lane.mark = mark
                lane.last = int(last.seq or 0) if stream == BATCHES else 0
        return found

    def submit(self, host: str, received: int, skip: int, batch: Batch, chain: bytes) -> Future[int]:
        """Hand in a batch; the future gives its place in the queue when a majority of servers has it on disk.

        The future fails with DiskFull or IngestError: nothing of it, or of what follows in its lane, is there.
        """
        item = Waiting(received, skip, batch, chain)
        if self._closed:
            item.future.set_exception(LogClosed("the queue is closed"))
            return item.future
        key = (host, batch.epoch, int(batch.lane))
        lanes = self._lanes[host]
        lane = lanes.setdefault(key, LaneQueue(key, self._counts))
        lane.put(self._place.js, item)
        return item.future

    def attest(self, said: Attestation) -> Future[int]:
        """Hand in what a host signed, after the batches that it speaks for; as `submit`."""
        future: Future[int] = Future()
        lane = self._lanes[said.host].get((said.host, said.epoch, said.lane))
        if lane is None or lane.mark is None or lane.mark.sequence < said.sequence:
            self._counts.add("attestations_refused")
            future.set_exception(IngestError(f"what is said of {said.sequence} is not in the log"))
            return future
        task = self._loop.create_task(self._attest(said, future))
        self._attesting.add(task)
        task.add_done_callback(self._attesting.discard)
        return future

    async def _attest(self, said: Attestation, future: Future[int]) -> None:
        try:
            done = await self._place.js.publish(said_subject(said.host), attestation.encode(said), stream=BATCHES)
        except (*AWAY, Error) as error:  # a full queue too: what a host signed is said again in a minute
            self._counts.add("attestations_refused")
            future.set_exception(IngestError(f"the queue did not take what host {said.host} signed: {error!r}"))
        else:
            future.set_result(int(done.seq))

    def marks(self, host: str, epoch: int) -> dict[int, tuple[int, bytes]]:
        """Give (sequence, chain) of each lane of the epoch, as far as the servers vouch for it."""
        lanes = self._lanes.get(host, {}).values()
        return {
            lane.key[2]: (lane.mark.sequence, lane.mark.chain)
            for lane in lanes
            if lane.key[1] == epoch and lane.mark is not None
        }

    def knows(self, host: str) -> bool:
        """Whether anything of this host is there."""
        return any(lane.mark is not None for lane in self._lanes.get(host, {}).values())

    def forgets(self, host: str) -> bool:  # noqa: ARG002 - of no host
        """Whether an epoch may have been known once: no, the stream of marks keeps the last of each lane for ever."""
        return False

    def check(self) -> None:
        """Raise IngestError if the connection is over for good: the process must end and connect again."""
        if self._place.client.is_closed and not self._closed:
            raise IngestError("the connection to the queue is over; starting again connects anew")

    def close(self) -> None:
        """End the connection; from another thread than the loop's."""
        self._closed = True
        asyncio.run_coroutine_threadsafe(self._place.client.close(), self._loop).result(10)
