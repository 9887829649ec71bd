"""One pass over the events of a batch that came in: each is looked at and taken into the chain, none is kept.

The collector's side needs no event by itself, only that all are there and where the chain comes to.
"""

from __future__ import annotations

import hashlib

from tramgac_wire.errors import BatchError, LimitError
from tramgac_wire.limits import MAX_EVENT_BYTES

_MORE = 0x80
_MAX_VARINT = 3  # bytes: enough for MAX_EVENT_BYTES


def walk(data: bytes, count: int, chain: bytes, skip: int = 0) -> tuple[bytes, bytes]:
    """Return the chain after the first `skip` events, and after all of them.

    Args:
        data: `count` events, each preceded by its length as a varint, as `batch.join` makes them.
        count: how many there are to be.
        chain: the chain before the first.
        skip: how many of them come before the place that is asked for.

    Raises:
        BatchError: data does not hold exactly so many, or one is empty.
        LimitError: one of them is above MAX_EVENT_BYTES.
    """
    sha256, end, at, seen, there = hashlib.sha256, len(data), 0, 0, chain
    while at < end:
        size = data[at]
        at += 1
        if size >= _MORE:  # two bytes are by far the most common, and a call would cost as much as the digest
            more = data[at] if at < end else _MORE
            at += 1
            if more < _MORE:
                size += (more << 7) - _MORE
            else:
                size, at = _longest(data, at - 2)
        stop = at + size
        if not size or stop > end or size > MAX_EVENT_BYTES or seen == count:
            raise _fault(seen, count, size, end - at)
        chain = sha256(chain + data[at:stop]).digest()
        at = stop
        seen += 1
        if seen == skip:
            there = chain
    if seen != count:
        msg = f"{count} events were said, {seen} are there"
        raise BatchError(msg)
    return there, chain


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
