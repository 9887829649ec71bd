"""The port's short RPCs: content files out, samples in, certificates renewed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
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
from tramgac_wire.limits import CHUNK

from tramgac_collector import bell, ca, content, hosts, samples, signer
from tramgac_collector.ca import Identity
from tramgac_collector.errors import IdentityError, SignerError
from tramgac_collector.gateway.hall import Hall
from tramgac_collector.refusals import SampleRefused
from tramgac_collector.vault import Upload, Vault

_log = structlog.get_logger(__name__)


async def fetch(hall: Hall, request: FetchRequest, context: Any) -> AsyncIterator[FetchChunk]:
    """Give a file of the content repository in chunks; NOT_FOUND if there is none of that name."""
    try:
        data = await asyncio.to_thread(content.fetch, hall.paths, request.name)
    except KeyError:
        hall.counts.add("fetch_not_found")
        await context.abort(grpc.StatusCode.NOT_FOUND, "no such file in the content repository")
        raise
    for at in range(0, max(len(data), 1), CHUNK):
        yield FetchChunk(data=data[at : at + CHUNK])


async def send_sample(hall: Hall, identity: Identity, chunks: AsyncIterator[SampleChunk]) -> SampleReceipt:
    """Take in a sample that this host was asked for; nothing of another is kept."""
    vault = await asyncio.to_thread(Vault, hall.paths.samples)
    try:
        first = await anext(aiter(chunks), None)
        if first is None:
            raise SampleRefused("nothing was sent")  # noqa: TRY301 - all refusals are answered below
        upload = await _begin(hall, vault, identity, first)
        sha256, size = first.sha256.hex(), await _take(hall, upload, first, chunks)
    except SampleRefused as error:
        hall.counts.add("samples_not_stored")
        _log.warning("sample refused", host=identity.host, reason=str(error))
        return SampleReceipt(stored=False, reason=str(error))
    now = hall.clock()
    await hall.control.write(lambda s: samples.received(s, sha256, size, now))
    for role in ("judge", "gateway"):  # it is for the scanner now, and its host may be asked for another
        await asyncio.to_thread(bell.ring, hall.paths.run, role)
    hall.counts.add("samples_stored")
    _log.info("sample stored", host=identity.host, sha256=sha256, size=size)
    return SampleReceipt(stored=True)


async def _begin(hall: Hall, vault: Vault, identity: Identity, first: SampleChunk) -> Upload:
    sha256, now = first.sha256.hex(), hall.clock()
    limit = await hall.control.read(lambda s: samples.asked_of(s, identity.host, sha256, now))
    if limit <= 0:
        raise SampleRefused(f"this host was not asked for sample {sha256[:80]}")
    if first.size > limit:
        raise SampleRefused(f"sample {sha256} has {first.size} bytes, and {limit} were asked for")
    beginning = asyncio.ensure_future(asyncio.to_thread(vault.begin, sha256, limit))
    try:
        return await asyncio.shield(beginning)
    except asyncio.CancelledError:
        hall.later(_abandon(beginning))
        raise


async def _abandon(beginning: asyncio.Future[Upload]) -> None:
    """Leave nothing behind of an upload whose host went while it began."""
    await asyncio.to_thread((await beginning).abort)


async def _take(hall: Hall, upload: Upload, first: SampleChunk, rest: AsyncIterator[SampleChunk]) -> int:
    """Take in a sample to its end and give its size; whatever interrupts it leaves nothing behind."""
    whole = False
    try:
        await asyncio.to_thread(upload.write, first.data)
        async for chunk in rest:
            await asyncio.to_thread(upload.write, chunk.data)
        size = await asyncio.to_thread(upload.finish)
        whole = True
        return size
    finally:
        if not whole:
            await asyncio.shield(hall.later(asyncio.to_thread(upload.abort)))  # whoever interrupts again, too


async def renew(hall: Hall, identity: Identity, request: RenewRequest, context: Any) -> RenewReply:
    """Give the caller a new certificate for its own key; the one it came with stays good until the new one is used."""
    try:
        _, host = ca.read_request(request.csr)
        if host != identity.host:
            raise IdentityError("the request's key is another host's")  # noqa: TRY301 - answered below
        serial = ca.new_serial()
        await hall.control.write(lambda s: hosts.renewed(s, host, serial, presented=identity.serial))
        certificate = await asyncio.to_thread(signer.sign, hall.paths, request.csr, serial)
    except IdentityError as error:
        hall.counts.add("renewals_refused")
        await context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        raise
    except SignerError as error:
        hall.counts.add("renewals_failed")
        _log.error("renewal failed", host=identity.host, reason=str(error))
        await context.abort(grpc.StatusCode.UNAVAILABLE, "no certificate can be signed now; try again later")
        raise
    _log.info("renewed", host=identity.host, serial=serial)
    authorities = await asyncio.to_thread(hall.paths.ca_certificate.read_text)
    return RenewReply(certificate=certificate, authorities=authorities)
