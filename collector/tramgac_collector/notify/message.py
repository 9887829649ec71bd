"""What a channel is told: notices as text for people, and as a document for programs.

Texts of hosts are data. In text for people everything that hides or acts stands as an escape on one line; how a
channel's own format is kept whole (headers, JSON, structured data) is each sender's business.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tramgac_proto.names import time_text

from tramgac_collector.cli.terminal import visible
from tramgac_collector.notify.queue import REST, Notice
from tramgac_collector.notify.routing import Brief
from tramgac_collector.pairs import Pair
from tramgac_collector.vocabulary import LEVELS
from tramgac_collector.vocabulary_words import both

SHOWN_NOTICES = 20
"""Notices of one message that are told with their alerts; of the others title and number."""
LISTED = 100
"""Notices that are named at all."""


class Said(Pair):
    """Words of a message."""

    OTHERS = "other alerts (too many kinds to tell each)", "các cảnh báo khác (quá nhiều loại để nêu từng loại)"
    ALERTS = "{count:alert|alerts}, {first} to {last}", "{count} cảnh báo, từ {first} đến {last}"
    MORE = "and {count} more", "và {count} cảnh báo nữa"
    ON = " on {host}", " trên {host}"
    MANY = "{count:alert|alerts} of {kinds:kind|kinds}", "{count} cảnh báo thuộc {kinds} loại"
    HELD = (
        "These were held back, since no more than so many messages a minute go out by this channel.",
        "Các cảnh báo này được dồn lại vì kênh này chỉ gửi tối đa một số thông báo mỗi phút.",
    )
    NOT_LISTED = "and alerts of {count:more kind|more kinds}", "và cảnh báo thuộc {count} loại nữa"
    PROVISIONAL = (
        "provisional: events still to come may change it",
        "tạm thời: sự kiện đến sau có thể thay đổi",
    )
    TEST = "A test of this channel: nothing has happened.", "Thử kênh thông báo: không có sự cố nào."


@dataclass(frozen=True, slots=True)
class Frame:
    """What messages are made with."""

    page: str = ""
    """The page's address; empty: no links."""
    zone: dt.tzinfo | None = None
    """Of times for people; None: the machine's."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message."""

    id: str
    """The same for the same notices, so that a receiver knows what comes twice."""
    channel: str
    level: str
    subject: str
    text: str
    """Lines for people, ended by \\n."""
    document: dict[str, Any]
    """For programs; texts as they came."""
    notices: tuple[Notice, ...]
    lines: tuple[str, ...]
    """One line for each notice."""


def compose(channel: str, notices: Sequence[Notice], frame: Frame) -> Message:
    """Make the message of notices of one language."""
    language = 1 if notices[0].language == "vi" else 0
    level = max((notice.level for notice in notices), key=LEVELS.index)
    lines = [_headline(notice, language) for notice in notices]
    parts = [] if len(notices) == 1 else [Said.HELD.both()[language], ""]
    for notice in notices[:SHOWN_NOTICES]:
        parts += [*_told(notice, language, frame), ""]
    parts += lines[SHOWN_NOTICES:LISTED]
    if len(notices) > LISTED:
        parts.append(Said.NOT_LISTED.both(count=len(notices) - LISTED)[language])
    subject = lines[0] if len(notices) == 1 else _many(notices, level, language)
    number = _number(channel, notices)
    return Message(
        id=number,
        channel=channel,
        level=level,
        subject=subject,
        text="\n".join(parts).rstrip("\n") + "\n",
        document=_document(number, channel, level, subject, notices),
        notices=tuple(notices),
        lines=tuple(lines),
    )


def test(channel: str, language: str, now: int) -> Message:
    """Make a message that says that it is a test."""
    text = Said.TEST.both()[1 if language == "vi" else 0]
    number = hashlib.sha256(f"test {channel} {now}".encode()).hexdigest()[:32]
    document = {"version": 1, "id": number, "test": True, "channel": channel, "level": "informational"}
    return Message(number, channel, "informational", text, f"{text}\n", {**document, "subject": text}, (), (text,))


