"""One target's work, a step at a time: take records, put them into its words, bring them, then move its place."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog
from sqlalchemy import Engine

from tramgac_collector import database
from tramgac_collector.export import places
from tramgac_collector.export.aside import Aside
from tramgac_collector.export.destinations.base import Destination, Known, Line
from tramgac_collector.export.errors import Refused
from tramgac_collector.export.places import Place, Told
from tramgac_collector.export.records import Record
from tramgac_collector.export.sources.base import Source

QUIET_NS = 10_000_000_000
"""A place that moves with nothing told (a search that finds little) is written down so often, ns."""
_LOG = structlog.get_logger(__name__)


@dataclass(slots=True)
class Pump:
    """One target. `encode` puts a record into its words."""

    name: str
    what: str
    engine: Engine
    source: Source
    destination: Destination
    encode: Callable[[Record], bytes]
    aside: Aside
    clock: Callable[[], int] = time.time_ns
    counts: Counter[str] = field(default_factory=Counter)
    place: Place | None = None
    """Where the source is, before it was written down: ahead of `_written` where nothing was told since."""
    _written: Place = field(default_factory=Place)
    _known: Known = field(default_factory=dict)
    _moved: int = 0

    def begin(self) -> Place:
        """Read where the target is; a new one begins. Safe to call again after a failure."""
        with database.reading(self.engine) as s:
            standing = places.read(s, self.name)
        if standing is None:
            first = self.source.begin()
            with database.session(self.engine) as s:
                standing = places.begin(s, self.name, self.what, first, self.clock())
        self.place = self._written = standing.place
        self._known, self._moved = standing.known, self.clock()
        return standing.place

    def step(self) -> bool:
        """Bring the next records; whether there may be more at once.

        Raises:
            Away: the destination does not take them now; the next step brings the same again.
            Elsewhere: another exporter moved the target.
            EngineAway, SQLAlchemyError, OSError: a store or the log does not give them.

        """
        well = False
        try:
            more = self._step(self.place if self.place is not None else self.begin())
            well = True
        finally:
            if not well:  # what was brought and never written down is brought again: by files after it was cut off
                self.destination.close()
                self.place = None
        return more

    def _step(self, place: Place) -> bool:
        taken = self.source.take(place)
        told = Told(gaps=taken.gaps)
        known = self._known
        lines = self._lines(taken.records, told)
        for at in range(0, len(lines), self.destination.records):
            known = self._bring(lines[at : at + self.destination.records], known, told)
        self.counts["unreadable"] += taken.unreadable
        self.place = taken.after
        if lines or told.refused or told.gaps or self._due(taken.after):
            self._move(taken.after, known, told)
        settled = self.destination.settled(known)
        if settled != known:
            self._move(taken.after, settled, Told())
        return taken.more

    def finish(self) -> None:
        """Leave things as they may stay for long: a file finished, and what nobody wanted passed over.

        Raises:
            Away, Elsewhere, SQLAlchemyError: as a step does.

        """
        if self.place is None:
            return
        known = self.destination.settled(self._known, over=True)
        if (self.place, known) != (self._written, self._known):
            self._move(self.place, known, Told())

    def _due(self, after: Place) -> bool:
        return after != self._written and self.clock() - self._moved >= QUIET_NS

    def _move(self, after: Place, known: Known, told: Told) -> None:
        with database.session(self.engine) as s:
            places.move(s, self.name, self._written, after, told, known, self.clock())
        self._written, self._known, self._moved = after, known, self.clock()
        self.counts["sent"] += told.sent
        self.counts["refused"] += told.refused
        for gap in told.gaps:
            self.counts["gaps"] += 1
            _LOG.error(
                "not exported, since it is gone", target=self.name, first=gap.first, next=gap.next, why=gap.reason
            )

    def _lines(self, records: Sequence[Record], told: Told) -> list[Line]:
        lines = []
        for record in records:
            try:
                lines.append(Line(record.id, self.encode(record)))
            except Exception as error:  # noqa: BLE001 # bulkhead: one record of one target
                self._set_aside(
                    record.id, repr(dict(record.row)).encode("utf-8", "backslashreplace"), repr(error), told
                )
        return lines

    def _bring(self, lines: Sequence[Line], known: Known, told: Told) -> Known:
        """Bring lines; of those that are refused the one at fault is found and set aside."""
        try:
            known = self.destination.send(lines, known)
        except Refused as refused:
            which = refused.which or ((0,) if len(lines) == 1 else ())
            for at in which:
                self._set_aside(lines[at].id, lines[at].data, refused.what.en, told)
            if which:
                told.sent += len(lines) - len(which)
                return known
            half = len(lines) // 2
            return self._bring(lines[half:], self._bring(lines[:half], known, told), told)
        told.sent += len(lines)
        return known

    def _set_aside(self, record: str, data: bytes, why: str, told: Told) -> None:
        told.refused += 1
        kept = self.aside.keep(record, data, why)
        _LOG.error("a record was not exported", target=self.name, record=record, why=why, kept=kept)

    def close(self) -> None:
        """End the destination's connection or file."""
        self.destination.close()
