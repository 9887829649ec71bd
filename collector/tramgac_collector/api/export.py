"""Alerts as `tramgac alerts --json` prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select
from tramgac_proto.names import time_text

from tramgac_collector import alerts
from tramgac_collector.database import reading
from tramgac_collector.schema import AlertRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

_BLOCK: Final = 200


def exported(engine: Engine, filters: alerts.Filters, limit: int) -> Iterator[dict[str, Any]]:
    """Give alerts, newest first, at most `limit`; read in blocks, so that no transaction waits for the reader."""
    cursor: str | None = None
    while limit > 0:
        with reading(engine) as s:
            found = alerts.page(s, filters, cursor, min(limit, _BLOCK))
            numbers = [row["id"] for row in found.items]
            rows = {row.id: _form(row) for row in s.scalars(select(AlertRow).where(AlertRow.id.in_(numbers)))}
        yield from (rows[number] for number in numbers)
        limit -= len(numbers)
        cursor = found.next
        if cursor is None:
            return


def _form(row: AlertRow) -> dict[str, Any]:
    rule = {"id": row.rule_id, "title": row.title, "level": row.level, "tags": row.tags}
    return {
        "id": row.id,
        "rule": rule,
        "host": row.host,
        "hostname": row.hostname,
        "user": row.user,
        "time": time_text(row.time),
        "created": time_text(row.created),
        "status": row.status,
        "verdict": row.verdict,
        "summary": row.summary,
        "events": [event["id"] for event in row.events],
        "why": row.why,
        "title_vi": row.title_vi,
        "stage": row.stage,
    }
