"""What waits under an epoch that is done for, read back so that it can be given again under the present one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from tramgac_wire.errors import LogDamaged, LogTrimmed

from tramgac_agent.errors import SpoolError
from tramgac_agent.frames import decode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tramgac_wire.log import LogReader

    from tramgac_agent.ledger import LaneBook

CARRY_FRAMES: Final = 40
"""So many frames of a lane at a time, at most 10 MB: between two turns the sensors are drained."""


class Waiting(NamedTuple):
    """What waits in one frame."""

    first: int
    last: int
    blobs: tuple[bytes, ...] | None
    """The events that are not acknowledged; None where the frame cannot be read."""


def waiting(reader: LogReader, book: LaneBook) -> Iterator[Waiting]:
    """The oldest frames of a book that wait, CARRY_FRAMES at most. Raises OSError."""
    for position, first, last in book.oldest(CARRY_FRAMES):
        begin = max(first, book.watermark + 1)
        try:
            ((_, record),) = reader.read(position, until=position + 1)
            yield Waiting(begin, last, decode(record).blobs[begin - first :])
        except (LogDamaged, LogTrimmed, SpoolError, ValueError):  # ValueError: there is none
            yield Waiting(begin, last, None)
