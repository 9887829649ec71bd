"""Some rules out of a compiled set, with all that correlations among them refer to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any


def part(pack: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Return a compiled set of the rules and correlations of these ids alone; ids that it has not are passed over."""
    wanted = set(names)
    for one in reversed(pack.get("correlations", [])):  # each stands after those that it refers to
        if one["id"] in wanted:
            wanted.update(one["rules"])
    return {
        **pack,
        "rules": [rule for rule in pack["rules"] if rule["id"] in wanted],
        "correlations": [one for one in pack.get("correlations", []) if one["id"] in wanted],
    }
