"""How it stands with notifications: what `notify.toml` says, and how each channel fares."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tramgac_proto.names import time_text

from tramgac_collector.notify.errors import NotifySettingsError
from tramgac_collector.notify.keeping import AGAIN, DEAD, WAITING
from tramgac_collector.notify.settings import NotifySettings, load
from tramgac_collector.notify_schema import ChannelRow, NoticeRow
from tramgac_collector.pairs import Both
from tramgac_collector.paths import StatePaths


def status(s: Session, paths: StatePaths) -> dict[str, Any]:
    """Return `path`, `fault` (None, or what is wrong with the file in both languages) and `channels`.

    A channel has `name`, `kind` and `target` (empty for one that is in the file no more), `routes` (numbers),
    `waiting` and `given_up` (alerts), `oldest` of what waits, what it was told in all (`messages`, `alerts`, `failed`,
    `lost`), `last_sent`, `last_failed`, and `reason`: why the last message failed, if it did.
    """
    fault: Both | None = None
    try:
        settings = load(paths)
    except NotifySettingsError as error:
        settings, fault = NotifySettings(), error.what
    rows = {row.name: row for row in s.scalars(select(ChannelRow))}
    there = _counted(s)
    names = [channel.name for channel in settings.channel]
    others = sorted(name for name in {*rows, *(name for name, _ in there)} if name not in names)
    return {
        "path": str(paths.notify),
        "fault": None if fault is None else {"en": fault.en, "vi": fault.vi},
        "channels": [_channel(settings, name, rows.get(name), there) for name in (*names, *others)],
    }


def _channel(
    settings: NotifySettings, name: str, row: ChannelRow | None, there: dict[tuple[str, str], tuple[int, int]]
) -> dict[str, Any]:
    channel = settings.named(name)
    waiting, oldest = there.get((name, WAITING), (0, 0))
    return {
        "name": name,
        "kind": channel.kind if channel else "",
        "target": channel.target if channel else "",
        "routes": [number for number, route in enumerate(settings.route, 1) if name in route.channels],
        "waiting": waiting,
        "oldest": _moment(oldest or None),
        "given_up": there.get((name, DEAD), (0, 0))[0] + there.get((name, AGAIN), (0, 0))[0],
        "messages": row.sent if row else 0,
        "alerts": row.alerts if row else 0,
        "failed": row.failed if row else 0,
        "lost": row.given_up if row else 0,
        "last_sent": _moment(row.last_sent if row else None),
        "last_failed": _moment(row.last_failed if row else None),
        "reason": row.reason if row else "",
    }


def _counted(s: Session) -> dict[tuple[str, str], tuple[int, int]]:
    """Return alerts and the first of them, by channel and state."""
    query = select(NoticeRow.channel, NoticeRow.state, func.sum(NoticeRow.count), func.min(NoticeRow.first))
    rows = s.execute(query.group_by(NoticeRow.channel, NoticeRow.state))
    return {(channel, state): (int(count), int(first)) for channel, state, count, first in rows}


def _moment(ns: int | None) -> str | None:
    return None if ns is None else time_text(ns)
