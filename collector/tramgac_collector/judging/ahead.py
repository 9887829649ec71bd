"""What is urgent in a backlog: a judge looks for it ahead of its place, so that it waits for nothing else.

Hosts that come back after an outage send days of what is not urgent, and the log has one order. What was judged ahead
is passed by when its turn comes (`Place.ahead`); what other events it belongs to is judged then, as that of any event
that comes early.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tramgac_wire.log import LogReader

from tramgac_collector import ingest
from tramgac_collector.errors import Unreadable
from tramgac_collector.ingest import Entry
from tramgac_collector.judging.place import Place
from tramgac_collector.paths import StatePaths

NEAR = 256
"""So many batches ahead are no backlog: in their turn they are judged as soon."""
FAR, MOST, EVENTS, BYTES = 10_000, 256, 2_000, 4 << 20
"""Batches that are looked at at once, and urgent ones that are judged together, with their events and their bytes.

Small events that all meet a rule cost memory by their number, and the transaction its time.
"""
READ = 1 << 20
"""Bytes of the log that are read at once."""


@dataclass(slots=True)
class Urgent:
    """Urgent batches of a judge's hosts, and the position before which there are no others."""

    after: int
    entries: list[Entry] = field(default_factory=list)


def look(paths: StatePaths, reader: LogReader, place: Place, position: int) -> Iterator[Urgent]:
    """Give what is urgent ahead of `position`, a part at a time; nothing where there is no backlog.

    Whoever takes a part says so by `place.ahead` before the next. It ends where the log cannot be read: that is for
    whoever comes there.
    """
    while (start := max(position, place.ahead)) < (head := ingest.head(paths)) and head - position > NEAR:
        found, events, size = Urgent(start), 0, 0
        try:
            for entry in ingest.consume(paths, start, reader=reader, max_bytes=READ):
                found.after = entry.position + 1
                if place.takes_urgent(entry):
                    found.entries.append(entry)
                    events += entry.batch.count
                    size += entry.batch.size
                full = len(found.entries) >= MOST or events >= EVENTS or size >= BYTES
                if full or found.after - start >= FAR:
                    break
        except Unreadable:
            yield found
            return
        if found.after == start:
            return
        yield found
