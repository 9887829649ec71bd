"""How far targets are, in the control store: moved only by whoever moved them last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import CursorResult, func, select, update
from sqlalchemy.orm import Session

from tramgac_collector.database import insert_new
from tramgac_collector.export.errors import Elsewhere
from tramgac_collector.export.words import Exporting
from tramgac_collector.export_schema import ExportGapRow, ExportRow


@dataclass(frozen=True, slots=True)
class Place:
    """Where a source is, as `ExportRow` explains it."""

    log: str = ""
    position: int = 0
    sequence: int = 0
    mark: str = ""
    time: int = 0


@dataclass(frozen=True, slots=True)
class Gap:
    """Positions that are gone: `first` to `next - 1`."""

    first: int
    next: int
    reason: str


@dataclass(slots=True)
class Told:
    """What was told since the place was moved last."""

    sent: int = 0
    refused: int = 0
    gaps: list[Gap] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Standing:
    """A target's row."""

    place: Place
    known: Mapping[str, Any]
    sent: int
    refused: int
    moved: int


def read(s: Session, name: str) -> Standing | None:
    """Return where a target is; None before it began."""
    row = s.get(ExportRow, name)
    if row is None:
        return None
    place = Place(row.log, row.position, row.sequence, row.mark, row.time)
    return Standing(place, row.place, row.sent, row.refused, row.moved)


def begin(s: Session, name: str, what: str, place: Place, now: int) -> Standing:
    """Write where a new target begins, unless it has begun; return where it is."""
    values = {"name": name, "what": what, "log": place.log, "position": place.position, "sequence": place.sequence}
    values |= {"mark": place.mark, "time": place.time, "sent": 0, "refused": 0, "moved": now, "place": {}}
    insert_new(s, ExportRow, values)
    found = read(s, name)
    assert found is not None, "it was there, or is now"
    return found


def move(s: Session, name: str, before: Place, after: Place, told: Told, known: Mapping[str, Any], now: int) -> None:
    """Move a target from `before` to `after`, and write down what was told and what is gone.

    Raises:
        Elsewhere: it is not at `before`.

    """
    row = ExportRow
    moved = s.execute(
        update(row)
        .where(row.name == name, row.log == before.log, row.position == before.position)
        .where(row.sequence == before.sequence, row.mark == before.mark)
        .values(
            log=after.log,
            position=after.position,
            sequence=after.sequence,
            mark=after.mark,
            time=after.time,
            sent=row.sent + told.sent,
            refused=row.refused + told.refused,
            moved=now,
            place=dict(known),
        )
    )
    if cast("CursorResult[Any]", moved).rowcount != 1:
        raise Elsewhere(Exporting.ANOTHER.both(name=name))
    s.add_all(
        ExportGapRow(name=name, first=gap.first, next=gap.next, reason=gap.reason, noticed=now) for gap in told.gaps
    )


def gaps(s: Session, name: str, limit: int = 20) -> Sequence[ExportGapRow]:
    """Return what a target was not told, the newest first."""
    query = select(ExportGapRow).where(ExportGapRow.name == name).order_by(ExportGapRow.id.desc()).limit(limit)
    return s.scalars(query).all()


def outbox_needed(s: Session) -> int | None:
    """Return the number of the outbox above which some target still wants rows; None if none follows it."""
    found: int | None = s.scalar(select(func.min(ExportRow.position)).where(ExportRow.what == "alerts"))
    return found
