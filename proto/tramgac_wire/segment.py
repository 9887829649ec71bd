"""One file of a segment log: its header, its records, and how both are checked. See tramgac_wire.log for the format."""

from __future__ import annotations

import secrets
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from tramgac_wire.fs import FileSystem
from tramgac_wire.limits import MAX_RECORD

SUFFIX: Final = ".log"
ASIDE: Final = ".log.torn"
"""What a segment's name ends with once it was put aside because its start is torn."""
_MAGIC: Final = b"TGL1"
_HEADER: Final = struct.Struct("<4sIQI")
_FRAME: Final = struct.Struct("<II")
_POSITION: Final = struct.Struct("<Q")
_DIGITS: Final = 16
HEADER_BYTES: Final = _HEADER.size
FRAME_BYTES: Final = _FRAME.size
_READ_BYTES: Final = 1 << 20


def name(first: int) -> str:
    """Return the file name of the segment that begins at a position."""
    return f"{first:0{_DIGITS}x}{SUFFIX}"


def firsts(fs: FileSystem, directory: str, suffix: str = SUFFIX) -> list[int]:
    """Return the first positions of the segments in a directory, ascending; other files are not looked at."""
    stems = [entry.removesuffix(suffix) for entry in fs.list(directory) if entry.endswith(suffix)]
    return sorted(int(stem, 16) for stem in stems if len(stem) == _DIGITS and not set(stem) - set("0123456789abcdef"))


def header(first: int) -> tuple[bytes, int]:
    """Return a new segment's header and its salt."""
    salt = secrets.randbits(32)
    start = _HEADER.pack(_MAGIC, salt, first, 0)[:-4]
    return start + struct.pack("<I", zlib.crc32(start)), salt


def salt_of(raw: bytes, first: int) -> int | None:
    """Return the salt of a header; None if it is none, torn, or another segment's."""
    if len(raw) < HEADER_BYTES:
        return None
    magic, salt, found, crc = _HEADER.unpack_from(raw)
    good = magic == _MAGIC and found == first and crc == zlib.crc32(raw[: HEADER_BYTES - 4])
    return int(salt) if good else None


def _crc(salt: int, length: bytes, position: int, payload: bytes) -> int:
    return zlib.crc32(payload, zlib.crc32(length + _POSITION.pack(position), salt))


def record(salt: int, position: int, payload: bytes) -> bytes:
    """Return a record: its length, its checksum and the payload."""
    length = struct.pack("<I", len(payload))
    return _FRAME.pack(len(payload), _crc(salt, length, position, payload)) + payload


def length_of(raw: bytes) -> int:
    """Return how long the payload of a record that begins so is said to be; 0 if no record begins so."""
    if len(raw) < FRAME_BYTES:
        return 0
    size = int(_FRAME.unpack_from(raw)[0])
    return size if size <= MAX_RECORD else 0


def intact(salt: int, position: int, raw: bytes) -> bool:
    """Tell whether bytes are one whole record, at that position."""
    crc = _FRAME.unpack_from(raw)[1] if len(raw) > FRAME_BYTES else None
    return crc == _crc(salt, raw[:4], position, raw[FRAME_BYTES:])


@dataclass(frozen=True, slots=True)
class Found:
    """A record in a file."""

    position: int
    payload: bytes
    end: int
    """Offset of the byte after it."""


def scan(read: Callable[[int, int], bytes], salt: int, position: int, offset: int) -> Iterator[Found]:
    """Yield the records from a position, which stands at an offset, until one does not check or the file ends.

    Args:
        read: returns at most (offset, size) bytes of the file.
        salt: the segment's.
        position: the first record's.
        offset: where that begins.
    """
    buffer, base = b"", offset
    while True:
        at = offset - base
        if len(buffer) - at < FRAME_BYTES:
            buffer, base, at = read(offset, _READ_BYTES), offset, 0
            if len(buffer) < FRAME_BYTES:
                return
        size, crc = _FRAME.unpack_from(buffer, at)
        if not 0 < size <= MAX_RECORD:
            return
        end = at + FRAME_BYTES + size
        if end > len(buffer):
            buffer, base, at, end = read(offset, max(_READ_BYTES, FRAME_BYTES + size)), offset, 0, FRAME_BYTES + size
        payload = buffer[at + FRAME_BYTES : end]
        if len(payload) < size or crc != _crc(salt, buffer[at : at + 4], position, payload):
            return
        offset += FRAME_BYTES + size
        yield Found(position, payload, offset)
        position += 1
