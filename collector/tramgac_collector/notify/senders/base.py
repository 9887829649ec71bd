"""What a sender is, and how it reaches a machine: looked up once, looked at, and never for longer than it may take."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from tramgac_collector.notify.errors import Undelivered
from tramgac_collector.notify.message import Message
from tramgac_collector.notify.words import Notify
from tramgac_collector.pairs import Both


class Sender(Protocol):
    """Brings messages to one channel."""

    def send(self, message: Message) -> Both | None:
        """Bring one message; returns only after the other side took it, as far as that is told. Raises Undelivered.

        What comes back is something wrong all the same, such as one of several receivers that the other side refused.
        """


@contextmanager
def dialled(
    host: str, port: int, timeout_s: float, *, near: bool = True, secure: ssl.SSLContext | None = None
) -> Iterator[socket.socket]:
    """Connect by TCP, or `secure` by TLS; after `timeout_s` in all the connection ends, whatever the other side does.

    Raises:
        Undelivered: no address, none that may be called (`near`: this machine and its link too), or no answer.
        OSError: TLS went wrong.

    """
    deadline = time.monotonic() + timeout_s
    connection = _connected(resolved(host, port, near=near), host, port, deadline)
    # A second descriptor of the same socket: it can be shut down whatever has wrapped the first, TLS say.
    with connection, socket.fromfd(connection.fileno(), connection.family, connection.type) as handle:
        watch = threading.Timer(max(0.0, deadline - time.monotonic()), _cut, [handle])
        watch.daemon = True
        watch.start()
        try:
            if secure is None:
                yield connection
            else:
                with secure.wrap_socket(connection, server_hostname=host) as wrapped:
                    yield wrapped
        finally:
            watch.cancel()
            watch.join()


def resolved(host: str, port: int, *, near: bool, kind: int = socket.SOCK_STREAM) -> list[tuple[int, tuple[str, int]]]:
    """Look a name up; give families and addresses that may be called. Raises Undelivered."""
    try:
        found = socket.getaddrinfo(host, port, type=kind)
    except (OSError, UnicodeError) as error:
        raise Undelivered(Notify.NO_NAME.both(host=host, why=_why(error))) from None
    addresses = [(int(family), (str(where[0]), int(where[1]))) for family, _, _, _, where in found]
    for _, (address, _) in addresses:  # all of them: which of several answers is the name server's choice
        _look_at(host, address, near=near)
    return addresses


def _look_at(host: str, text: str, *, near: bool) -> None:
    address = ipaddress.ip_address(text.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    if address.is_multicast or (address.is_unspecified and not near):
        raise Undelivered(Notify.NOWHERE.both(host=host, address=text))
    if not near and (address.is_loopback or address.is_link_local):
        raise Undelivered(Notify.NEAR.both(host=host, address=text))


def _connected(addresses: list[tuple[int, tuple[str, int]]], host: str, port: int, deadline: float) -> socket.socket:
    why: object = "?"
    for family, where in addresses:
        made = socket.socket(family, socket.SOCK_STREAM)
        try:
            made.settimeout(max(0.1, deadline - time.monotonic()))
            made.connect(where)
        except OSError as error:
            made.close()
            why = _why(error)
        else:
            return made
    raise Undelivered(Notify.NO_ANSWER.both(host=host, port=port, why=why))


def _cut(handle: socket.socket) -> None:
    try:
        handle.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it has ended by itself


def tls(ca_file: Path | None) -> ssl.SSLContext:
    """Make a context that checks certificates and names, by our own authorities or the system's. Raises Undelivered."""
    try:
        return ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
    except OSError as error:  # ssl.SSLError is one
        raise Undelivered(Notify.CA_FILE.both(file=ca_file, why=_why(error))) from None


def broke(host: str, port: int, error: Exception) -> Undelivered:
    """Say that a connection did not go well."""
    return Undelivered(Notify.BROKE.both(host=host, port=port, why=_why(error)))


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    if isinstance(error, OSError) and error.strerror:
        return str(error.strerror)
    return str(error) or type(error).__name__
