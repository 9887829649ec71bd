"""The few words of D-Bus that asking the login manager takes: a call of texts out, a message in. Pure.

https://dbus.freedesktop.org/doc/dbus-specification.html, "Message Protocol": a head of 12 bytes, an array of
(code, variant) padded to 8, the body. All numbers stand at multiples of their size.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

REPLY: Final = 2
ERROR: Final = 3
SIGNAL: Final = 4
MAX_MESSAGE: Final = 256 * 1024
"""What we ask for is answered in a hundred bytes."""
HEAD: Final = 16
"""Bytes that say how long the message is."""
_CALL: Final = 1
_VERSION: Final = 1
_ORDER: Final = {b"l": "<", b"B": ">"}
_PATH, _INTERFACE, _MEMBER, _REPLY_TO, _DESTINATION, _SENDER, _SIGNATURE, _FDS = 1, 2, 3, 5, 6, 7, 8, 9


class BusError(Exception):
    """Not a message of D-Bus, or one that is too large."""


@dataclass(frozen=True, slots=True)
class Call:
    """A method, and where it is."""

    destination: str
    path: str
    interface: str
    member: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """What came; empty texts and zeros where the message does not say."""

    kind: int
    sender: str
    interface: str
    member: str
    reply_to: int
    fds: int
    """Descriptors that belong to it."""
    flag: bool | None
    """Its body, where that is a truth value."""


def call(serial: int, to: Call, *texts: str) -> bytes:
    """A method's call with texts for arguments."""
    body = b""
    for text in texts:
        body = _pad(body, 4) + _text(text)
    told = [
        (_PATH, "o", _text(to.path)),
        (_INTERFACE, "s", _text(to.interface)),
        (_MEMBER, "s", _text(to.member)),
        (_DESTINATION, "s", _text(to.destination)),
    ]
    if texts:
        told.append((_SIGNATURE, "g", _signature("s" * len(texts))))
    fields = b""
    for code, kind, value in told:
        fields = _pad(fields, 8) + bytes([code]) + _signature(kind) + value
    head = struct.pack("<cBBBIII", b"l", _CALL, 0, _VERSION, len(body), serial, len(fields))
    return _pad(head + fields, 8) + body


def length(head: bytes) -> int:
    """How long the message is that begins with these HEAD bytes. Raises BusError."""
    order = _ORDER.get(head[:1])
    if order is None or head[3] != _VERSION:
        raise BusError(f"no message of D-Bus begins with {head[:4]!r}")
    body, _, fields = struct.unpack(f"{order}III", head[4:HEAD])
    found = int(HEAD + fields + (-fields) % 8 + body)
    if found > MAX_MESSAGE:
        raise BusError(f"a message of {found} bytes, {MAX_MESSAGE} are read")
    return found


def read(message: bytes) -> Incoming:
    """One whole message. Raises BusError."""
    try:
        order = _ORDER[message[:1]]
        told = _fields(message, order)
        body = message[length(message[:HEAD]) - struct.unpack_from(f"{order}I", message, 4)[0] :]
        flag = bool(struct.unpack_from(f"{order}I", body)[0]) if told.get(_SIGNATURE) == "b" else None
    except (struct.error, IndexError, KeyError, UnicodeDecodeError) as error:
        raise BusError(f"a message of D-Bus that cannot be read: {error!r}") from error
    sender, interface, member = (str(told.get(code, "")) for code in (_SENDER, _INTERFACE, _MEMBER))
    return Incoming(message[1], sender, interface, member, int(told.get(_REPLY_TO, 0)), int(told.get(_FDS, 0)), flag)


def _fields(message: bytes, order: str) -> dict[int, str | int]:
    """The head's fields by their code."""
    at, found = HEAD, dict[int, str | int]()
    end = HEAD + struct.unpack_from(f"{order}I", message, 12)[0]
    while at < end:
        at += (-at) % 8
        code, size = message[at], message[at + 1]
        kind = message[at + 2 : at + 2 + size].decode("ascii")
        at += 3 + size
        if kind == "g":
            found[code] = message[at + 1 : at + 1 + message[at]].decode("ascii")
            at += 2 + message[at]
            continue
        if kind not in {"o", "s", "u"}:
            raise BusError(f"a field of type {kind!r} in a message's head")
        at += (-at) % 4
        number = struct.unpack_from(f"{order}I", message, at)[0]
        at += 4
        if kind == "u":
            found[code] = number
        else:
            found[code] = message[at : at + number].decode()
            at += number + 1
    return found


def _text(text: str) -> bytes:
    raw = text.encode()
    return struct.pack("<I", len(raw)) + raw + b"\0"


def _signature(text: str) -> bytes:
    return bytes([len(text)]) + text.encode("ascii") + b"\0"


def _pad(data: bytes, size: int) -> bytes:
    return data + bytes(-len(data) % size)
