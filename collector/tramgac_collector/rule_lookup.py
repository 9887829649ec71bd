"""Which rules and which site people mean."""

from collections.abc import Collection, Sequence
from difflib import get_close_matches

from sqlalchemy import select
from sqlalchemy.orm import Session

from tramgac_collector.refusals import RuleAmbiguous, RuleUnknown, SiteUnknown
from tramgac_collector.rule_decisions import sites
from tramgac_collector.rule_schema import RuleStateRow
from tramgac_collector.schema import AlertRow

SHORTEST = 8
"""Characters of an id that are enough, where only one begins so."""
_SOME = 5


def find_rules(s: Session, known: Collection[str], given: Sequence[str]) -> list[str]:
    """Return the ids of rules: those on offer, and any that raised an alert; by their first characters too.

    Raises RuleUnknown, RuleAmbiguous.
    """
    return [_find(s, known, name) for name in given]


def _find(s: Session, known: Collection[str], name: str) -> str:
    if name in known:
        return name
    if _chosen_or_raised(s, name):
        return name
    starts = _starting(s, known, name) if len(name) >= SHORTEST else []
    if len(starts) > 1:
        message = f"more than one rule begins with {name!r}: {', '.join(starts[:_SOME])}; give more of the id"
        raise RuleAmbiguous(message, id=name, found=starts[:_SOME])
    if not starts:
        message = f"there is no rule {name!r}; `tramgac rules list` lists them, their first {SHORTEST} characters do"
        raise RuleUnknown(message, id=name)
    return starts[0]


def _starting(s: Session, known: Collection[str], name: str) -> list[str]:
    """Return the rules that begin so: of those on offer, and only if none does, of those that raised an alert."""
    if starts := sorted(rule for rule in known if rule.startswith(name)):
        return starts
    raised = select(AlertRow.rule_id).distinct().where(AlertRow.rule_id.startswith(name, autoescape=True))
    return list(s.scalars(raised.order_by(AlertRow.rule_id).limit(_SOME)))


def _chosen_or_raised(s: Session, name: str) -> bool:
    raised = select(AlertRow.rule_id).where(AlertRow.rule_id == name)
    chosen = select(RuleStateRow.name).where(RuleStateRow.name == name)
    return s.scalar(raised.limit(1)) is not None or s.scalar(chosen.limit(1)) is not None


def find_site(s: Session, name: str) -> str:
    """Return a site's name, empty for all. Raises SiteUnknown where no host and no token has it."""
    known = sites(s)
    if name and name not in known:
        near = get_close_matches(name, known, 1)
        message = f"no host and no enrolment token has the site {name!r}; there are: {', '.join(known) or 'none'}"
        raise SiteUnknown(message, name=name, found=near or known[:_SOME])
    return name
