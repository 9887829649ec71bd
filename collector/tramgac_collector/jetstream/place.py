"""Where batches lie in JetStream: two streams, a subject for each lane of each host's spool."""

from __future__ import annotations

import contextlib
import ssl
from dataclasses import dataclass
from typing import Final

import nats
from nats.aio.client import Client
from nats.errors import ConnectionClosedError, NoRespondersError, NoServersError
from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import APIError, NoStreamResponseError, NotFoundError

from tramgac_collector.config import CollectorConfig
from tramgac_collector.errors import IngestError
from tramgac_collector.ingest.entry import Key

BATCHES: Final = "TRAMGAC_BATCHES"
"""What hosts sent: one message a batch, on the subject of its lane."""
MARKS: Final = "TRAMGAC_MARKS"
"""How far each lane had come, one message a lane: it outlives the batches, for hosts that were away for long."""
KEEP_S: Final = 7 * 86_400.0
"""So long a batch waits for the intake; then it is lost, and told as a gap."""
DUPLICATES_S: Final = 120.0
"""A batch that is published twice within so long is there once."""
RECONNECT_WAIT_S: Final = 0.25
AWAY = (TimeoutError, NoRespondersError, NoStreamResponseError, NoServersError, ConnectionClosedError)
"""The servers do not answer, or choose a leader: what was asked is tried again."""


def subject(key: Key) -> str:
    """Give the subject of a lane's batches."""
    host, epoch, lane = key
    return f"tramgac.batches.{host}.{epoch:016x}.{lane}"


def said_subject(host: str) -> str:
    """Give the subject of what a host signs."""
    return f"tramgac.said.{host}"


def mark_subject(key: Key) -> str:
    """Give the subject of a lane's mark."""
    host, epoch, lane = key
    return f"tramgac.marks.{host}.{epoch:016x}.{lane}"


def key_of(subject: str) -> Key:
    """Give the lane of a subject of batches or marks."""
    _, _, host, epoch, lane = subject.split(".")
    return host, int(epoch, 16), int(lane)


@dataclass(frozen=True, slots=True)
class Place:
    """A connection, and the streams, which are there."""

    client: Client
    js: JetStreamContext

    @classmethod
    async def open(cls, config: CollectorConfig, name: str) -> Place:
        """Connect, for as long as it takes, and make the streams unless they are there.

        `name` is how the servers tell of the connection.

        Raises:
            IngestError: they refuse the streams.
        """
        client = await nats.connect(
            list(config.queue),
            name=f"tramgac {name}",
            tls=_tls(config),
            user_credentials=config.queue_credentials or None,
            max_reconnect_attempts=-1,
            reconnect_time_wait=RECONNECT_WAIT_S,
            allow_reconnect=True,
        )
        js = client.jetstream(timeout=10)
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(client.close)
            for wanted in _streams(config):
                await _see_to(js, wanted)
            stack.pop_all()
        return cls(client, js)


async def _see_to(js: JetStreamContext, wanted: StreamConfig) -> None:
    with contextlib.suppress(NotFoundError):
        await js.stream_info(str(wanted.name))
        return
    try:
        await js.add_stream(wanted)
    except APIError as error:
        text = (
            f"the queue's servers do not make the stream {wanted.name}: {error.description}; see that JetStream is on,"
            " that there are queue_replicas of them, and that each has queue_bytes of room (max_file)"
        )
        raise IngestError(text) from None


def _tls(config: CollectorConfig) -> ssl.SSLContext | None:
    if not config.queue_ca:
        return None
    context = ssl.create_default_context(cafile=config.queue_ca)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context


def _streams(config: CollectorConfig) -> tuple[StreamConfig, ...]:
    """Both on disk, on as many servers as is set; a full stream refuses what is new and drops nothing that it holds."""
    common = StreamConfig(
        storage=StorageType.FILE,
        num_replicas=config.queue_replicas,
        retention=RetentionPolicy.LIMITS,
        allow_direct=True,
        deny_purge=True,
    )
    batches = common.evolve(
        name=BATCHES,
        subjects=["tramgac.batches.>", "tramgac.said.>"],
        discard=DiscardPolicy.NEW,
        max_age=KEEP_S,
        max_bytes=config.queue_bytes,
        duplicate_window=DUPLICATES_S,
        deny_delete=True,
    )
    return batches, common.evolve(name=MARKS, subjects=["tramgac.marks.>"], max_msgs_per_subject=1)