def _number(channel: str, notices: Sequence[Notice]) -> str:
    told = "\n".join([channel, *(f"{notice.number} {notice.first} {notice.count}" for notice in notices)])
    return hashlib.sha256(told.encode("utf-8", "backslashreplace")).hexdigest()[:32]


def _headline(notice: Notice, language: int) -> str:
    """Say a notice in one line: high: Shadow copies deleted (+240) on may-01."""
    if notice.key == REST:
        title, where = Said.OTHERS.both()[language], ""
    else:
        title = _title(notice.shown[0], language)
        hosts = {_host(brief) for brief in notice.shown}
        alone = len(hosts) == 1 and notice.count <= len(notice.shown)
        where = Said.ON.both(host=_host(notice.shown[0]))[language] if alone else ""
    more = f" (+{notice.count - 1})" if notice.count > 1 else ""
    return f"{level_text(notice.level, language)}: {title}{more}{where}"


def _many(notices: Sequence[Notice], level: str, language: int) -> str:
    count = sum(notice.count for notice in notices)
    return f"{level_text(level, language)}: {Said.MANY.both(count=count, kinds=len(notices))[language]}"


def _told(notice: Notice, language: int, frame: Frame) -> list[str]:
    lines = [_headline(notice, language)]
    if notice.count > 1:
        span = {"first": _clock(notice.first, frame), "last": _clock(notice.last, frame)}
        lines.append("  " + Said.ALERTS.both(count=notice.count, **span)[language])
    for brief in notice.shown:
        site = f" ({visible(brief.site)})" if brief.site else ""
        words = [brief.time, f"{_host(brief)}{site}", visible(brief.user), visible(brief.summary)]
        if notice.key == REST:
            words.insert(1, _title(brief, language))
        if brief.stage == "provisional":
            words.append(f"({Said.PROVISIONAL.both()[language]})")
        lines.append("  " + "  ".join(word for word in words if word))
        if frame.page:
            lines.append(f"    {frame.page.rstrip('/')}/#/alerts/{brief.id}")
    if notice.count > len(notice.shown):
        lines.append("  " + Said.MORE.both(count=notice.count - len(notice.shown))[language])
    return lines


def _title(brief: Brief, language: int) -> str:
    return visible((brief.title_vi if language else "") or brief.title)


def _host(brief: Brief) -> str:
    return visible(brief.hostname or brief.host)


def level_text(level: str, language: int) -> str:
    """Give a severity in words; `language` 0 is English, 1 Vietnamese."""
    return both("level", level)[language]


def _clock(ns: int, frame: Frame) -> str:
    return dt.datetime.fromtimestamp(ns / 1e9, dt.UTC).astimezone(frame.zone).strftime("%Y-%m-%d %H:%M:%S %z")


def _document(number: str, channel: str, level: str, subject: str, notices: Sequence[Notice]) -> dict[str, Any]:
    told = {"version": 1, "id": number, "test": False, "channel": channel, "level": level, "subject": subject}
    return {**told, "count": sum(n.count for n in notices), "notices": [_notice(n) for n in notices[:LISTED]]}


def _notice(notice: Notice) -> dict[str, Any]:
    one_rule = notice.key != REST and len({brief.rule for brief in notice.shown}) == 1
    return {
        "rule": notice.shown[0].rule if one_rule else None,
        "level": notice.level,
        "count": notice.count,
        "first": time_text(notice.first),
        "last": time_text(notice.last),
        "alerts": [alert(brief) for brief in notice.shown],
    }


def alert(brief: Brief) -> dict[str, Any]:
    """Give what is told of one alert, for programs."""
    names = ("id", "title", "title_vi", "level", "rule", "host", "hostname", "site", "user", "time", "summary", "stage")
    return {**{name: getattr(brief, name) for name in names}, "tags": list(brief.tags)}
