"""Abuses that no certificate of ours opens the door for: what is refused in the handshake. Not a lane itself.

Each knocks with what it has, as an HTTP/2 client would, and once in each round with its own good certificate: whoever
lets nobody in refuses nothing.
"""

import asyncio
import contextlib
import os
import socket
import ssl
import struct
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.lab.faults_rogue import Abuse, Attacker

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(3) + b"\x04" + bytes(5)
"""What a client says first, with empty SETTINGS. A server says something only to whom it let in."""
ABREAST = 50
KNOCK_S = 10.0
HANDSHAKES, STAMPEDE_S = 10_000, 300.0
IN, OUT, UNSURE = "let in", "refused", "no answer"
OWN = "let in with its own certificate"
TLS_1_0, TLS_1_1, TLS_1_2 = 0x0301, 0x0302, 0x0303
_CIPHERS = (0xC02B, 0xC02C, 0xC02F, 0xC009, 0xC00A, 0xC013, 0xC014, 0x002F, 0x0035)
_GROUPS, _FORMATS, _SIGNATURES, _ALPN = 10, 11, 13, 16
_HANDSHAKE = 22


def context(certificate: str = "", private: str = "") -> ssl.SSLContext:
    """What a client brings: a certificate with its key, or none. It does not care to whom it speaks."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    made.set_alpn_protocols(["h2"])
    if certificate:
        with tempfile.TemporaryDirectory(prefix="tramgac-lab-") as folder:
            pair = Path(folder) / "pair.pem"
            pair.write_text(private + certificate)
            made.load_cert_chain(pair)
    return made


async def knock(address: str, brought: ssl.SSLContext) -> str:
    """Whether the collector speaks with whoever brings this."""
    host, _, port = address.rpartition(":")
    try:
        async with asyncio.timeout(KNOCK_S):
            reader, writer = await asyncio.open_connection(host, int(port), ssl=brought)
            try:
                writer.write(PREFACE)
                return IN if await reader.read(1) else OUT
            finally:
                writer.close()
    except (ssl.SSLError, ConnectionError):
        return OUT
    except TimeoutError:
        return UNSURE


async def _knocks(a: Attacker, brought: ssl.SSLContext) -> None:
    own = await knock(a.address, context(a.identity["certificate"], a.identity["private"]))
    a.note(OWN if own == IN else f"own certificate: {own}")
    for answer in await asyncio.gather(*(knock(a.address, brought) for _ in range(ABREAST))):
        a.note(answer)
    a.rounds += ABREAST


async def no_certificate(a: Attacker) -> None:
    """No certificate at all."""
    await _knocks(a, context())


async def foreign_authority(a: Attacker) -> None:
    """The rogue's own key, signed by an authority that calls itself as ours does."""
    await _knocks(a, context(a.identity["foreign"], a.identity["private"]))


async def expired(a: Attacker) -> None:
    """A certificate that ended an hour ago."""
    await _knocks(a, context(a.identity["expired"], a.identity["private"]))


async def servers_own(a: Attacker) -> None:
    """A certificate of our authority that is for servers alone."""
    await _knocks(a, context(a.identity["server"], a.identity["private"]))


def client_hello(version: int) -> bytes:
    """The first message of a TLS client that speaks this version and none above, made by hand: no library offers it."""
    groups, formats = struct.pack(">3H", 4, 23, 24), b"\x01\x00"
    signatures = struct.pack(">5H", 8, 0x0403, 0x0804, 0x0401, 0x0203)
    said = ((_GROUPS, groups), (_FORMATS, formats), (_SIGNATURES, signatures), (_ALPN, b"\x00\x03\x02h2"))
    extensions = b"".join(struct.pack(">2H", number, len(body)) + body for number, body in said)
    ciphers = struct.pack(f">{len(_CIPHERS)}H", *_CIPHERS)
    body = struct.pack(">H", version) + os.urandom(32) + b"\x00" + struct.pack(">H", len(ciphers)) + ciphers
    body += b"\x01\x00" + struct.pack(">H", len(extensions)) + extensions
    message = b"\x01" + len(body).to_bytes(3) + body
    return struct.pack(">BHH", _HANDSHAKE, TLS_1_0, len(message)) + message


async def offer(address: str, version: int) -> str:
    """How a TLS version is answered."""
    host, _, port = address.rpartition(":")
    try:
        async with asyncio.timeout(KNOCK_S):
            reader, writer = await asyncio.open_connection(host, int(port))
            try:
                writer.write(client_hello(version))
                head = await reader.readexactly(1)  # the kind of record; whoever is refused gets none, or an alert
            finally:
                writer.close()
    except (ConnectionError, asyncio.IncompleteReadError):
        return OUT
    except TimeoutError:
        return UNSURE
    return IN if head[0] == _HANDSHAKE else OUT


async def old_tls(a: Attacker) -> None:
    """TLS 1.0 and 1.1, and beside them the same with 1.2."""
    a.note("1.2 " + await offer(a.address, TLS_1_2))
    offers = [offer(a.address, version) for version in (TLS_1_0, TLS_1_1) for _ in range(ABREAST // 2)]
    for answer in await asyncio.gather(*offers):
        a.note(answer)
    a.rounds += ABREAST


def _shake(address: str, brought: ssl.SSLContext) -> bool:
    """One whole handshake, as a blocking client does it: cheap enough that the collector is the slower end."""
    host, _, port = address.rpartition(":")
    with (
        contextlib.suppress(OSError),
        socket.create_connection((host, int(port)), KNOCK_S) as raw,
        brought.wrap_socket(raw) as spoken,
    ):
        spoken.sendall(PREFACE)
        return bool(spoken.recv(1))
    return False


async def stampede(a: Attacker) -> None:
    """Ten thousand handshakes with a good certificate, fifty at a time and as fast as they go."""
    brought, until = context(a.identity["certificate"], a.identity["private"]), time.monotonic() + STAMPEDE_S

    def one(_: int) -> str:
        while time.monotonic() < until:
            if _shake(a.address, brought):
                return "handshake"  # whoever had to wait too long comes again, as agents do
        return "too late"

    def all_of_them() -> list[str]:
        with ThreadPoolExecutor(ABREAST) as threads:
            return list(threads.map(one, range(HANDSHAKES)))

    a.told.update(await asyncio.to_thread(all_of_them))
    a.rounds += HANDSHAKES


_LEAST, _NEVER = {OWN: 1, OUT: ABREAST}, (IN, UNSURE)
ABUSES: dict[str, Abuse] = {
    "no_certificate": Abuse(no_certificate, False, "the handshake", _LEAST, _NEVER),
    "foreign_authority": Abuse(foreign_authority, False, "the handshake", _LEAST, _NEVER),
    "expired": Abuse(expired, False, "the handshake", _LEAST, _NEVER),
    "servers_own": Abuse(servers_own, False, "the handshake", _LEAST, _NEVER),
    "old_tls": Abuse(old_tls, False, "the handshake", {f"1.2 {IN}": 1, OUT: ABREAST}, (IN, UNSURE)),
    "stampede": Abuse(
        stampede,
        False,
        "nothing: a good certificate, and no call on any of its connections",
        {"handshake": HANDSHAKES},
        ("too late",),
        once=True,
        seconds=STAMPEDE_S + 30,
    ),
}
"""What never gets a session, so nobody comes into quarantine: what refuses it is said."""
