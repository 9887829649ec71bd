"""What the notifier keeps in the control store: notices, how channels fared, how far it has read the outbox."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from tramgac_collector.database import insert_new, replace_many
from tramgac_collector.notify.queue import Notice
from tramgac_collector.notify.routing import Brief
from tramgac_collector.notify_schema import ChannelRow, NoticeRow, OutboxCursorRow

NAME = "notifier"
WAITING, DEAD, AGAIN = "waiting", "dead", "again"
MOST_DEAD = 1_000
"""Notices of a channel that were given up and are kept to be looked at."""


def position(s: Session) -> int | None:
    """Return the last number of the outbox that was worked on; None before the first time."""
    return s.scalar(select(OutboxCursorRow.position).where(OutboxCursorRow.name == NAME))


def move(s: Session, number: int) -> None:
    """Write down that the outbox was worked on up to this number."""
    replace_many(s, OutboxCursorRow, [{"name": NAME, "position": number}])


def waiting(s: Session, channel: str) -> tuple[list[Notice], int]:
    """Return what waits for a channel, and the highest number that its notices had."""
    rows = s.scalars(select(NoticeRow).where(NoticeRow.channel == channel, NoticeRow.state == WAITING))
    number = s.scalar(select(ChannelRow.number).where(ChannelRow.name == channel)) or 0
    return [_notice(row) for row in rows], number


def take_again(s: Session) -> list[tuple[str, Notice]]:
    """Return what a person wants tried again, by channel; it waits again, as if it were new."""
    rows = s.scalars(select(NoticeRow).where(NoticeRow.state == AGAIN)).all()
    for row in rows:
        row.state, row.tries, row.reason = WAITING, 0, ""
    return [(row.channel, _notice(row)) for row in rows]


def any_again(s: Session) -> bool:
    """Tell whether a person wants something tried again."""
    return s.scalar(select(NoticeRow.number).where(NoticeRow.state == AGAIN).limit(1)) is not None


def store(s: Session, channel: str, notices: Iterable[Notice], state: str = WAITING) -> None:
    """Write notices down."""
    rows = [{**_row(notice), "channel": channel, "state": state} for notice in notices]
    replace_many(s, NoticeRow, rows)


def numbered(s: Session, channel: str, number: int) -> None:
    """Write down the highest number that notices of a channel had."""
    insert_new(s, ChannelRow, {"name": channel, "number": number})
    s.execute(update(ChannelRow).where(ChannelRow.name == channel).values(number=number))


def sent(s: Session, channel: str, notices: Iterable[Notice], now: int, remark: str = "") -> None:
    """Write down that a message was taken; with a `remark` in part."""
    gone = list(notices)
    _remove(s, channel, [notice.number for notice in gone])
    told = sum(notice.count for notice in gone)
    changes = {"sent": ChannelRow.sent + 1, "alerts": ChannelRow.alerts + told, "last_sent": now, "reason": remark}
    s.execute(update(ChannelRow).where(ChannelRow.name == channel).values(changes))


def failed(s: Session, channel: str, reason: str, now: int) -> None:
    """Write down that a message was not taken."""
    changes = {"failed": ChannelRow.failed + 1, "last_failed": now, "reason": reason}
    s.execute(update(ChannelRow).where(ChannelRow.name == channel).values(changes))


def given_up(s: Session, channel: str, notices: Iterable[Notice]) -> None:
    """Write down notices that were given up; the oldest of too many are removed, their alerts stay counted."""
    gone = list(notices)
    if not gone:
        return
    store(s, channel, gone, DEAD)
    lost = sum(notice.count for notice in gone)
    s.execute(update(ChannelRow).where(ChannelRow.name == channel).values(given_up=ChannelRow.given_up + lost))
    dead = (NoticeRow.channel == channel, NoticeRow.state == DEAD)
    kept = select(NoticeRow.number).where(*dead).order_by(NoticeRow.number.desc()).offset(MOST_DEAD)
    _remove(s, channel, list(s.scalars(kept)))


def want_again(s: Session, channel: str) -> int:
    """Have all that was given up for a channel tried again; return how many alerts."""
    return _of_dead(s, channel, delete_them=False)


def forget(s: Session, channel: str) -> int:
    """Remove all that was given up for a channel; return how many alerts."""
    return _of_dead(s, channel, delete_them=True)


def _of_dead(s: Session, channel: str, *, delete_them: bool) -> int:
    dead = (NoticeRow.channel == channel, NoticeRow.state == DEAD)
    count = s.scalar(select(func.sum(NoticeRow.count)).where(*dead)) or 0
    s.execute(delete(NoticeRow).where(*dead) if delete_them else update(NoticeRow).where(*dead).values(state=AGAIN))
    return int(count)


def _remove(s: Session, channel: str, numbers: list[int]) -> None:
    if numbers:
        s.execute(delete(NoticeRow).where(NoticeRow.channel == channel, NoticeRow.number.in_(numbers)))


def _row(notice: Notice) -> dict[str, Any]:
    names = ("number", "key", "language", "level", "count", "first", "last", "due", "tries", "reason")
    return {**{name: getattr(notice, name) for name in names}, "shown": [asdict(brief) for brief in notice.shown]}


def _notice(row: NoticeRow) -> Notice:
    shown = [Brief(**{**brief, "tags": tuple(brief["tags"])}) for brief in row.shown]
    names = ("number", "key", "language", "level", "count", "first", "last", "due", "tries", "reason")
    return Notice(**{name: getattr(row, name) for name in names}, shown=shown)
