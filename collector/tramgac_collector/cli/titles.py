"""Titles of rules in the person's language: the only place that chooses, which a test holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tramgac_collector.cli.pairs import pick

if TYPE_CHECKING:
    from tramgac_rules.rule import Rule


def titled(row: Mapping[str, Any]) -> str:
    """Give the title of what the API tells as `title` and `title_vi`; "" where it knows none."""
    english = str(row.get("title") or "")
    return pick((english, str(row.get("title_vi") or "") or english))


def title_of(rule: Rule) -> str:
    """Give the title of a rule that was compiled here."""
    return pick((rule.title, rule.about.title_vi or rule.title))
