"""Events from the ingest log, in its order; what it no longer has, from the event store; what neither has is a gap."""

from __future__ import annotations

import time
from dataclasses import replace

from google.protobuf.message import DecodeError
from tramgac_proto.names import parse_time
from tramgac_wire.errors import WireError
from tramgac_wire.log import LogReader

from tramgac_collector import ingest
from tramgac_collector.errors import Unreadable
from tramgac_collector.export import records
from tramgac_collector.export.places import Gap, Place
from tramgac_collector.export.records import Record
from tramgac_collector.export.sources.base import BYTES, MOST, Taken
from tramgac_collector.export.sources.hostnames import Hostnames
from tramgac_collector.ingest import Entry
from tramgac_collector.paths import StatePaths
from tramgac_collector.search.evaluate import asked
from tramgac_collector.search.parsing import parse

_ENTRIES = 512
"""Batches looked at in one go: a search that finds little still says how far it is."""


class LogSource:
    """The events of one target."""

    def __init__(
        self, paths: StatePaths, names: Hostnames, query: str = "", since: str = "now", most: int = MOST
    ) -> None:
        """Choose by `query` (a search), from `since` on (now, all, or a time)."""
        self._paths, self._names, self._most, self._since = paths, names, most, since
        self._wanted = asked(parse(query).node) if query else None
        self._reader: LogReader = ingest.open_reader(paths)

    def begin(self) -> Place:
        """Return the log's end for now, else its beginning: what reached us before `since` is passed over."""
        if self._since == "now":
            return Place(self._log(), ingest.head(self._paths), time=time.time_ns())
        return Place(self._log(), time=0 if self._since == "all" else parse_time(self._since))

    def behind(self, place: Place) -> int:
        """Return how many batches follow a place."""
        return max(0, ingest.head(self._paths) - (place.position if place.log == self._log() else 0))

    def take(self, place: Place) -> Taken:
        """Return the next events.

        Raises:
            OSError: the disk does not give them.
            EngineAway, QueryError: the event store does not, of what only it has.

        """
        log = self._log()
        if place.log != log:  # the state was restored, or made anew: positions count from 0 again
            after = Place(log, time=place.time)
            return Taken(after, gaps=[Gap(place.position, place.position, "other_log")], more=True)
        taken = Taken(place)
        try:
            self._read(taken)
        except Unreadable as met:
            if taken.after == place and not taken.records:
                return self._beside(place, met)
            taken.more = True
        return taken

    def _read(self, taken: Taken) -> None:
        place, size = taken.after, 0
        until = place.position + _ENTRIES
        for entry in ingest.consume(self._paths, place.position, reader=self._reader, max_bytes=BYTES):
            if entry.position >= until:
                taken.more = True
                return
            size += self._take(taken, entry, place)
            if len(taken.records) >= self._most or size >= BYTES:
                taken.more = True
                return

    def _take(self, taken: Taken, entry: Entry, place: Place) -> int:
        """Take an entry's events up to the limit; return the size of what was looked at."""
        size, told = 0, place.sequence if entry.position == place.position else 0
        after = Place(place.log, entry.position + 1, time=max(entry.received, place.time))
        if entry.received < place.time:
            taken.after = replace(after, time=place.time)
            return 0
        try:
            for sequence, blob in entry.events():
                if sequence <= told:
                    continue
                if len(taken.records) >= self._most:
                    return size
                size += len(blob)
                self._add(taken, entry, sequence, blob)
                taken.after = replace(after, position=entry.position, sequence=sequence)
        except WireError:
            taken.unreadable += 1
        taken.after = after
        return size

    def _add(self, taken: Taken, entry: Entry, sequence: int, blob: bytes) -> None:
        where = (entry.host, entry.batch.epoch, int(entry.batch.lane), sequence)
        try:
            record = records.of_blob(blob, where, entry.received, self._names.of(entry.host))
        except (DecodeError, ValueError):
            taken.unreadable += 1
            return
        self._choose(taken, record)

    def _choose(self, taken: Taken, record: Record) -> None:
        if self._wanted is None or self._wanted(record.row):
            taken.records.append(record)

    def _beside(self, place: Place, met: Unreadable) -> Taken:
        """Return what the store has of records that the log does not give, else go past them and say so."""
        from tramgac_collector.export.sources.stored import Stored  # the store's client takes long to import

        found = Stored(self._paths).take(place, met.next, self._most)
        taken = Taken(found.after or replace(place, position=met.next, sequence=0), more=True)
        if found.missing and place.position:  # before position 1 there was nothing that was to be told
            taken.gaps.append(Gap(place.position, found.missing, met.reason))
        for row in found.rows:
            self._choose(taken, records.of_event(row, self._names.of(str(row["host"]))))
        return taken

    def _log(self) -> str:
        return self._paths.log_id.read_text("ascii").strip()
