"""Real servers on loopback that take what the notifier sends: SMTP, HTTPS, syslog; and an authority of their own."""

import datetime as dt
import ipaddress
import re
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Authority:
    """An authority with one leaf for 127.0.0.1."""

    file: Path
    server: ssl.SSLContext


def authority(folder: Path) -> Authority:
    """Make one."""
    ca_key, leaf_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    ca = _signed(name, ca_key, name, ca_key, x509.BasicConstraints(ca=True, path_length=0))
    leaf = _signed(x509.Name([]), leaf_key, name, ca_key, x509.BasicConstraints(ca=False, path_length=None), names)
    file, chain = folder / "ca.pem", folder / "leaf.pem"
    file.write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    private = leaf_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    chain.write_bytes(private + leaf.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return Authority(file, context)


def _signed(subject, key, issuer, issuer_key, *extensions):
    now = dt.datetime.now(dt.UTC)
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number())
    made = made.not_valid_before(now - dt.timedelta(hours=1)).not_valid_after(now + dt.timedelta(hours=1))
    known = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    by = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    for extension in (*extensions, known, by):
        made = made.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
    return made.sign(issuer_key, hashes.SHA256())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that goes away is the test's affair."""


@contextmanager
def serving(handle: Callable[[socket.socket], None]) -> Iterator[int]:
    """Serve connections on a port of loopback, which is given."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            handle(self.request)

    with _Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@dataclass
class Smtp:
    """A small SMTP server: what it took, and how it behaves."""

    context: ssl.SSLContext | None = None
    """With it STARTTLS is offered."""
    login: str = ""
    """What AUTH PLAIN must bring, base64; empty: none is offered."""
    refusal: str = ""
    """The answer to a receiver with "nobody" in it."""
    mails: list[tuple[list[str], bytes]] = field(default_factory=list)
    verbs: list[str] = field(default_factory=list)

    def handle(self, connection: socket.socket) -> None:
        """Speak with one client."""
        file = connection.makefile("rwb")
        receivers: list[str] = []
        _say(file, "220 test ESMTP")
        while raw := file.readline():
            line = raw.decode().strip()
            verb = line.partition(" ")[0].upper()
            self.verbs.append(verb)
            match verb:
                case "EHLO":
                    offers = ["STARTTLS"] if self.context and not isinstance(connection, ssl.SSLSocket) else []
                    offers += ["AUTH PLAIN"] if self.login else []
                    _say(file, *(f"250-{offer}" for offer in ["test", *offers]), "250 HELP")
                case "STARTTLS":
                    _say(file, "220 go")
                    connection = self.context.wrap_socket(connection, server_side=True)
                    file = connection.makefile("rwb")
                case "AUTH":
                    _say(file, "235 ok" if line.split()[-1] == self.login else "535 5.7.8 no")
                case "RCPT":
                    refused = self.refusal if "nobody" in line else ""
                    receivers += [] if refused else [re.search("<(.*)>", line)[1]]
                    _say(file, refused or "250 ok")
                case "DATA":
                    _say(file, "354 go")
                    body = b"".join(iter(file.readline, b".\r\n"))
                    self.mails.append((receivers, body))
                    _say(file, "250 taken")
                case "QUIT":
                    _say(file, "221 bye")
                    break
                case _:
                    _say(file, "250 ok")
        file.close()
        connection.close()


def _say(file, *lines: str) -> None:
    file.write("".join(f"{line}\r\n" for line in lines).encode())
    file.flush()


@dataclass
class Hook:
    """A small HTTPS server: what was posted, and what it answers."""

    context: ssl.SSLContext | None = None
    status: int = 204
    location: str = ""
    posted: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def handle(self, connection: socket.socket) -> None:
        """Take one request."""
        if self.context is not None:
            connection = self.context.wrap_socket(connection, server_side=True)
        with connection, connection.makefile("rwb") as file:
            first = file.readline().decode().strip()
            lines = iter(lambda: file.readline().decode("latin-1").strip(), "")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            self.posted.append((first, headers, file.read(int(headers["content-length"]))))
            location = f"Location: {self.location}\r\n" if self.location else ""
            _say(file, f"HTTP/1.1 {self.status} x\r\n{location}Content-Length: 0\r\nConnection: close\r\n")


@dataclass
class Listener:
    """A syslog receiver by TCP or TLS: all bytes of all connections."""

    context: ssl.SSLContext | None = None
    heard: list[bytes] = field(default_factory=list)

    def handle(self, connection: socket.socket) -> None:
        """Read until the end."""
        if self.context is not None:
            connection = self.context.wrap_socket(connection, server_side=True)
        with connection:
            self.heard.append(b"".join(iter(lambda: connection.recv(65_536), b"")))
