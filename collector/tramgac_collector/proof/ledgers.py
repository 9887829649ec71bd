"""What agents say that they gave up, read from their Health events on the way through the log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from google.protobuf.message import DecodeError
from tramgac_proto.event_pb2 import Event

from tramgac_collector.ingest.entry import Entry, Key

_SLACK_NS: Final = 120_000_000_000
"""A host's clock, corrected, may be this wrong."""


def _tag(number: int) -> bytes:
    """Encode the tag of a length-delimited field (protobuf's encoding guide: number << 3 | 2, as a varint)."""
    value, out = number << 3 | 2, bytearray()
    while value > 0x7F:  # noqa: PLR2004 - seven bits a byte
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


_HEALTH: Final = _tag(Event.DESCRIPTOR.fields_by_name["health"].number)


@dataclass(slots=True)
class Ledgers:
    """The newest account of each lane."""

    _told: dict[Key, tuple[int, int]] = field(default_factory=dict)
    """Time of the event (ns since 1970) and events given up since the epoch began."""

    def read(self, entry: Entry, blobs: Iterable[bytes]) -> None:
        """Take the accounts that are among a batch's events."""
        for blob in blobs:
            if _HEALTH in blob:  # most events are not even parsed
                self._take(entry, blob)

    def contradicts(self, key: Key, gaps: int, received: int) -> bool:
        """Tell whether the agent, asked after a gap had reached us, gave up less than is missing."""
        time, dropped = self._told.get(key, (0, 0))
        return time > received + _SLACK_NS and dropped < gaps

    def _take(self, entry: Entry, blob: bytes) -> None:
        try:
            event = Event.FromString(blob)
        except DecodeError:
            return
        told = [(entry.batch.epoch, lane) for lane in event.health.lanes]
        for epoch, lane in (*told, *((lane.epoch, lane) for lane in event.health.closed)):
            key = (entry.host, epoch, int(lane.lane))
            if event.time >= self._told.get(key, (0, 0))[0]:
                self._told[key] = (event.time, sum(lane.dropped.values()))
