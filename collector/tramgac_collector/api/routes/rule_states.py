"""`/api/rule-states`: what becomes of events that meet a rule, what watched rules would make, and their promotion."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import select
from tramgac_proto.names import time_text

from tramgac_collector import bell, host_parked, rule_costs, rule_decisions, rule_forecast
from tramgac_collector.api.answers import answer
from tramgac_collector.api.permissions import Actor, Permission, requires
from tramgac_collector.api.rule_sheet import sheet
from tramgac_collector.api.services import Here, Services
from tramgac_collector.api.standing import offered, parked, states_of
from tramgac_collector.database import reading, session
from tramgac_collector.rule_decisions import Decision
from tramgac_collector.rule_lookup import find_rules, find_site
from tramgac_collector.rule_schema import RuleStateRow
from tramgac_collector.rule_states import ALERT

router: Final = APIRouter(prefix="/api/rule-states", tags=["rules"])

_Reader = Annotated[Actor, Depends(requires(Permission.RULES_READ))]
_Manager = Annotated[Actor, Depends(requires(Permission.RULES_MANAGE))]
_Site = Annotated[str, Field(max_length=100)]
_Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000)]
_Days = Annotated[int, Field(ge=1, le=rule_forecast.MOST_DAYS)]


class StateBody(BaseModel):
    """A state for rules (their ids, or how they begin), at a site or everywhere; `default` takes a choice back."""

    model_config = ConfigDict(extra="forbid")

    rules: Annotated[list[Annotated[str, Field(min_length=1, max_length=1_000)]], Field(min_length=1, max_length=5_000)]
    state: Literal["alert", "watch", "off", "default"]
    why: _Why
    site: _Site = ""


class PromoteBody(BaseModel):
    """Promote imported rules that made less than `below` matches in `days`, and no verdict against."""

    model_config = ConfigDict(extra="forbid")

    below: Annotated[int, Field(ge=1, le=1_000_000)]
    days: _Days = 14
    site: _Site = ""
    why: _Why
    dry_run: bool = False


@router.get("")
def listing(here: Here, _actor: _Reader) -> Response:
    """Give how many rules are in which state everywhere, what people chose, and what is parked, here and on hosts.

    Of those that would alert, `part` are the ones that raise nothing of their own: correlations refer to them.
    """
    known = offered(here.rulebook)
    with reading(here.engine) as s:
        states = states_of(s, known)
        chosen = s.scalars(select(RuleStateRow).order_by(RuleStateRow.time, RuleStateRow.rule, RuleStateRow.site)).all()
        stopped = [{**row, **_titles(known.get(row["rule"], {}))} for row in parked(s)]
        hosts = host_parked.summary(host_parked.parked_on(s, known))
    there = [{**row, **_titles(known[row["rule"]])} for row in hosts]
    counts = dict.fromkeys(("alert", "part", "watch", "off", "parked"), 0)
    for rule, about in known.items():
        state = states.of(rule)
        counts["part" if state == ALERT and about.get("quiet") else state] += 1
    items = [_choice(row) for row in chosen]
    return answer({"counts": counts, "items": items, "parked": stopped, "parked_on_hosts": there})


@router.get("/forecast")
def forecast(
    here: Here,
    _actor: _Reader,
    days: Annotated[int, Query(ge=1, le=rule_forecast.MOST_DAYS)] = 14,
    site: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """Give what each watched rule would make a day at each site (`site`: at that one), the loudest first."""
    known = here.rulebook.rules()
    with reading(here.engine) as s:
        find_site(s, site)
        past = rule_forecast.look(s, days, here.now())
        rows = rule_forecast.forecast(known.values(), states_of(s, known), past)
    return answer({"days": days, "items": [row for row in rows if site in ("", row["site"])]})


@router.get("/costs")
def costs(here: Here, _actor: _Reader) -> Response:
    """Give what rules have cost since they came into force, the dearest first; `as_of` null before the judge spoke."""
    found = rule_costs.read(here.paths)
    items = rule_costs.named(found["items"], here.rulebook.rules())
    as_of = time_text(found["as_of"]) if found["as_of"] else None
    return answer({"as_of": as_of, "events": found["events"], "items": items})


@router.get("/{rule:path}")
def one(
    here: Here,
    _actor: Annotated[Actor, Depends(requires(Permission.ALERTS_READ))],
    rule: Annotated[str, Path(max_length=1_000)],
) -> Response:
    """Give all that is known of one rule, by its id or how it begins: state, cost, what it met, alerts, exceptions."""
    known = offered(here.rulebook)
    with reading(here.engine) as s:
        number = find_rules(s, known, [rule])[0]
        return answer(sheet(s, here.paths, known, number, here.now()))


@router.post("")
def choose(here: Here, actor: _Manager, body: StateBody) -> Response:
    """Choose a state for rules; give those for which it changed something."""
    known = here.rulebook.rules()
    with session(here.engine) as s:
        found = find_rules(s, known, body.rules)
        site = find_site(s, body.site)
        decision = Decision(found, body.state, actor.name, body.why, site)
        changed = rule_decisions.decide(s, decision, here.now())
    _tell(here)
    return answer({"rules": found, "changed": changed, "state": body.state, "site": site})


@router.post("/promote")
def promote(here: Here, actor: _Manager, body: PromoteBody) -> Response:
    """Promote together what was quiet enough, or say what that would be; hunting and experimental rules never are."""
    known = here.rulebook.rules()
    with session(here.engine) as s:
        site, now = find_site(s, body.site), here.now()
        past = rule_forecast.look(s, body.days, now)
        found = rule_forecast.quiet_enough(s, known.values(), states_of(s, known), past, body.below, site)
        if not body.dry_run:
            decision = Decision([row["rule"] for row in found], "alert", actor.name, body.why, site)
            rule_decisions.decide(s, decision, now)
    if not body.dry_run:
        _tell(here)
    return answer({"items": found, "dry_run": body.dry_run, "below": body.below, "days": body.days, "site": site})


def _titles(rule: Mapping[str, Any]) -> dict[str, str]:
    return {name: rule.get(name) or "" for name in ("title", "title_vi")}


def _tell(here: Services) -> None:
    bell.ring_judges(here.paths.run)
    bell.ring(here.paths.run, "gateway")  # which tells agents


def _choice(row: RuleStateRow) -> dict[str, Any]:
    told = {"rule": row.name, "site": row.site, "state": row.state, "by": row.by, "why": row.why}
    return {**told, "time": time_text(row.time)}
