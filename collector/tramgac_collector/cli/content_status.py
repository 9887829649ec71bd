"""The content on offer in sentences: what it is, how long it is good, what each role has in force and refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from tramgac_collector.cli.rule_words import RuleWord
from tramgac_collector.cli.times import local
from tramgac_collector.cli.words import Word, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SOON: Final = timedelta(days=30)
"""So long before its signature ends content is to be signed again."""


def day(until: datetime) -> str:
    """Give the day of a time as people write it in an order."""
    return until.strftime("%Y-%m-%d")


def ends(until: datetime, now: datetime | None = None) -> str | None:
    """Give what to say of a signature that ends soon or has ended, None while there is time."""
    left = until - (now or datetime.now(UTC))
    if left > SOON:
        return None
    word = Word.EXPIRES_SOON if left > timedelta(0) else Word.EXPIRED
    return say(word, until=day(until), days=left.days)


def warnings(told: Mapping[str, Any]) -> Iterator[str]:
    """Yield what of `/api/content`'s answer somebody has to do something about."""
    for role in told["roles"]:
        if role["reason"]:
            yield say(Word.CONTENT_REFUSED, **{**role, "time": local(role["time"])})
    if told.get("expires") and (sentence := ends(datetime.fromisoformat(told["expires"]))):
        yield sentence


def lines(told: Mapping[str, Any]) -> Iterator[str]:
    """Yield what `/api/content` answers, warnings last."""
    if not told["version"]:
        yield say(Word.NO_CONTENT)
    else:
        yield say(Word.CONTENT_OFFERED, **{**told, "published": local(told["published"])})
    if told.get("expires"):
        yield say(Word.VALID_UNTIL, until=day(datetime.fromisoformat(told["expires"])))
    for role in told["roles"]:
        yield say(Word.ROLE_IN_FORCE, **role) if role["version"] else say(Word.ROLE_WITHOUT, **role)
    if told.get("scans", {}).get("again"):
        yield say(RuleWord.SCANNING_AGAIN, **told["scans"])
    yield from warnings(told)
