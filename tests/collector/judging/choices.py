"""What people choose for a rule, and what is counted of it; for tests of the judge."""

from sqlalchemy import func, select
from tramgac_collector import database
from tramgac_collector.rule_decisions import Decision, decide
from tramgac_collector.rule_schema import RuleCountRow

from tests.collector.judging.feed import NOW

RULE = "00000000-0000-4000-8000-000000000001"


def choose(store, state, *rules, site=""):
    with database.session(store) as s:
        decide(s, Decision(rules or [RULE], state, "an", "why", site), NOW)


def counts(store):
    """Matches by rule and host."""
    with database.reading(store) as s:
        query = select(RuleCountRow.rule, RuleCountRow.host, func.sum(RuleCountRow.matches))
        found = s.execute(query.group_by(RuleCountRow.rule, RuleCountRow.host))
        return {(name, host): int(matches) for name, host, matches in found if matches}
