"""The chain of a lane: each event's digest includes all before it.

chain(0) is 32 zero bytes; chain(n) = SHA-256(chain(n - 1) ‖ event n). Two ends that agree on a sequence and its
chain agree on every byte of every event up to it.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable
from typing import Final

START: Final = bytes(32)
"""The chain before a lane's first event."""


def extend(chain: bytes, blobs: Iterable[bytes]) -> bytes:
    """Return the chain after these encoded events, given the 32-byte chain before them."""
    for blob in blobs:
        chain = hashlib.sha256(chain + blob).digest()
    return chain


def checkpoint_bytes(epoch: int, lane: int, sequence: int, chain: bytes) -> bytes:
    """Return what a Checkpoint's signature covers: epoch, lane, sequence (8, 4, 8 bytes, big-endian) and chain."""
    return struct.pack(">QIQ", epoch, lane, sequence) + chain
