"""The gRPC service of the session port."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import grpc
import structlog
from tramgac_proto.session_pb2 import (
    FetchChunk,
    FetchRequest,
    RenewReply,
    RenewRequest,
    SampleChunk,
    SampleReceipt,
)
from tramgac_proto.session_pb2_grpc import CollectorServicer

from tramgac_collector.ca import Identity
from tramgac_collector.gateway import courier, notes, quarantine
from tramgac_collector.gateway.admission import admit, identified, peer_address
from tramgac_collector.gateway.hall import Hall
from tramgac_collector.gateway.stream import Stream

_log = structlog.get_logger(__name__)


class CollectorService(CollectorServicer):
    """Each RPC begins with the caller's identity; what it sends is its own business only."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall

    async def Session(self, request_iterator: object, context: Any) -> None:  # type: ignore[override] # noqa: ARG002, N802
        """Hold one host's dialogue, by reading and writing (the stubs know the form that yields only)."""
        with self._cut_if_refused(context):
            identity = await identified(context, self._hall.counts)
        # Before the registry is asked: whoever comes again and again, and leaves before the answer, is counted too.
        if not await quarantine.admitted(self._hall, identity.host, context):
            return
        with self._cut_if_refused(context):
            await admit(context, identity, self._hall.control, self._hall.counts)
        if self._hall.closing or len(self._hall.streams.live) >= self._hall.config.maximum_streams:
            self._hall.counts.add("refused_busy")
            await context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "the collector takes no more streams now")
        stream = Stream(self._hall, context, identity, peer_address(context))
        try:
            await stream.run()
        except Exception as error:  # noqa: BLE001 # bulkhead: STREAM
            self._hall.counts.add("streams_failed")
            _log.exception("stream failed", host=identity.host, error=str(error))
            await context.abort(grpc.StatusCode.INTERNAL, "the collector failed on this stream")
        finally:
            self._hall.later(notes.parted(self._hall, identity.host, left=stream.left))

    async def Fetch(self, request: FetchRequest, context: Any) -> AsyncIterator[FetchChunk]:  # noqa: N802 - gRPC's name
        """Give a content file."""
        identity = await self._admitted(context)
        await quarantine.called(self._hall, identity.host, context)
        async for chunk in courier.fetch(self._hall, request, context):
            yield chunk

    async def SendSample(self, request_iterator: AsyncIterator[SampleChunk], context: Any) -> SampleReceipt:  # noqa: N802
        """Take a sample."""
        identity = await self._admitted(context)
        await quarantine.called(self._hall, identity.host, context)
        return await courier.send_sample(self._hall, identity, request_iterator)

    async def Renew(self, request: RenewRequest, context: Any) -> RenewReply:  # noqa: N802 - gRPC's name
        """Give a new certificate."""
        identity = await self._admitted(context)
        return await courier.renew(self._hall, identity, request, context)

    async def _admitted(self, context: Any) -> Identity:
        with self._cut_if_refused(context):
            identity = await identified(context, self._hall.counts)
            await admit(context, identity, self._hall.control, self._hall.counts)
        return identity

    @contextlib.contextmanager
    def _cut_if_refused(self, context: Any) -> Iterator[None]:
        """Whoever may not speak does not keep its connection either."""
        try:
            yield
        except grpc.aio.AbortError:
            self._hall.cutter.cut(peer_address(context))
            raise
