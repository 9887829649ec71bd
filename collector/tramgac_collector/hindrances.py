"""What keeps the collector from its work at this moment, so that no quiet page is taken for a quiet network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from tramgac_collector import ready
from tramgac_collector.events import forecast
from tramgac_collector.ingest.room import LOW, free_bytes
from tramgac_collector.main import wanted
from tramgac_collector.schema import ContentRow, RoleContentRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from tramgac_collector.config import CollectorConfig
    from tramgac_collector.paths import StatePaths


def hindrances(s: Session, paths: StatePaths, config: CollectorConfig) -> list[dict[str, Any]]:
    """Return what is in the way, the worst first, each with its `kind`.

    disk_full (events are refused) and disk_low (agents hold back) carry `free` and `least`, bytes; disk_filling (it
    will be full soon) carries `days`; role_down carries `roles`; no_rules (nothing is detected) carries nothing.
    """
    room = (*_disk(paths, config.minimum_free_bytes), *_filling(paths, config.disk_alarm_days))
    return [*room, *_roles(paths, config), *_rules(s)]


def disk(free: int, least: int) -> str:
    """Tell what so little room means, both in bytes: disk_full, disk_low, or nothing."""
    if free < least:
        return "disk_full"
    return "disk_low" if free < LOW * least else ""


def _disk(paths: StatePaths, least: int) -> Iterator[dict[str, Any]]:
    free = free_bytes(paths)
    if kind := disk(free, least):
        yield {"kind": kind, "free": free, "least": least}


def _filling(paths: StatePaths, alarm: int) -> Iterator[dict[str, Any]]:
    told = forecast.told(paths)
    if told is not None and told.days_left is not None and told.days_left < alarm:
        yield {"kind": "disk_filling", "days": int(told.days_left)}


def _roles(paths: StatePaths, config: CollectorConfig) -> Iterator[dict[str, Any]]:
    # Before the supervisor says that all are ready they just start, which is no hindrance.
    if not ready.runs(paths, ready.NAME):
        return
    if down := [role for role in wanted(paths, config) if not ready.runs(paths, role)]:
        yield {"kind": "role_down", "roles": down}


def _rules(s: Session) -> Iterator[dict[str, Any]]:
    of_judge = select(RoleContentRow.version).where(RoleContentRow.role == "judge").scalar_subquery()
    row = s.scalars(select(ContentRow).where(ContentRow.version == of_judge)).one_or_none()
    if row is None or not row.rules + row.yara + row.indicators:
        yield {"kind": "no_rules"}
