"""The batch codec: encoded events, length-prefixed, compressed, counted; everything is checked before anything is parsed."""

from __future__ import annotations

from collections.abc import Sequence

from backports.zstd import ZstdDict

from tramgac_proto.session_pb2 import Batch


def join(blobs: Sequence[bytes]) -> bytes:
    """Return the events one after another, each preceded by its length as a varint."""
    raise NotImplementedError


def split(data: bytes, count: int) -> list[bytes]:
    """Return the `count` events that `join` put into data.

    Raises:
        BatchError: data does not hold exactly so many, or one is empty.
        LimitError: one of them is above MAX_EVENT_BYTES, or count above MAX_BATCH_EVENTS.
    """
    raise NotImplementedError


def pack(
    epoch: int,
    lane: int,
    first: int,
    previous: bytes,
    blobs: Sequence[bytes],
    *,
    gap: int = 0,
    dictionary: tuple[int, ZstdDict] | None = None,
) -> Batch:
    """Make a batch of consecutive events.

    Args:
        epoch: the spool's incarnation.
        lane: the lane.
        first: sequence of the first event.
        previous: the lane's chain before it, 32 bytes.
        blobs: encoded events, at least one.
        gap: events of this lane given up just before `first`: `first` minus the sequence that was asked for.
        dictionary: its number and the dictionary to compress with.

    Raises:
        LimitError: too many events, or too large.
    """
    raise NotImplementedError


def unpack(batch: Batch, dictionary: ZstdDict | None = None) -> list[bytes]:
    """Return a batch's encoded events; memory is bounded by MAX_BATCH_BYTES whatever the batch holds.

    Raises:
        LimitError: a limit is exceeded, said or met (a decompression bomb).
        BatchError: what it says and what it holds disagree, or it is garbage.
    """
    raise NotImplementedError
