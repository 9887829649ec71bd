"""The agent's disk queue: a folder for each incarnation (epoch), in it a segment log for each lane.

The sensor process owns it (Spool); the uplink reads it (SpoolReader). Sequences start at 1 in each lane of an epoch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Frame:
    """A run of consecutive events of one lane as stored: `first` is the sequence of blobs[0].

    `chain` is the lane's chain (32 bytes) before the first event.
    """

    first: int
    chain: bytes
    blobs: tuple[bytes, ...]

    @property
    def last(self) -> int:
        """Sequence of the last event."""
        return self.first + len(self.blobs) - 1


@dataclass(frozen=True, slots=True)
class Head:
    """What of a lane is there to be sent: sequences first to next - 1 (those given up are missing in between)."""

    first: int
    next: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """One lane since its epoch began: emitted = acked + spooled + dropped, each counted by itself."""

    emitted: int
    acked: int
    spooled: int
    dropped: Mapping[str, int]


class Spool:
    """The writer's side. One process, one thread."""

    @classmethod
    def open(
        cls,
        directory: Path,
        *,
        cap_bytes: int,
        age_s: int = 30 * 86_400,
        boot: str,
        now: Callable[[], int],
    ) -> Spool:
        """Prove the last sequence of what lies there, or begin a new epoch.

        Args:
            directory: The spool's folder; made if absent.
            cap_bytes: Cap on disk over all lanes and epochs.
            age_s: Events older than this are given up.
            boot: The machine's boot id; written data survive a killed process but not a power cut.
            now: The clock, nanoseconds since 1970.
        """
        raise NotImplementedError

    epoch: int

    def put(self, lane: int, event: bytes) -> int:
        """Give an encoded event its sequence; it is in memory until flush().

        Raises:
            EventTooLarge: the event is above tramgac_wire.limits.MAX_EVENT_BYTES.
        """
        raise NotImplementedError

    def flush(self, *, durable: bool = False) -> Mapping[int, int]:
        """Write one frame a lane that has something new; the next sequence by lane. Urgent is always synced."""
        raise NotImplementedError

    def acked(self, epoch: int, lane: int, sequence: int) -> None:
        """The collector has everything of a lane up to and including `sequence`."""
        raise NotImplementedError

    def enforce(self) -> None:
        """Keep the caps by bytes and by age; call about once a second."""
        raise NotImplementedError

    def ledger(self) -> Mapping[int, Ledger]:
        """The books of the present epoch, by lane."""
        raise NotImplementedError

    def heads(self) -> tuple[int, Mapping[int, Head]]:
        """The epoch to be sent now (an older one first, while it has events) and its lanes."""
        raise NotImplementedError

    def close(self) -> None:
        """Flush, sync, and note that the end is clean."""
        raise NotImplementedError


class SpoolReader:
    """The uplink's side: reads what was announced; writes nothing."""

    def __init__(self, directory: Path) -> None:
        """Read below this folder."""
        raise NotImplementedError

    def read(self, epoch: int, lane: int, first: int, *, until: int, max_bytes: int, max_events: int) -> list[Frame]:
        """Whole frames that hold `first` and what follows, below sequence `until`; the first frame may begin earlier.

        Where `first` was given up in the meantime the first frame begins later: that is the gap.
        """
        raise NotImplementedError
