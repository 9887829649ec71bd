"""Channels to the collector, and why one could not be opened (gRPC says only UNAVAILABLE)."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
from typing import TYPE_CHECKING, Final

import grpc
from tramgac_wire.limits import MAX_MESSAGE

from tramgac_agent import words
from tramgac_agent.errors import EnrolmentError

if TYPE_CHECKING:
    from tramgac_agent.identity import Identity

_TIMEOUT_S: Final = 5.0
# X509_V_ERR_* of openssl/x509_vfy.h
_NOT_YET, _EXPIRED = 9, 10
_NAMES: Final = frozenset({62, 64})


def options(keepalive_s: int) -> list[tuple[str, int]]:
    """Channel options: bounded messages, few pings, no bandwidth probing (it costs bytes on a small link)."""
    return [
        ("grpc.max_receive_message_length", MAX_MESSAGE),
        ("grpc.max_send_message_length", MAX_MESSAGE),
        ("grpc.keepalive_time_ms", keepalive_s * 1000),
        ("grpc.keepalive_timeout_ms", 20_000),
        ("grpc.http2.ping_timeout_ms", 20_000),  # else gRPC waits for 60 s, whatever the line above says
        ("grpc.keepalive_permit_without_calls", 0),
        ("grpc.http2.bdp_probe", 0),
        ("grpc.http2.max_pings_without_data", 0),
        ("grpc.use_local_subchannel_pool", 1),  # a new channel after renewal is a new connection
        ("grpc.enable_http_proxy", 0),
        ("grpc.max_metadata_size", 8192),
    ]


def channel(collector: str, identity: Identity, keepalive_s: int) -> grpc.aio.Channel:
    """A channel with mutual TLS; opens nothing by itself."""
    credentials = grpc.ssl_channel_credentials(identity.authorities, identity.key, identity.certificate)
    return grpc.aio.secure_channel(collector, credentials, options(keepalive_s))


def diagnose(address: str, authorities: str) -> EnrolmentError | None:
    """Shake hands once by ourselves and say what is wrong with a collector's port; None if nothing is.

    `authorities` is PEM. Blocks for at most a few seconds.
    """
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    try:
        context = ssl.create_default_context(cadata=authorities)
        context.set_alpn_protocols(["h2"])
        with (
            socket.create_connection((host, int(port)), _TIMEOUT_S) as plain,
            context.wrap_socket(plain, server_hostname=host),
        ):
            return None
    except ssl.SSLCertVerificationError as error:
        return _untrusted(address, error)
    except ssl.SSLError as error:
        return EnrolmentError("ca", words.FOREIGN_CA.say(address=address, why=error.reason or error))
    except (OSError, ValueError) as error:
        return EnrolmentError("unreachable", words.UNREACHABLE.say(address=address, why=error))


def _untrusted(address: str, error: ssl.SSLCertVerificationError) -> EnrolmentError:
    why = error.verify_message
    if error.verify_code in {_NOT_YET, _EXPIRED}:
        now = dt.datetime.now(dt.UTC).isoformat(timespec="minutes")
        return EnrolmentError("clock", words.WRONG_CLOCK.say(now=now, why=why))
    if error.verify_code in _NAMES:
        return EnrolmentError("ca", words.WRONG_NAME.say(address=address, why=why))
    return EnrolmentError("ca", words.FOREIGN_CA.say(address=address, why=why))
