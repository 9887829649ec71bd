"""How exports stand, out of the settings, the control store, and the note of the exporter that runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from tramgac_proto.names import time_text

from tramgac_collector import ingest, outbox
from tramgac_collector.errors import SettingsError
from tramgac_collector.export import notes, places, settings
from tramgac_collector.export.settings import ExportSettings, Target
from tramgac_collector.export_schema import ExportGapRow, ExportRow
from tramgac_collector.paths import StatePaths


def status(s: Session, paths: StatePaths) -> dict[str, Any]:
    """Return `path`, `fault` (why the file is not in force, in both languages, or None) and `targets`, a row each.

    A target that the file no longer has stays, with `target` empty: its place is kept should it come again.
    """
    fault, found = None, ExportSettings()
    try:
        found = settings.load(paths)
    except SettingsError as error:
        fault = {"en": error.what.en, "vi": error.what.vi}
    running = {note["name"]: note for note in notes.read(paths)["targets"]}
    rows = {row.name: row for row in s.scalars(select(ExportRow).order_by(ExportRow.name))}
    named = {target.name: target for target in found.target}
    names = [*named, *(name for name in rows if name not in named)]
    ends = _ends(s, paths)
    told = [_row(s, name, named.get(name), rows.get(name), running.get(name), ends) for name in names]
    return {"path": str(paths.export_settings), "fault": fault, "targets": told}


def _ends(s: Session, paths: StatePaths) -> Mapping[str, int]:
    return {"events": ingest.head(paths), "alerts": outbox.bounds(s)[1]}


def _row(
    s: Session,
    name: str,
    target: Target | None,
    row: ExportRow | None,
    note: Mapping[str, Any] | None,
    ends: Mapping[str, int],
) -> dict[str, Any]:
    gaps = places.gaps(s, name)
    told = {
        "name": name,
        "what": target.what if target else row.what if row else "",
        "format": target.format if target else "",
        "target": target.target if target else "",
        "manual": target.manual if target else False,
        "state": note["state"] if note else "",
        "trouble": {"en": note["trouble"], "vi": note["trouble_vi"]} if note and note["trouble"] else None,
        "since": time_text(note["since"]) if note and note["since"] else None,
        "sent": row.sent if row else 0,
        "refused": row.refused if row else 0,
        "behind": max(0, ends[row.what] - row.position) if row else 0,
        "last": time_text(row.time) if row and row.time else None,
        "moved": time_text(row.moved) if row else None,
    }
    return {**told, "gaps": [_gap(gap) for gap in gaps]}


def _gap(row: ExportGapRow) -> dict[str, Any]:
    return {"first": row.first, "next": row.next, "reason": row.reason, "noticed": time_text(row.noticed)}
