"""Watermarks: how far each lane of each host's spool is in the log. They make that nothing is in it twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from tramgac_collector.ingest.entry import Entry, Key, Mark

EPOCHS_A_HOST = 4
"""Older incarnations of a spool are forgotten: an agent that still had something of one would have sent it.

An agent asks what we hold of MAX_KEPT (`tramgac_wire.limits`) earlier ones; these are not more than are remembered.
"""


class Marks:
    """The watermarks of all hosts, by host and epoch, in the order in which epochs were last heard of."""

    def __init__(self, marks: Mapping[Key, Mark] | None = None) -> None:
        self._hosts: dict[str, dict[int, dict[int, Mark]]] = defaultdict(dict)
        for (host, epoch, lane), mark in (marks or {}).items():
            self.put((host, epoch, lane), mark)

    def get(self, key: Key) -> Mark | None:
        """Give a lane's mark; None if nothing of it is in the log."""
        host, epoch, lane = key
        return self._hosts.get(host, {}).get(epoch, {}).get(lane)

    def lanes(self, host: str, epoch: int) -> dict[int, Mark]:
        """Give the marks of all lanes of an epoch."""
        return dict(self._hosts.get(host, {}).get(epoch, {}))

    def knows(self, host: str) -> bool:
        """Whether there is any mark of this host."""
        return bool(self._hosts.get(host))

    def forgets(self, host: str) -> bool:
        """Whether an incarnation of this host's spool may have been forgotten."""
        return len(self._hosts.get(host, {})) >= EPOCHS_A_HOST

    def put(self, key: Key, mark: Mark) -> None:
        """Set a lane's mark."""
        host, epoch, lane = key
        epochs = self._hosts[host]
        lanes = epochs.pop(epoch, {})
        lanes[lane] = mark
        epochs[epoch] = lanes  # the last heard of is the last in the order
        while len(epochs) > EPOCHS_A_HOST:
            del epochs[next(iter(epochs))]

    def drop(self, key: Key, before: Mark | None) -> None:
        """Set a lane's mark back to what it was before."""
        host, epoch, lane = key
        if before is not None:
            self.put(key, before)
        else:
            self._hosts.get(host, {}).get(epoch, {}).pop(lane, None)

    def fold(self, entries: Iterable[Entry]) -> None:
        """Move the marks past entries of the log."""
        for entry in entries:
            batch = entry.batch
            key = (entry.host, batch.epoch, int(batch.lane))
            self.put(key, Mark(batch.first + batch.count - 1, entry.chain))

    def all(self) -> dict[Key, Mark]:
        """Give all marks, for a snapshot."""
        return {
            (host, epoch, lane): mark
            for host, epochs in self._hosts.items()
            for epoch, lanes in epochs.items()
            for lane, mark in lanes.items()
        }
