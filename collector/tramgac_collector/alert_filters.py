"""Filters of alerts as somebody typed them, held against what there is: a slip must not look like "none"."""

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from tramgac_collector import alert_pages, hosts
from tramgac_collector.alert_pages import Filters
from tramgac_collector.exceptions import OWN
from tramgac_collector.refusals import HostAmbiguous, HostUnknown
from tramgac_collector.rule_lookup import find_rules
from tramgac_collector.schema import AlertRow, HostRow


def resolved(s: Session, filters: Filters, rules: Collection[str]) -> Filters:
    """Return filters with the id of the one rule that is meant; `rules`: those on offer. The collector's own are rules.

    Raises RuleUnknown, RuleAmbiguous; HostUnknown where no host is meant and no alert is of one. Several may be.
    """
    if filters.host and not _known(s, filters.host):
        message = f"no host {filters.host!r} is enrolled here, and no alert is of one; `tramgac hosts` lists them"
        raise HostUnknown(message, id=filters.host)
    if not filters.rule or filters.rule.startswith(OWN):
        return filters
    return replace(filters, rule=find_rules(s, rules, [filters.rule])[0])


def _known(s: Session, text: str) -> bool:
    conditions = alert_pages.wanted(Filters(host=text))
    if s.scalar(select(AlertRow.id).where(*conditions).limit(1)) is not None:
        return True
    try:
        return s.get(HostRow, hosts.find(s, text)) is not None
    except HostAmbiguous:
        return True
    except HostUnknown:
        return False
