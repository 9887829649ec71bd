"""Alerts and their changes from the outbox, by number; those from before it from the alerts themselves."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Engine, and_, or_, select
from sqlalchemy.orm import Session
from tramgac_proto.names import parse_time

from tramgac_collector import alert_pages, database, outbox
from tramgac_collector.export import records
from tramgac_collector.export.places import Gap, Place
from tramgac_collector.export.sources.base import Taken
from tramgac_collector.schema import AlertRow, OutboxRow
from tramgac_collector.vocabulary import LEVELS

TOPICS = frozenset(("alert", "alert_changed"))
_MOST = 200
"""Alerts hold copies of their events: fewer of them are taken at once."""


class OutboxSource:
    """The alerts of one target."""

    def __init__(self, engine: Engine, severity: str = "informational", since: str = "now", most: int = _MOST) -> None:
        """Choose those of a severity or above, from `since` on (now, all, or a time)."""
        self._engine, self._since, self._most = engine, since, most
        self._levels = frozenset(LEVELS[LEVELS.index(severity) :])

    def begin(self) -> Place:
        """Return the outbox's end; with all or a time alerts that were raised before come first, as they are now."""
        with database.reading(self._engine) as s:
            _, last = outbox.bounds(s)
        if self._since == "now":
            return Place(position=last, time=time.time_ns())
        first = 0 if self._since == "all" else parse_time(self._since)
        return Place(position=last, mark=f"{first}.", time=first)

    def behind(self, place: Place) -> int:
        """Return how many rows of the outbox follow a place."""
        with database.reading(self._engine) as s:
            return max(0, outbox.bounds(s)[1] - place.position)

    def take(self, place: Place) -> Taken:
        """Return the next changes."""
        with database.reading(self._engine) as s:
            return self._history(s, place) if place.mark else self._news(s, place)

    def _news(self, s: Session, place: Place) -> Taken:
        lowest, last = outbox.bounds(s)
        if last < place.position:  # another control store: its numbers begin anew
            return Taken(
                replace(place, position=0), gaps=[Gap(place.position, place.position, "other_store")], more=True
            )
        if lowest > place.position + 1:
            # What was told of changes is gone; the alerts are there, and those raised since are told as they are now.
            gap = Gap(place.position + 1, lowest, "outbox_trimmed")
            return Taken(replace(place, position=lowest - 1, mark=f"{place.time}."), gaps=[gap], more=True)
        rows = outbox.after(s, place.position, self._most)
        if not rows:
            return Taken(place)
        taken = Taken(replace(place, position=rows[-1].id, time=rows[-1].created), more=len(rows) == self._most)
        for row in rows:
            self._add(s, taken, row)
        return taken

    def _add(self, s: Session, taken: Taken, row: OutboxRow) -> None:
        if row.topic not in TOPICS or row.payload["level"] not in self._levels:
            return
        self._tell(taken, s, s.get(AlertRow, row.payload["id"]), row.payload)

    def _history(self, s: Session, place: Place) -> Taken:
        created, _, number = place.mark.partition(".")
        at = AlertRow.created
        later = or_(at > int(created), and_(at == int(created), AlertRow.id > number))
        found = s.scalars(select(AlertRow).where(later).order_by(at, AlertRow.id).limit(self._most)).all()
        mark = f"{found[-1].created}.{found[-1].id}" if len(found) == self._most else ""
        taken = Taken(replace(place, mark=mark), more=True)
        for alert in found:
            if alert.level in self._levels:
                self._tell(taken, s, alert, alert_pages.row(alert))
        return taken

    def _tell(self, taken: Taken, s: Session, alert: AlertRow | None, told: Mapping[str, Any]) -> None:
        if alert is None:
            taken.unreadable += 1
        else:
            taken.records.append(records.of_alert(s, alert, told))
