"""The batch codec: encoded events, length-prefixed, compressed, counted.

Everything that a batch says about itself is checked before anything in it is parsed, and memory stays within
MAX_BATCH_BYTES whatever it holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from backports.zstd import CompressionParameter, DecompressionParameter, ZstdDecompressor, ZstdDict, ZstdError, compress
from tramgac_proto.event_pb2 import Lane
from tramgac_proto.session_pb2 import Batch

from tramgac_wire.dictionary import NONE, Dictionaries, Dictionary
from tramgac_wire.errors import BatchError, LimitError, NoDictionary
from tramgac_wire.limits import MAX_BATCH_BYTES, MAX_BATCH_EVENTS, MAX_EVENT_BYTES, MAX_MESSAGE
from tramgac_wire.walk import borders

LEVEL: Final = 9
"""zstd's level: the agent sends little, the WAN is the narrow place."""
LEVEL_KEPT: Final = 1
"""The collector's where it compresses anew: its processor is the narrow place, and the log is kept for a day."""
DIGEST: Final = 32
_PACKING: Final[Mapping[int, int]] = {
    CompressionParameter.compression_level: LEVEL,
    CompressionParameter.dict_id_flag: 0,  # the batch names it
}
# Else a frame may ask for a window of 128 MB.
_OPTIONS: Final[Mapping[int, int]] = {DecompressionParameter.window_log_max: 21}
_MORE: Final = 0x80


def _varint(number: int) -> bytes:
    out = bytearray()
    while number >= _MORE:
        out.append(number & 0x7F | _MORE)
        number >>= 7
    out.append(number)
    return bytes(out)


def join(blobs: Sequence[bytes]) -> bytes:
    """Return the events one after another, each preceded by its length as a varint."""
    return b"".join(part for blob in blobs for part in (_varint(len(blob)), blob))


def split(data: bytes, count: int) -> list[bytes]:
    """Return the `count` events that `join` put into data.

    Raises:
        BatchError: data does not hold exactly so many, or one is empty.
        LimitError: one of them is above MAX_EVENT_BYTES, or count above MAX_BATCH_EVENTS.
    """
    if count > MAX_BATCH_EVENTS:
        msg = f"{count} events in a batch; the limit is {MAX_BATCH_EVENTS}"
        raise LimitError(msg)
    return [data[event] for event in borders(data, count)]


def pack(
    epoch: int,
    lane: int,
    first: int,
    previous: bytes,
    blobs: Sequence[bytes],
    *,
    gap: int = 0,
    dictionary: Dictionary | None = None,
) -> Batch:
    """Make a batch of consecutive events.

    Args:
        epoch: the spool's incarnation.
        lane: the lane.
        first: sequence of the first event.
        previous: the lane's chain before it, 32 bytes.
        blobs: encoded events, at least one.
        gap: events of this lane given up just before `first`: `first` minus the sequence that was asked for.
        dictionary: one that the collector knows, to compress with.

    Raises:
        LimitError: too many events, or too large, or none.
    """
    raw = join(blobs)
    if not 0 < len(blobs) <= MAX_BATCH_EVENTS or len(raw) > MAX_BATCH_BYTES:
        msg = (
            f"{len(blobs)} events of {len(raw)} bytes make no batch; "
            f"the limits are {MAX_BATCH_EVENTS} and {MAX_BATCH_BYTES}"
        )
        raise LimitError(msg)
    if max(map(len, blobs)) > MAX_EVENT_BYTES or min(map(len, blobs)) == 0:
        msg = f"an event has 1 to {MAX_EVENT_BYTES} bytes; the largest here has {max(map(len, blobs))}"
        raise LimitError(msg)
    events = compress(raw, options=_PACKING, zstd_dict=None if dictionary is None else dictionary.zstd)
    return Batch(
        epoch=epoch,
        lane=Lane.ValueType(lane),
        first=first,
        count=len(blobs),
        size=len(raw),
        previous=previous,
        events=events,
        gap=gap,
        dictionary=0 if dictionary is None else dictionary.number,
    )


def unpack(batch: Batch, dictionaries: Dictionaries = NONE) -> list[bytes]:
    """Return a batch's encoded events; raises what `plain` and `split` do."""
    return split(plain(batch, dictionaries), batch.count)


def plain(batch: Batch, dictionaries: Dictionaries = NONE) -> bytes:
    """Return a batch's events as `join` made them; memory is bounded by MAX_BATCH_BYTES whatever the batch holds.

    `dictionaries`: those that are known here.

    Raises:
        LimitError: a limit is exceeded, said or met (a decompression bomb).
        NoDictionary: it was compressed with one that is not known.
        BatchError: what it says and what it holds disagree, or it is garbage.
    """
    if batch.size > MAX_BATCH_BYTES or batch.count > MAX_BATCH_EVENTS or len(batch.events) > MAX_MESSAGE:
        msg = (
            f"a batch of {batch.count} events, {batch.size} bytes, {len(batch.events)} compressed; "
            f"the limits are {MAX_BATCH_EVENTS}, {MAX_BATCH_BYTES}, {MAX_MESSAGE}"
        )
        raise LimitError(msg)
    if not batch.count or not batch.first or len(batch.previous) != DIGEST:
        msg = f"a batch needs a first sequence, a count and a chain of {DIGEST} bytes before it"
        raise BatchError(msg)
    dictionary = dictionaries.get(batch.dictionary) if batch.dictionary else None
    if batch.dictionary and dictionary is None:
        raise NoDictionary(batch.dictionary)
    return _decompress(batch.events, batch.size, None if dictionary is None else dictionary.zstd)


def settle(batch: Batch, raw: bytes) -> None:
    """Compress a batch anew without the dictionary that it names: what is kept must not need another file to be read.

    `raw`: its events, as `plain` gave them.
    """
    if batch.dictionary:
        batch.dictionary = 0
        batch.events = compress(raw, LEVEL_KEPT)


def _decompress(data: bytes, size: int, dictionary: ZstdDict | None) -> bytes:
    """Return exactly `size` bytes, never holding more than one above."""
    decompressor = ZstdDecompressor(options=_OPTIONS, zstd_dict=dictionary)
    try:
        raw = decompressor.decompress(data, max_length=size + 1)
    except ZstdError as error:
        msg = f"the events are no zstd data: {error}"
        raise BatchError(msg) from error
    if len(raw) > size:
        msg = f"the events are larger than the {size} bytes that were said"
        raise LimitError(msg)
    if len(raw) < size or not decompressor.eof or decompressor.unused_data:
        msg = f"{size} bytes of events were said, {len(raw)} are there, or something follows them"
        raise BatchError(msg)
    return raw
