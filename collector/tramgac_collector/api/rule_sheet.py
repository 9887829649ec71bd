"""One rule with all that is known of it here: its state and who chose it, cost, what it met, alerts, exceptions."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session
from tramgac_proto.names import time_text

from tramgac_collector import alert_pages, exception_book, host_parked, rule_costs
from tramgac_collector.api.standing import Rules, parked, states_of
from tramgac_collector.exceptions import ANY
from tramgac_collector.paths import StatePaths
from tramgac_collector.rule_decisions import DAY
from tramgac_collector.rule_schema import RuleCountRow, RuleStateRow
from tramgac_collector.rule_states import key_of
from tramgac_collector.schema import AlertRow

DAYS: Final = 30
"""Alerts and matches of so many days are told."""
SHOWN: Final = 5
"""The newest alerts."""
_ABOUT: Final = (
    "title",
    "title_vi",
    "level",
    "status",
    "tags",
    "author",
    "path",
    "engine",
    "members",
    "watch",
    "quiet",
)


def sheet(s: Session, paths: StatePaths, known: Rules, rule: str, now: int) -> dict[str, Any]:
    """Return what is known of a rule; `known`: those on offer, of which it need not be one any more."""
    about = known.get(rule) or _remembered(s, rule)
    stopped = {row["rule"]: row for row in parked(s)}
    return {
        "id": rule,
        "on_offer": rule in known,
        **{name: about.get(name, "") for name in _ABOUT},
        "parts": [_part(known, name) for name in about.get("members", ())],
        "logsource": about.get("logsource"),
        "state": states_of(s, known).of(rule),
        "chosen": _chosen(s, rule),
        "parked": stopped.get(rule),
        "parked_hosts": len(host_parked.parked_on(s, {rule}).get(rule, ())),
        "cost": _cost(paths, rule),
        "met": _met(s, rule, now),
        "alerts": _alerts(s, rule, now),
        "exceptions": _exceptions(s, rule, now),
    }


def _part(known: Rules, rule: str) -> dict[str, str]:
    """Return a rule that a correlation refers to."""
    about = known.get(rule, {})
    return {"id": rule, **{name: about.get(name) or "" for name in ("title", "title_vi")}}


def _remembered(s: Session, rule: str) -> Mapping[str, Any]:
    """Return what its newest alert says of a rule."""
    newest = select(AlertRow.rule).where(AlertRow.rule_id == rule).order_by(AlertRow.created.desc())
    found: Mapping[str, Any] | None = s.scalar(newest.limit(1))
    return found or {}


def _chosen(s: Session, rule: str) -> list[dict[str, Any]]:
    rows = s.scalars(select(RuleStateRow).where(RuleStateRow.rule == key_of(rule)).order_by(RuleStateRow.site))
    return [
        {"site": row.site, "state": row.state, "by": row.by, "why": row.why, "time": time_text(row.time)}
        for row in rows
    ]


def _cost(paths: StatePaths, rule: str) -> dict[str, Any] | None:
    """Return what the judge says of it; None where it has not spoken, or has not had to look at the rule."""
    found = rule_costs.read(paths)
    row = next((row for row in found["items"] if row["rule"] == rule), None)
    if row is None:
        return None
    return {name: row[name] for name in ("microseconds", "tests", "matches")} | {"events": found["events"]}


def _met(s: Session, rule: str, now: int) -> dict[str, Any]:
    what = func.sum(RuleCountRow.matches), func.count(RuleCountRow.host.distinct())
    of_late = RuleCountRow.day > now // DAY - DAYS, RuleCountRow.matches > 0
    matches, hosts = s.execute(select(*what).where(RuleCountRow.rule == key_of(rule), *of_late)).one()
    return {"days": DAYS, "matches": int(matches or 0), "hosts": hosts}


def _alerts(s: Session, rule: str, now: int) -> dict[str, Any]:
    def count(*conditions: ColumnElement[bool]) -> int:
        return s.scalar(select(func.count()).where(AlertRow.rule_id == rule, *conditions)) or 0

    newest = select(AlertRow).where(AlertRow.rule_id == rule).order_by(AlertRow.created.desc(), AlertRow.id)
    return {
        "total": count(),
        "open": count(AlertRow.status == "open"),
        "days": DAYS,
        "of_late": count(AlertRow.created >= now - DAYS * DAY),
        "newest": [alert_pages.row(row) for row in s.scalars(newest.limit(SHOWN))],
    }


def _exceptions(s: Session, rule: str, now: int) -> list[dict[str, Any]]:
    """Return those in force, of this rule or of every one."""
    return [
        {
            "id": row.id,
            "every_rule": row.rule == ANY,
            "site": row.site,
            "query": row.query,
            "by": row.by,
            "why": row.why,
            "expires": time_text(row.expires) if row.expires else None,
            "held": row.held,
        }
        for row in exception_book.listing(s)
        if exception_book.standing(row, now) == exception_book.ACTIVE and row.rule in (ANY, key_of(rule))
    ]
