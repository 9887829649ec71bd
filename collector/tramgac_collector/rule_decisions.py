"""States that people chose for rules, and rules that the judge parked: who, why, when. Each is in the audit trail.

Whatever changes here moves the counter `rule_states`: the judge looks at it before each block of batches, so that a
change holds for every event examined after that, without a restart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tramgac_collector import audit
from tramgac_collector.columns import clean
from tramgac_collector.outbox import next_number
from tramgac_collector.rule_schema import RuleParkedRow, RuleSinceRow, RuleStateRow
from tramgac_collector.rule_states import EVERYWHERE, States, key_of
from tramgac_collector.schema import CounterRow, HostRow, TokenRow
from tramgac_collector.vocabulary import DEFAULT

COUNTER = "rule_states"
BY = "tramgac"
"""Who parks rules."""
DAY = 86_400_000_000_000


@dataclass(frozen=True, slots=True)
class Decision:
    """A state for rules, everywhere or at one site; `default` takes an earlier choice back."""

    rules: Sequence[str]
    state: str
    by: str
    why: str
    site: str = EVERYWHERE


def number(s: Session) -> int:
    """Return how often something changed here."""
    return s.execute(select(CounterRow.value).where(CounterRow.name == COUNTER)).scalar_one()


def decide(s: Session, decision: Decision, now: int) -> list[str]:
    """Put a decision in force; return the rules for which it changed something. What was parked is tried again."""
    changed = [rule for rule in dict.fromkeys(decision.rules) if _decide(s, rule, decision, now)]
    if changed:
        next_number(s, COUNTER)
    return changed


def _decide(s: Session, rule: str, decision: Decision, now: int) -> bool:
    key, state = key_of(rule), decision.state
    row = s.get(RuleStateRow, (key, decision.site))
    before = DEFAULT if row is None else row.state
    resumed = s.execute(delete(RuleParkedRow).where(RuleParkedRow.rule == key).returning(RuleParkedRow.rule)).first()
    if before == state and resumed is None:
        return False
    if row is not None and before != state:
        s.delete(row)
        s.flush()
    if state not in (before, DEFAULT):
        told = {"state": state, "by": decision.by, "why": decision.why, "time": now}
        s.add(RuleStateRow(rule=key, site=clean(decision.site), name=rule, **told))
    detail = {"state": state, "before": before, "site": decision.site, "why": decision.why}
    audit.write(s, decision.by, "rule.state", rule, {**detail, "resumed": resumed is not None}, now)
    return True


def park(s: Session, parked: Mapping[str, tuple[str, str]], now: int) -> None:
    """Note rules that the judge parked: digest and reason by id."""
    for rule, (digest, reason) in parked.items():
        key = key_of(rule)
        s.execute(delete(RuleParkedRow).where(RuleParkedRow.rule == key))
        s.add(RuleParkedRow(rule=key, name=rule, digest=digest, reason=reason, time=now))
        audit.write(s, BY, "rule.parked", rule, {"reason": reason}, now)
    if parked:
        next_number(s, COUNTER)


def load(s: Session, watched: Mapping[str, str], digests: Mapping[str, str]) -> States:
    """Return the states now. `watched`: as the content says; `digests`: of the rules' texts, by id."""
    texts = {key_of(rule): digest for rule, digest in digests.items()}
    rows = s.execute(select(RuleStateRow.rule, RuleStateRow.site, RuleStateRow.state))
    parked = s.execute(select(RuleParkedRow.rule, RuleParkedRow.digest, RuleParkedRow.reason))
    return States(
        watched,
        {(rule, site): state for rule, site, state in rows},
        {rule: reason for rule, digest, reason in parked if texts.get(rule) == digest},
    )


def began(s: Session, digests: Mapping[str, str], now: int) -> None:
    """Note since when there are rules with these texts, by id; forget those that are gone, and what was parked of them.

    The same again changes nothing.
    """
    wanted = {key_of(rule): digest for rule, digest in digests.items()}
    rows = {row.rule: row for row in s.scalars(select(RuleSinceRow))}
    for key, row in rows.items():
        if wanted.get(key) != row.digest:
            s.delete(row)
            s.execute(delete(RuleParkedRow).where(RuleParkedRow.rule == key))
    s.flush()
    known = {key for key, row in rows.items() if wanted.get(key) == row.digest}
    new = [key for key in wanted if key not in known]
    s.add_all(RuleSinceRow(rule=key, digest=wanted[key], time=now, day=now // DAY) for key in new)
    s.flush()


def sites(s: Session) -> list[str]:
    """Return the names of all sites: those of hosts, and those of tokens that may let hosts in."""
    found = {*s.scalars(select(HostRow.site).distinct()), *s.scalars(select(TokenRow.site).distinct())}
    return sorted(found - {""})
