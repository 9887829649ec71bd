"""What rules cost the judge that runs: it leaves a note now and then, which the API reads. A new judge begins anew.

Several judges leave a note each; they are told as one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tramgac_rules.costs import Cost
from tramgac_rules.judge import Judge
from tramgac_wire import whole

from tramgac_collector import judges
from tramgac_collector.paths import StatePaths

MOST = 500
"""Rules in a note: the dearest."""


def note(paths: StatePaths, judge: Judge, now: int, role: str = judges.ROLE) -> None:
    """Leave what the rules of a judge have cost since it was made; `now` in ns since 1970."""
    costs = sorted((cost for cost in judge.costs() if cost.hits or cost.tests), key=_order)[:MOST]
    told = {"as_of": now, "events": judge.events, "items": [_row(cost, judge.events) for cost in costs]}
    whole.write(paths.costs(role), json.dumps(told).encode(), durable=False)


def read(paths: StatePaths) -> Mapping[str, Any]:
    """Return the note: `as_of` (ns), `events`, and `items`, the dearest first; as of 0 where there is none."""
    notes = [json.loads(file.read_bytes()) for file in sorted(paths.run.glob("costs*.json"))]
    events = sum(found["events"] for found in notes)
    rows: dict[str, dict[str, Any]] = {}
    for found in notes:
        for item in found["items"]:
            row = rows.setdefault(item["rule"], {**item, "matches": 0, "tests": 0, "microseconds": 0.0})
            row["matches"] += item["matches"]
            row["tests"] += item["tests"]
            row["microseconds"] += item["microseconds"] * found["events"] / max(events, 1)
            row["parked"] = row["parked"] or item["parked"]
    items = sorted(rows.values(), key=lambda row: (-row["microseconds"], row["rule"]))[:MOST]
    told = [{**row, "microseconds": round(row["microseconds"], 3)} for row in items]
    return {"as_of": max((found["as_of"] for found in notes), default=0), "events": events, "items": told}


def named(items: Sequence[Mapping[str, Any]], known: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the items of a note with title and level of the rules on offer."""
    return [
        {**row, **{name: known.get(row["rule"], {}).get(name, "") for name in ("title", "title_vi", "level")}}
        for row in items
    ]


def _order(cost: Cost) -> tuple[float, str]:
    return -cost.seconds, cost.rule.id


def _row(cost: Cost, events: int) -> dict[str, object]:
    each = cost.seconds * 1e6 / max(events, 1)
    return {
        "rule": cost.rule.id,
        "matches": cost.hits,
        "tests": cost.tests,
        "microseconds": round(each, 3),
        "parked": cost.parked,
    }
