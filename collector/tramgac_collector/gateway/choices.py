"""What people chose for rules, as agents hear of it: a rule that raises no alert at a host's site hurries nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

import structlog
from sqlalchemy import select
from tramgac_wire.limits import MAX_RULE_MARKS
from tramgac_wire.rule_marks import joined

from tramgac_collector import rule_decisions
from tramgac_collector.gateway.stream import Stream
from tramgac_collector.rule_schema import RuleStateRow
from tramgac_collector.rule_states import ALERT, EVERYWHERE
from tramgac_collector.schema import HostRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tramgac_collector.gateway.hall import Hall

_log = structlog.get_logger(__name__)


class Marks(NamedTuple):
    """Of one site: marks of the rules that are quiet there, and of those that are urgent."""

    quiet: bytes
    urgent: bytes


class News(NamedTuple):
    """What hosts are to hear, and the number of the last change that is in it."""

    number: int
    hosts: Mapping[str, Marks]


def told(hall: Hall) -> dict[str, int]:
    """Return the number of the last change that each host heard of, of those that can hear."""
    return {stream.host: stream.choices for stream in hall.streams if isinstance(stream, Stream) and stream.greeted}


def news(s: Session, heard: Mapping[str, int]) -> News:
    """Return what hosts have not heard yet. `heard`: number by host."""
    number = rule_decisions.number(s)  # before the rest: what changes meanwhile is told next time
    behind = [host for host, last in heard.items() if last != number]
    return News(number, _marks(s, behind) if behind else {})


def tell(hall: Hall, news: News) -> None:
    """Tell it on the streams that are still open."""
    for host, marks in news.hosts.items():
        stream = hall.streams.live.get(host)
        if isinstance(stream, Stream):
            stream.choose(news.number, *marks)


def _marks(s: Session, hosts: Collection[str]) -> dict[str, Marks]:
    states: dict[str, dict[str, str]] = {}
    for rule, site, state in s.execute(select(RuleStateRow.name, RuleStateRow.site, RuleStateRow.state)):
        states.setdefault(site, {})[rule] = state
    general = states.get(EVERYWHERE, {})
    by_site = {site: _of({**general, **chosen}) for site, chosen in states.items()}
    elsewhere = by_site.get(EVERYWHERE) or _of({})
    wanted = frozenset(hosts)
    sites = s.execute(select(HostRow.id, HostRow.site)).all()
    return {host: by_site.get(site, elsewhere) for host, site in sites if host in wanted}


def _of(states: Mapping[str, str]) -> Marks:
    """Return the marks of one site. Of more than a message holds the urgent ones go first: they must not wait."""
    urgent = sorted(rule for rule, state in states.items() if state == ALERT)
    quiet = sorted(states.keys() - frozenset(urgent))
    if len(states) > MAX_RULE_MARKS:
        _log.warning("agents hear of some choices for rules only", choices=len(states), most=MAX_RULE_MARKS)
    return Marks(_joined(quiet, MAX_RULE_MARKS - len(urgent)), _joined(urgent, MAX_RULE_MARKS))


def _joined(rules: Iterable[str], most: int) -> bytes:
    return joined([*rules][: max(most, 0)])
