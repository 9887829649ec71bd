"""Rules that hosts parked, since they cost too much there.

A host's judge decides about haste alone: a rule that is parked there raises its alerts at the collector all the same,
some of them a batch later. So this is told, and is no state of the rule.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from tramgac_proto.event_pb2 import JudgeStanding
from tramgac_proto.names import time_text

from tramgac_collector.columns import clean
from tramgac_collector.schema import HostRow

MAX_LISTED = 64
"""Rules of one host that are written down; an agent names no more."""
LONGEST = 1_000
"""Characters of a rule's id and of a reason that are kept."""
SOME = 5
"""Hosts that are named of those where a rule is parked."""


def take(row: HostRow, standing: JudgeStanding, now: int) -> None:
    """Write down what a host parked; what it told before keeps its time."""
    known = {one["rule"]: one["since"] for one in row.parked}
    told = zip(standing.parked_rules[:MAX_LISTED], standing.parked_why[:MAX_LISTED], strict=False)
    found = {clean(rule)[:LONGEST]: clean(why)[:LONGEST] for rule, why in told}
    row.parked = [{"rule": rule, "reason": why, "since": known.get(rule, now)} for rule, why in found.items()]
    row.parked_total = standing.parked


def listed(row: HostRow) -> dict[str, Any]:
    """Return what a host parked, for a listing of hosts: how many, and the first of them."""
    return {"total": row.parked_total, "rules": [{**one, "since": time_text(one["since"])} for one in row.parked]}


def parked_on(s: Session, rules: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """Return the hosts that parked one of these rules, by rule: their id and name, since when. The first first."""
    query = select(HostRow.id, HostRow.hostname, HostRow.parked).where(HostRow.active, HostRow.parked_total > 0)
    found: dict[str, list[dict[str, Any]]] = {}
    for host, name, parked in s.execute(query):
        for one in parked:
            if one["rule"] in rules:
                found.setdefault(one["rule"], []).append({"id": host, "name": name, "since": one["since"]})
    return {rule: sorted(found[rule], key=lambda on: (on["since"], on["id"])) for rule in sorted(found)}


def summary(hosts: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Return a row a rule of what `parked_on` found: on how many hosts, since when on the first, and some of them."""
    return [
        {
            "rule": rule,
            "hosts": len(on),
            "since": time_text(on[0]["since"]),
            "some": [{"id": host["id"], "name": host["name"]} for host in on[:SOME]],
        }
        for rule, on in hosts.items()
    ]
