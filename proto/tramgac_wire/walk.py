"""One pass over the events of a batch: where each stands, and where the chain comes to.

The collector takes in events without an object for each: it needs no event by itself, only that all are there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from tramgac_wire.errors import BatchError, LimitError
from tramgac_wire.limits import MAX_EVENT_BYTES

_MORE = 0x80
_MAX_VARINT = 3  # bytes: enough for MAX_EVENT_BYTES


def borders(data: bytes, count: int) -> list[slice]:
    """Return where each of `count` events stands in what `batch.join` made.

    Raises:
        BatchError: data does not hold exactly so many, or one is empty.
        LimitError: one of them is above MAX_EVENT_BYTES.
    """
    found: list[slice] = []
    end, at = len(data), 0
    while at < end:
        size = data[at]
        at += 1
        if size >= _MORE:  # two bytes are by far the most common, and a call would cost as much as all else
            more = data[at] if at < end else _MORE
            at += 1
            if more < _MORE:
                size += (more << 7) - _MORE
            else:
                size, at = _longest(data, at - 2)
        stop = at + size
        if not size or stop > end or size > MAX_EVENT_BYTES or len(found) == count:
            raise _fault(len(found), count, size, end - at)
        found.append(slice(at, stop))
        at = stop
    if len(found) != count:
        msg = f"{count} events were said, {len(found)} are there"
        raise BatchError(msg)
    return found


def follow(data: bytes, events: Iterable[slice], chain: bytes) -> bytes:
    """Return the chain after events that stand in data, given the 32-byte chain before them."""
    sha256 = hashlib.sha256
    for event in events:
        chain = sha256(chain + data[event]).digest()
    return chain


def _longest(data: bytes, at: int) -> tuple[int, int]:
    """Return the length that stands at an offset in three bytes, and the offset after it."""
    parts = data[at : at + _MAX_VARINT]
    if len(parts) < _MAX_VARINT or parts[2] >= _MORE:
        msg = f"at byte {at} of {len(data)} no length of an event stands"
        raise BatchError(msg)
    return parts[0] & 0x7F | (parts[1] & 0x7F) << 7 | parts[2] << 14, at + _MAX_VARINT


def _fault(seen: int, count: int, size: int, left: int) -> BatchError | LimitError:
    if size > MAX_EVENT_BYTES:
        return LimitError(f"event {seen + 1} of {count} has {size} bytes; the limit is {MAX_EVENT_BYTES}")
    return BatchError(f"event {seen + 1} of {count} does not fit: {size} bytes, {left} are left")
