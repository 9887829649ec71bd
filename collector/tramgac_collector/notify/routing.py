"""Which alerts a route lets through, and what of them is told together. Pure: the clock's zone is given."""

from __future__ import annotations

import datetime as dt
import fnmatch
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tramgac_collector.notify.settings import DAYS, NotifySettings, Route
from tramgac_collector.vocabulary import LEVELS

TITLE, TEXT = 200, 500
"""Longest title and summary that a message holds, characters."""


@dataclass(frozen=True, slots=True)
class Brief:
    """What a message says of one alert. Its texts are a host's: whoever writes them down escapes them."""

    id: str
    title: str
    title_vi: str
    level: str
    rule: str
    tags: tuple[str, ...]
    host: str
    hostname: str
    site: str
    user: str
    time: str
    """RFC 3339."""
    summary: str
    stage: str
    created: int
    """Nanoseconds since 1970."""

    @classmethod
    def of(cls, row: Mapping[str, Any], site: str, created: int) -> Brief:
        """Make it of an alert's row (alert_pages.row)."""
        return cls(
            id=row["id"],
            title=row["title"][:TITLE],
            title_vi=row["title_vi"][:TITLE],
            level=row["level"] if row["level"] in LEVELS else "medium",
            rule=row["rule"][:TITLE],
            tags=tuple(str(tag)[:TITLE] for tag in row["tags"][:50]),
            host=row["host"],
            hostname=row["hostname"][:TITLE],
            site=site,
            user=row["user"][:TITLE],
            time=row["time"],
            summary=row["summary"][:TEXT],
            stage=row["stage"],
            created=created,
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """An alert for one channel."""

    channel: str
    language: str
    key: str
    """Alerts of one key are told together."""
    window: int
    """Nanoseconds."""


def wanted(settings: NotifySettings, brief: Brief) -> Iterator[Wanted]:
    """Give the channels that are to be told; each once, by the first route that names it."""
    told: set[str] = set()
    zone = settings.clock
    for number, route in enumerate(settings.route, 1):
        if not passes(route, brief, zone):
            continue
        for channel in route.channels:
            if channel not in told:
                told.add(channel)
                yield Wanted(channel, route.language, f"{number}:{_together(route, brief)}", int(route.window_s * 1e9))


def passes(route: Route, brief: Brief, zone: dt.tzinfo | None) -> bool:
    """Tell whether a route lets an alert through."""
    return (
        LEVELS.index(brief.level) >= LEVELS.index(route.severity)
        and _any(route.rules, [brief.rule])
        and _any(route.tags, brief.tags)
        and (not route.sites or brief.site in route.sites)
        and in_hours(route, dt.datetime.fromtimestamp(brief.created / 1e9, dt.UTC).astimezone(zone))
    )


def in_hours(route: Route, at: dt.datetime) -> bool:
    """Tell whether a moment is within a route's hours; what is after midnight belongs to the evening before."""
    begin, end = route.span
    minute, day = 60 * at.hour + at.minute, at.weekday()
    if begin < end:
        inside = begin <= minute < end
    else:
        inside = minute >= begin or minute < end
        day = (day - (minute < end)) % 7
    return inside and (not route.days or DAYS[day] in route.days)


def _any(patterns: Iterable[str], texts: Iterable[str]) -> bool:
    patterns = [pattern.casefold() for pattern in patterns]
    lowered = [text.casefold() for text in texts]
    return not patterns or any(fnmatch.fnmatchcase(text, pattern) for text in lowered for pattern in patterns)


def _together(route: Route, brief: Brief) -> str:
    match route.by:
        case "rule":
            return brief.rule
        case "host":
            return brief.host
        case "rule_host":
            return f"{brief.host}:{brief.rule}"
        case _:
            return ""
