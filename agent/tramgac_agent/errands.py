"""What the uplink does beside the stream: content fetched, samples sent, certificate renewed, chains vouched for."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import logging
import os
from typing import TYPE_CHECKING, Final

from tramgac_proto.session_pb2 import AgentMessage, Checkpoint, ContentReport, SampleChunk, SampleRefusal
from tramgac_wire.chain import checkpoint_bytes

from tramgac_agent import identity
from tramgac_agent.content import Staging
from tramgac_agent.errors import IdentityError, SampleRefused, StagingError
from tramgac_agent.packets import Staged

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from tramgac_agent.identity import Identity
    from tramgac_agent.link import Link
    from tramgac_agent.packets import Sample
    from tramgac_agent.paths import AgentPaths
    from tramgac_agent.samples import Budget
    from tramgac_agent.sensorlink import SensorLink

_log = logging.getLogger(__name__)
SAMPLE_CHUNK: Final = 64_000
"""Small enough that an urgent batch never waits long behind it."""
SMALL_SAMPLE: Final = 1_000_000
"""Up to here a sample is sent beside the large ones, bytes."""


async def fetch_content(paths: AgentPaths, link: Link, sensor: SensorLink, version: int) -> ContentReport | None:
    """Fetch an offered bundle and hand it over; a report if it could not be fetched, None if the sensor decides."""
    try:
        paths.staged.mkdir(parents=True, exist_ok=True, mode=0o750)
        await Staging(paths.staged, link.fetch).run(_root_version(paths))
    except StagingError as error:
        _log.warning("content %d: %s", version, error)
        return ContentReport(version=version, loaded=False, reason=error.reason)
    except ConnectionError as error:
        _log.warning("content %d: %s", version, error)
        return None  # it is offered again on the next stream
    sensor.say(Staged(version))
    return None


def _root_version(paths: AgentPaths) -> int:
    """The version of the pinned root; 0 if none is pinned."""
    try:
        return int(json.loads(paths.content_root.read_bytes())["signed"]["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


async def send_sample(link: Link, sample: Sample, budget: Budget, busy: Callable[[], bool]) -> SampleRefusal | None:
    """Stream an opened sample within its budget and close it; a refusal for the collector, or None."""
    try:
        budget.wait(0)
        receipt = await link.send_sample(_chunks(sample, budget, busy))
    except SampleRefused as refusal:
        return SampleRefusal(sha256=sample.sha256, reason=refusal.reason)
    except ConnectionError as error:
        _log.warning("%s", error)
        return None  # it is asked for again
    finally:
        os.close(sample.fd)
    _log.info("sample %s: %s", sample.sha256.hex(), "sent" if receipt.stored else receipt.reason)
    return None


async def _chunks(sample: Sample, budget: Budget, busy: Callable[[], bool]) -> AsyncIterator[SampleChunk]:
    """The file, slowly; never while events wait to be sent."""
    left, first = sample.size, True
    while first or left > 0:
        data = await asyncio.to_thread(os.read, sample.fd, min(SAMPLE_CHUNK, left))
        if not data and left:
            return  # it became shorter: the collector sees that it is not whole
        await asyncio.sleep(budget.wait(len(data)))
        while busy():  # noqa: ASYNC110 - what is waited for is the sum of several facts
            await asyncio.sleep(0.05)
        chunk = SampleChunk(data=data)
        if first:
            chunk.sha256, chunk.size = sample.sha256, sample.size
        yield chunk
        left, first = left - len(data), False


async def renew(paths: AgentPaths, link: Link, ours: Identity, now: dt.datetime) -> Identity | None:
    """A new certificate for the same key once half of its life is over; None if it is not time or did not work."""
    if now < ours.half:
        return None
    try:
        reply = await link.renew(identity.request(ours.key))
        fresh = identity.parse(ours.key, reply.certificate.encode(), reply.authorities.encode())
        await asyncio.to_thread(identity.save, paths, fresh)
    except (ConnectionError, IdentityError, OSError) as error:
        _log.warning("certificate not renewed, it ends %s: %s", ours.not_after.isoformat(), error)
        return None
    _log.info("certificate renewed until %s", fresh.not_after.isoformat())
    return fresh


def checkpoints(epoch: int, chains: Mapping[int, tuple[int, bytes]], key: bytes) -> list[AgentMessage]:
    """Signed checkpoints: lane to (last sequence sent, chain there)."""
    found = []
    for lane, (sequence, chain) in chains.items():
        signature = identity.sign(key, checkpoint_bytes(epoch, lane, sequence, chain))
        # Lane is an open enum in proto3: any number of the spool's is a right one.
        point = Checkpoint(epoch=epoch, lane=lane, sequence=sequence, chain=chain, signature=signature)  # type: ignore[arg-type]
        found.append(AgentMessage(checkpoint=point))
    return found
