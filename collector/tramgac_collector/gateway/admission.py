"""Who calls: the identity in the stream's certificate, looked up in the registry. Every RPC of the port begins here."""

from __future__ import annotations

import time
import urllib.parse
from typing import Any

import grpc
import structlog

from tramgac_collector import hosts, readmission
from tramgac_collector.ca import Identity, identify
from tramgac_collector.errors import IdentityError
from tramgac_collector.gateway.control import Control
from tramgac_collector.logs import Counts

_log = structlog.get_logger(__name__)


def peer_certificate(context: Any) -> bytes:
    """Give the certificate (PEM) with which the peer did its handshake; IdentityError if there is none."""
    found = context.auth_context().get("x509_pem_cert")
    if not found:
        raise IdentityError("the connection brought no certificate")
    return bytes(found[0])


def peer_address(context: Any) -> str:
    """Give the peer's address and port as people write them."""
    return urllib.parse.unquote(context.peer()).partition(":")[2]


async def identified(context: Any, counts: Counts) -> Identity:
    """Give whom the peer's certificate names, whether or not it may speak, or end the RPC with UNAUTHENTICATED."""
    try:
        return identify(peer_certificate(context))
    except IdentityError as error:
        counts.add("refused_identity")
        _log.warning("refused", address=peer_address(context), reason=str(error))
        await context.abort(grpc.StatusCode.UNAUTHENTICATED, "the certificate names no agent of this collector")
        raise  # abort has raised


async def admit(context: Any, identity: Identity, control: Control, counts: Counts) -> None:
    """Let the caller speak, or end the RPC with UNAUTHENTICATED.

    gRPC goes on serving a connection whose certificate has ended or was revoked since the handshake; so the end and
    the registry are looked at here, by the collector's clock: with others that come now, and never from memory.
    """
    reason = ""
    if identity.not_after <= time.time_ns():
        reason = "certificate_expired"
    elif not await control.read_together(hosts.all_allowed, (identity.host, identity.serial)):
        reason = "" if await _readmitted(control, counts, identity) else "not_registered"
    if reason:
        counts.add(f"refused_{reason}")
        said = {"serial": identity.serial, "address": peer_address(context), "reason": reason}
        _log.warning("refused", host=identity.host, **said)
        await context.abort(grpc.StatusCode.UNAUTHENTICATED, f"{reason}: enrol this host again")


async def _readmitted(control: Control, counts: Counts, identity: Identity) -> bool:
    """Tell whether a host comes with a certificate of which a restored collector cannot know; it does now."""
    if not await control.read(lambda s: readmission.signed_then(s, identity)):
        return False
    known = await control.write(lambda s: readmission.readmit(s, identity, time.time_ns()))
    counts.add("readmitted", int(known))
    return known
