"""Who calls: the identity in the stream's certificate, looked up in the registry. Every RPC of the port begins here."""

from __future__ import annotations

import contextlib
import time
import urllib.parse
from typing import Any

import grpc
import structlog
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

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


def peer_key(context: Any) -> ec.EllipticCurvePublicKey:
    """Give the peer's public key, for signatures over what it sends."""
    key = x509.load_pem_x509_certificate(peer_certificate(context)).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)  # `identify` has seen to it
    return key


def caller(context: Any) -> str:
    """Give the id of the host in the peer's certificate, whether or not it may speak; "" if it names none."""
    with contextlib.suppress(IdentityError):
        return identify(peer_certificate(context)).host
    return ""


async def admit(context: Any, control: Control, counts: Counts) -> Identity:
    """Give the caller's identity, or end the RPC with UNAUTHENTICATED.

    gRPC goes on serving a connection whose certificate has ended or was revoked since the handshake; so the end and
    the registry are looked at here, by the collector's clock.
    """
    address = peer_address(context)
    try:
        identity = identify(peer_certificate(context))
    except IdentityError as error:
        counts.add("refused_identity")
        _log.warning("refused", address=address, reason=str(error))
        await context.abort(grpc.StatusCode.UNAUTHENTICATED, "the certificate names no agent of this collector")
        raise  # abort has raised
    reason = ""
    if identity.not_after <= time.time_ns():
        reason = "certificate_expired"
    elif not await control.read(lambda s: hosts.allowed(s, identity.host, identity.serial)):
        reason = "" if await _readmitted(control, counts, identity) else "not_registered"
    if reason:
        counts.add(f"refused_{reason}")
        _log.warning("refused", host=identity.host, serial=identity.serial, address=address, reason=reason)
        await context.abort(grpc.StatusCode.UNAUTHENTICATED, f"{reason}: enrol this host again")
    return identity


async def _readmitted(control: Control, counts: Counts, identity: Identity) -> bool:
    """Tell whether a host comes with a certificate of which a restored collector cannot know; it does now."""
    if not await control.read(lambda s: readmission.signed_then(s, identity)):
        return False
    known = await control.write(lambda s: readmission.readmit(s, identity, time.time_ns()))
    counts.add("readmitted", int(known))
    return known
