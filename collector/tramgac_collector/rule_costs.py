"""What rules cost the judge that runs: it leaves a note now and then, which the API reads. A new judge begins anew."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tramgac_rules.costs import Cost
from tramgac_rules.judge import Judge
from tramgac_wire import whole

from tramgac_collector.paths import StatePaths

MOST = 500
"""Rules in a note: the dearest."""


def note(paths: StatePaths, judge: Judge, now: int) -> None:
    """Leave what the rules of a judge have cost since it was made; `now` in ns since 1970."""
    costs = sorted((cost for cost in judge.costs() if cost.hits or cost.tests), key=_order)[:MOST]
    told = {"as_of": now, "events": judge.events, "items": [_row(cost, judge.events) for cost in costs]}
    whole.write(paths.costs, json.dumps(told).encode(), durable=False)


def read(paths: StatePaths) -> Mapping[str, Any]:
    """Return the note: `as_of` (ns), `events`, and `items`, the dearest first; as of 0 where there is none."""
    try:
        found: dict[str, Any] = json.loads(paths.costs.read_bytes())
    except FileNotFoundError:
        return {"as_of": 0, "events": 0, "items": []}
    return found


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
