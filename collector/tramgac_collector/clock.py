"""What hosts' clocks, as their streams measured them, say of the collector's own."""

from __future__ import annotations

import ctypes
import statistics
import sys
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tramgac_collector.schema import HostRow

RECENT_NS = 86_400_000_000_000
"""Hosts that were heard of since then are compared."""
ENOUGH = 3
"""Fewer hosts prove nothing."""
OFF_S, ALIKE_S = 5.0, 2.0
"""So far off is wrong; so near to each other is the same error, seconds."""
_TIME_ERROR = 5  # ntp_gettime(3): nobody keeps the clock
_SOME = 5_000


@dataclass(frozen=True, slots=True)
class Clocks:
    """How hosts' clocks stand to ours."""

    hosts: int
    median: float
    """What must be added to the middle one, seconds: negative where it is ahead of ours."""
    alike: int
    """Hosts that are within ALIKE_S of the middle one."""

    @classmethod
    def of(cls, s: Session, now: int) -> Clocks:
        """Compare the hosts that spoke of late; `now` in nanoseconds since 1970."""
        recent = select(HostRow.skew).where(HostRow.active.is_(True), HostRow.last_seen > now - RECENT_NS)
        return cls.made_of([skew / 1e9 for skew in s.scalars(recent.order_by(HostRow.last_seen.desc()).limit(_SOME))])

    @classmethod
    def made_of(cls, skews: list[float]) -> Clocks:
        """Compare skews, seconds."""
        if not skews:
            return cls(0, 0.0, 0)
        middle = statistics.median(skews)
        return cls(len(skews), middle, sum(abs(skew - middle) <= ALIKE_S for skew in skews))

    @property
    def ours(self) -> bool:
        """Whether it is our own clock that is wrong: most of several hosts are off alike."""
        return self.hosts >= ENOUGH and abs(self.median) >= OFF_S and 2 * self.alike > self.hosts


def kept() -> bool | None:
    """Tell whether a time service keeps this machine's clock, as the kernel was told; None if nobody can say."""
    if sys.platform != "linux":
        return None
    room = ctypes.create_string_buffer(128)  # struct ntptimeval is smaller
    try:
        state = ctypes.CDLL(None).ntp_gettime(room)
    except AttributeError:
        return None
    return None if state < 0 else state != _TIME_ERROR
