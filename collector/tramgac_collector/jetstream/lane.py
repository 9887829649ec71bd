"""One lane of one host's spool at a gateway: its batches go to JetStream one after the other, each behind the last.

The server takes a batch only if the last of its subject is the one that we know: so of two gateways that speak with one
host (a stream that hangs, one that took over) only one can go on, and nothing is there twice or out of order.
"""

from __future__ import annotations

import asyncio
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field

from nats.errors import Error
from nats.js import JetStreamContext
from nats.js.errors import APIError
from tramgac_proto.session_pb2 import Batch

from tramgac_collector.errors import DiskFull, IngestError
from tramgac_collector.ingest.entry import Key, Mark, encode
from tramgac_collector.jetstream.place import AWAY, BATCHES, subject
from tramgac_collector.logs import Counts

PATIENCE_S = 30.0
"""So long a batch is tried again: a cluster chooses a new leader in five seconds."""
AGAIN_S = 0.25
PUBLISH_S = 5.0
_WRONG_LAST, _FULL = 10071, frozenset({10047, 10077, 10122})
"""JetStream's codes: another message is the last of the subject; no room (storage, bytes, pending)."""


@dataclass(slots=True)
class Waiting:
    """A batch on its way."""

    received: int
    skip: int
    batch: Batch
    chain: bytes
    future: Future[int] = field(default_factory=Future)


@dataclass(slots=True)
class LaneQueue:
    """What of one lane is to be published, in order."""

    key: Key
    counts: Counts
    mark: Mark | None = None
    last: int = 0
    """Stream sequence of the last batch of the subject; 0 for none."""
    waiting: deque[Waiting] = field(default_factory=deque)
    task: asyncio.Task[None] | None = None

    def put(self, js: JetStreamContext, item: Waiting) -> None:
        """Have a batch published after those that wait."""
        self.waiting.append(item)
        if self.task is None or self.task.done():
            self.task = asyncio.create_task(self._work(js))

    async def _work(self, js: JetStreamContext) -> None:
        while self.waiting:
            item = self.waiting.popleft()
            try:
                position = await self._publish(js, item)
            except (IngestError, DiskFull) as error:
                self._give_up(item, error)
            else:
                item.future.set_result(position)

    def _give_up(self, item: Waiting, error: IngestError | DiskFull) -> None:
        """Fail a batch and all that wait behind it: they would leave a hole."""
        failed = [item, *self.waiting]
        self.waiting.clear()
        self.counts.add("batches_refused_full" if isinstance(error, DiskFull) else "batches_refused_error", len(failed))
        for one in failed:
            one.future.set_exception(error)

    async def _publish(self, js: JetStreamContext, item: Waiting) -> int:
        batch, mark = item.batch, self.mark.sequence if self.mark else 0
        skip = max(item.skip, mark - batch.first + 1) if mark else item.skip
        if skip >= batch.count:
            self.counts.add("batches_duplicate")
            return self.last
        missing = batch.first - 1 - mark
        if missing > batch.gap:
            self.counts.add("batches_refused_hole")
            raise IngestError(f"{missing} events before {batch.first} are not in the log")
        batch.gap = max(0, missing)
        record = encode(self.key[0], item.received, skip, item.chain, batch)
        headers = {
            "Nats-Msg-Id": f"{subject(self.key)}.{item.chain.hex()}.{skip}",  # other events have another chain
            "Nats-Expected-Last-Subject-Sequence": str(self.last),
        }
        self.last = await self._insist(js, record, headers)
        self.mark = Mark(batch.first + batch.count - 1, item.chain)
        return self.last

    async def _insist(self, js: JetStreamContext, record: bytes, headers: dict[str, str]) -> int:
        """Publish until the servers vouch for it; one that they have already is told apart by its id."""
        deadline = asyncio.get_running_loop().time() + PATIENCE_S
        while True:
            try:
                done = await js.publish(subject(self.key), record, timeout=PUBLISH_S, stream=BATCHES, headers=headers)
            except APIError as error:
                raise _said(error) from None
            except AWAY as error:
                self.counts.add("queue_tried_again")
                if asyncio.get_running_loop().time() > deadline:
                    raise IngestError(f"the queue does not answer: {error!r}") from None
                await asyncio.sleep(AGAIN_S)
            except Error as error:
                raise IngestError(f"the queue refused a batch: {error!r}") from None
            else:
                return int(done.seq)


def _said(error: APIError) -> IngestError | DiskFull:
    if error.err_code == _WRONG_LAST:
        return IngestError("another gateway speaks with this host now")
    if error.err_code in _FULL:
        return DiskFull(f"the queue has no room: {error.description}; agents keep their events until then")
    return IngestError(f"the queue refused a batch: {error.description} ({error.err_code})")
