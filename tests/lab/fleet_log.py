"""A fleet's own log: every event before it can leave, every acknowledgement.

What the collector says is held against it. Not a lane itself.
"""

import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from pathlib import Path

from tramgac_proto.event_pb2 import LANE_URGENT

Key = tuple[str, int, int, int]
"""(host, epoch, lane, sequence)."""


@dataclass(frozen=True, slots=True)
class Written:
    """An event: its own time, when it was put into the spool, the rule that it must meet ("" for none)."""

    time: int
    put: int
    rule: str


@dataclass
class Log:
    """Append-only, one text line a fact; nothing but the file is needed to judge a run."""

    path: Path
    latencies: list[float] = field(default_factory=list)
    """From the spool to the acknowledgement, of urgent events, seconds."""
    timed: list[tuple[int, float]] = field(default_factory=list)
    """The same, each after when it was put into the spool, ns."""
    by_lane: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    """The same of every lane."""
    _waiting: dict[tuple[str, int, int], deque[tuple[int, int]]] = field(default_factory=lambda: defaultdict(deque))

    def __post_init__(self) -> None:
        """Open the file."""
        self._file = self.path.open("a", buffering=1 << 16)

    def put(self, host: str, epoch: int, lane: int, sequence: int, moment: int, rule: str) -> None:
        """An event got its sequence."""
        now = time.time_ns()
        self._file.write(f"E {host} {epoch} {lane} {sequence} {moment} {now} {rule}\n")
        self._waiting[host, epoch, lane].append((sequence, now))

    def acked(self, host: str, epoch: int, lane: int, sequence: int) -> None:
        """The collector vouches for a lane up to here."""
        now = time.time_ns()
        self._file.write(f"A {host} {epoch} {lane} {sequence} {now}\n")
        waiting = self._waiting[host, epoch, lane]
        while waiting and waiting[0][0] <= sequence:
            put = waiting.popleft()[1]
            took = (now - put) / 1e9
            self.by_lane[lane].append(took)
            if lane == LANE_URGENT:
                self.latencies.append(took)
                self.timed.append((put, took))

    def close(self) -> None:
        """Write what is buffered."""
        self._file.close()

    def read(self) -> tuple[dict[Key, Written], dict[tuple[str, int, int], int]]:
        """Every event that was written, and the last sequence that was acknowledged of each lane."""
        self._file.flush()
        events: dict[Key, Written] = {}
        marks: dict[tuple[str, int, int], int] = {}
        with self.path.open() as lines:
            for line in lines:
                kind, host, *rest = line.rstrip("\n").split(" ")
                if kind == "E":
                    epoch, lane, sequence, moment, put = map(int, rest[:5])
                    events[host, epoch, lane, sequence] = Written(moment, put, rest[5])
                else:
                    epoch, lane, sequence = map(int, rest[:3])
                    marks[host, epoch, lane] = max(sequence, marks.get((host, epoch, lane), 0))
        return events, marks
