"""What watched rules would make of the queue, told from what they have met; and which of them could be promoted.

An alert stands for one match, so a match is one alert that there would be. `grouped` counts those of one rule on one
host in one day as one. Nothing is foretold of days that a rule, with the text it has now, was not there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from tramgac_collector.rule_counts import KEEP_DAYS
from tramgac_collector.rule_decisions import DAY
from tramgac_collector.rule_schema import RuleCountRow, RuleSinceRow
from tramgac_collector.rule_states import ALERT, EVERYWHERE, WATCH, States, key_of
from tramgac_collector.schema import AlertRow, HostRow

MOST_DAYS = KEEP_DAYS - 1
"""So far back can a forecast look."""
AGAINST = ("false_positive", "benign", "accepted_tool")
"""Verdicts that speak against a rule."""
IMPORTED = "imported"
"""Why a rule is watched that may be promoted with others; hunting and experimental ones are promoted one by one."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a rule met at a site: matches, on how many hosts, on how many days of hosts."""

    matches: int = 0
    hosts: int = 0
    grouped: int = 0


@dataclass(frozen=True, slots=True)
class Past:
    """What rules met in the last `days`, by key and then by site, and since when (ns) all are there, by key."""

    days: int
    now: int
    tallies: Mapping[str, Mapping[str, Tally]]
    since: Mapping[str, int]

    def watched(self, key: str) -> float:
        """Return for how many of the days a rule was there; 0 if nobody knows since when."""
        since = self.since.get(key)
        return 0.0 if since is None else min(float(self.days), max(0, self.now - since) / DAY)

    def of(self, key: str, site: str | None) -> Tally:
        """Return what a rule met at a site; at all of them for None."""
        found = [told for at, told in self.tallies.get(key, {}).items() if site in (None, at)]
        return Tally(*(sum(getattr(told, name) for told in found) for name in ("matches", "hosts", "grouped")))


def look(s: Session, days: int, now: int) -> Past:
    """Return what rules met in the last days, today included."""
    text = and_(RuleSinceRow.rule == RuleCountRow.rule, RuleCountRow.day >= RuleSinceRow.day)
    site = func.coalesce(HostRow.site, EVERYWHERE)
    what = (func.sum(RuleCountRow.matches), func.count(RuleCountRow.host.distinct()), func.count())
    query = (
        select(RuleCountRow.rule, site, *what)
        .join(RuleSinceRow, text)
        .outerjoin(HostRow, HostRow.id == RuleCountRow.host)
        .where(RuleCountRow.day > now // DAY - days, RuleCountRow.matches > 0)
        .group_by(RuleCountRow.rule, site)
    )
    tallies: dict[str, dict[str, Tally]] = {}
    for rule, at, matches, hosts, grouped in s.execute(query):
        tallies.setdefault(rule, {})[at] = Tally(int(matches), hosts, grouped)
    since = {row.rule: row.time for row in s.execute(select(RuleSinceRow.rule, RuleSinceRow.time))}
    return Past(days, now, tallies, since)


def forecast(rules: Iterable[Mapping[str, Any]], states: States, past: Past) -> list[dict[str, Any]]:
    """Return a row for each rule and site where it is watched, the loudest first; one without a site for the silent.

    `rules`: as the rulebook gives them. A rule that raises nothing of its own in any state is left out.
    """
    rows: list[dict[str, Any]] = []
    for rule in rules:
        if rule.get("quiet"):
            continue
        key = key_of(rule["id"])
        sites = [site for site in past.tallies.get(key, ()) if states.of(rule["id"], site) == WATCH]
        if not sites and states.of(rule["id"]) == WATCH:
            sites = [EVERYWHERE]
        rows += [_row(rule, site, past, key) for site in sites]
    return sorted(rows, key=lambda row: (-row["alerts_a_day"], row["title"], row["rule"], row["site"]))


def _row(rule: Mapping[str, Any], site: str, past: Past, key: str) -> dict[str, Any]:
    told, days = past.of(key, site), past.watched(key)
    divisor = max(days, 1.0)  # of less than a day nothing is foretold but that
    about = {name: rule.get(name, "") for name in ("title", "title_vi", "level", "status")}
    return {
        "rule": rule["id"],
        **about,
        "watch": rule.get("watch", ""),
        "site": site,
        "days": round(days, 2),
        "matches": told.matches,
        "hosts": told.hosts,
        "alerts_a_day": round(told.matches / divisor, 3),
        "grouped_a_day": round(told.grouped / divisor, 3),
    }


def quiet_enough(
    s: Session, rules: Iterable[Mapping[str, Any]], states: States, past: Past, below: int, site: str
) -> list[dict[str, Any]]:
    """Return the rules that could be promoted together: imported ones that made less than `below` in all the days.

    Left out is what was not there for all of them, what somebody put under watch by a decision, and what a verdict
    speaks against. `site`: count and promote there alone; empty for all sites together.
    """
    against = set(s.scalars(select(AlertRow.rule_id).where(AlertRow.verdict.in_(AGAINST)).distinct()))
    found = []
    for rule in rules:
        number, key = rule["id"], key_of(rule["id"])
        decided = (key, EVERYWHERE) in states.chosen or (key, site) in states.chosen
        if rule.get("watch") != IMPORTED or rule.get("quiet") or decided or number in against:
            continue
        told = past.of(key, site or None)
        if states.of(number, site) == WATCH and past.watched(key) >= past.days and told.matches < below:
            about = {name: rule.get(name, "") for name in ("title", "title_vi", "level")}
            found.append({"rule": number, **about, "site": site, "matches": told.matches, "state": ALERT})
    return found
