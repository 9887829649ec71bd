"""How the rules on offer stand: their states, and which of them the judge does not evaluate."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from tramgac_proto.names import time_text

from tramgac_collector import rule_decisions
from tramgac_collector.api.rulebook import Rulebook
from tramgac_collector.refusals import ContentRefused
from tramgac_collector.rule_schema import RuleParkedRow
from tramgac_collector.rule_states import States

Rules = Mapping[str, Mapping[str, Any]]
"""As the rulebook gives them."""


def states_of(s: Session, rules: Rules) -> States:
    """Return the states of rules."""
    watched = {number: rule["watch"] for number, rule in rules.items() if rule.get("watch")}
    digests = {number: rule["digest"] for number, rule in rules.items() if rule.get("digest")}
    return rule_decisions.load(s, watched, digests)


def parked(s: Session) -> list[dict[str, Any]]:
    """Return the rules that the judge does not evaluate, and why."""
    rows = s.scalars(select(RuleParkedRow).order_by(RuleParkedRow.time, RuleParkedRow.rule))
    return [{"rule": row.name, "reason": row.reason, "since": time_text(row.time)} for row in rows]


def offered(book: Rulebook) -> Rules:
    """Return the rules on offer; none while what is on offer does not verify, which the status of content says."""
    try:
        return book.rules()
    except ContentRefused:
        return {}
