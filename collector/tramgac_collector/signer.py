"""The signer: a tiny process that holds the CA's key and signs agent leafs, for hosts in the registry alone.

One request a connection on the unix socket `run/signer.sock` (the owner's only): a JSON line {"csr": base64, "serial":
hexadecimal}, answered by a JSON line {"certificate": PEM} or {"error": text}. The signer looks into the registry by
itself: the host is in it with just this serial, or nothing is signed.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
import signal
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from cryptography.hazmat.primitives import serialization
from tramgac_wire.address import short_address

from tramgac_collector import initialise, logs, ready
from tramgac_collector.bucket import Bucket
from tramgac_collector.ca import Authority, read_request
from tramgac_collector.config import CollectorConfig
from tramgac_collector.errors import IdentityError, SignerAway, SignerRefused
from tramgac_collector.paths import StatePaths

_REQUEST_BYTES = 16_384
_TIMEOUT_S = 5.0
_LOOK_S = 0.5
_A_SECOND, _BURST = 50.0, 500.0
_log = structlog.get_logger(__name__)

Allowed = Callable[[str, str], bool]
"""(host, serial) -> whether the registry knows this host with this serial."""


@dataclass(slots=True)
class Signer:
    """What the process does, without its socket."""

    authority: Authority
    allowed: Allowed
    days: int
    bucket: Bucket

    def answer(self, line: bytes, now: dt.datetime) -> dict[str, str]:
        """Answer one request; every request is logged."""
        try:
            request = json.loads(line)
            csr, serial = base64.b64decode(request["csr"], validate=True), str(request["serial"])
            _, host = read_request(csr)
        except (ValueError, KeyError, TypeError, binascii.Error, IdentityError) as error:
            return self._refuse("", f"not a request: {error}")
        if not self.bucket.take(time.monotonic()):
            return self._refuse(host, "too many requests")
        if not self.allowed(host, serial):
            return self._refuse(host, "the registry does not know this host with this serial")
        _, leaf = self.authority.agent_leaf(csr, serial, days=self.days, now=now)
        _log.info("signed", host=host, serial=serial, not_after=leaf.not_valid_after_utc.isoformat())
        return {"certificate": leaf.public_bytes(serialization.Encoding.PEM).decode()}

    def _refuse(self, host: str, reason: str) -> dict[str, str]:
        _log.warning("refused", host=host, reason=reason)
        return {"error": reason}


def sign(paths: StatePaths, csr: bytes, serial: str) -> str:
    """Ask the signer for a leaf (PEM) for the host of `csr` (DER), which the registry holds with `serial` already.

    Raises:
        SignerRefused: it said no, and why.
        SignerAway: it does not answer.

    """
    line = json.dumps({"csr": base64.b64encode(csr).decode(), "serial": serial}).encode() + b"\n"
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(_TIMEOUT_S)
            with short_address(paths.signer_socket) as address:
                connection.connect(address)
            connection.sendall(line)
            answer = json.loads(_line(connection))
    except (OSError, ValueError) as error:
        message = f"the signer does not answer at {paths.signer_socket}: {error}; is the role `signer` running?"
        raise SignerAway(message) from None
    if "certificate" not in answer:
        message = f"the signer refused: {answer.get('error', 'no reason given')}"
        raise SignerRefused(message)
    return str(answer["certificate"])


def _line(connection: socket.socket) -> bytes:
    data = bytearray()
    while not data.endswith(b"\n") and len(data) < _REQUEST_BYTES:
        part = connection.recv(_REQUEST_BYTES)
        if not part:
            break
        data += part
    return bytes(data)


def serve(paths: StatePaths, signer: Signer, stop: threading.Event) -> None:
    """Answer one connection after the other, each within the time limit, until `stop` is set."""
    paths.signer_socket.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        with short_address(paths.signer_socket) as address:
            listener.bind(address)
        paths.signer_socket.chmod(0o600)
        listener.listen(64)
        listener.settimeout(_LOOK_S)
        ready.announce(paths, "signer")
        while not stop.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            with connection:
                _serve_one(connection, signer)
    ready.retract(paths, "signer")


def _serve_one(connection: socket.socket, signer: Signer) -> None:
    connection.settimeout(_TIMEOUT_S)
    try:
        answer = signer.answer(_line(connection), dt.datetime.now(dt.UTC))
        connection.sendall(json.dumps(answer).encode() + b"\n")
    except OSError as error:
        _log.warning("connection lost", error=str(error))


def run(paths: StatePaths, config: CollectorConfig) -> None:
    """Do the work of the role `signer`."""
    from tramgac_collector import database, hosts

    logs.configure(paths, "signer")
    initialise.require(paths)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    engine = database.open_database(config.url(paths))

    def allowed(host: str, serial: str) -> bool:
        with database.reading(engine) as session:
            return bool(hosts.allowed(session, host, serial))

    authority = Authority.load(paths.ca_key, paths.ca_certificate)
    serve(paths, Signer(authority, allowed, config.certificate_days, Bucket(_A_SECOND, _BURST)), stop)
