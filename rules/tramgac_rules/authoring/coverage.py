"""Which techniques of ATT&CK rules cover: raised, only watched, blind where nothing gives the events, or not at all."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tramgac_rules.authoring.attack import Attack, Technique
from tramgac_rules.authoring.telemetry import given

ALERT, WATCH, BLIND, NONE = STANDINGS = ("covered", "watch", "blind", "none")
"""Of a technique, best first."""
COLOURS = {ALERT: "#2e8540", WATCH: "#f0c419", BLIND: "#c0392b", NONE: ""}
_LAYER, _NAVIGATOR = "4.5", "5.1.0"  # versions of the layer format and of the Navigator that introduced it


@dataclass(frozen=True, slots=True)
class Covering:
    """A rule as coverage sees it. `state`: "alert", "watch", or another in which it raises nothing and counts nothing.

    `needs`: what gives its events, each of which is enough (telemetry.py).
    """

    id: str
    title: str
    tags: Sequence[str]
    state: str
    needs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Covered:
    """How a technique stands: `rules` that make it stand so, and `missing`, what would end the blindness."""

    technique: Technique
    standing: str
    rules: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def coverage(
    rules: Iterable[Covering], table: Attack, gives: Collection[str] | None = None, platforms: Collection[str] = ()
) -> list[Covered]:
    """Return how each technique stands, in the table's order.

    `gives`: what the host at hand gives; None where each rule gets what it needs, if we know of anything that gives it.
    `platforms`: only techniques of these ("Windows", "Linux"). A rule for a part of a technique counts for the whole.
    """
    by_technique: defaultdict[str, dict[str, Covering]] = defaultdict(dict)
    for rule in rules:
        for technique in table.of_tags(rule.tags):
            for number in (technique.id, technique.parent):
                by_technique[number][rule.id] = rule
    return [
        _standing(technique, by_technique[technique.id].values(), gives)
        for technique in table.techniques.values()
        if not platforms or set(platforms) & set(technique.platforms)
    ]


def _standing(technique: Technique, rules: Iterable[Covering], gives: Collection[str] | None) -> Covered:
    seeing: dict[str, list[str]] = {"alert": [], "watch": []}
    blind, missing = [], set[str]()
    for rule in rules:
        if rule.state not in seeing:
            continue
        if bool(rule.needs) if gives is None else given(rule.needs, gives):
            seeing[rule.state].append(rule.id)
        else:
            blind.append(rule.id)
            missing |= rule.needs
    if seeing["alert"]:
        return Covered(technique, ALERT, tuple(seeing["alert"]))
    if seeing["watch"]:
        return Covered(technique, WATCH, tuple(seeing["watch"]))
    if blind:
        return Covered(technique, BLIND, tuple(blind), tuple(sorted(missing)))
    return Covered(technique, NONE)


def layer(found: Sequence[Covered], table: Attack, name: str) -> Mapping[str, Any]:
    """Return a layer for the ATT&CK Navigator: a colour for each standing, the rules in the comment."""
    techniques = [
        {
            "techniqueID": one.technique.id,
            "color": COLOURS[one.standing],
            "score": len(one.rules),
            "comment": ", ".join([*one.rules[:20], *(f"needs {need}" for need in one.missing[:10])]),
            "enabled": True,
        }
        for one in found
        if one.standing != NONE
    ]
    return {
        "name": name,
        "versions": {"attack": table.version.partition(".")[0], "navigator": _NAVIGATOR, "layer": _LAYER},
        "domain": "enterprise-attack",
        "description": f"Coverage by rules; {table.source}",
        "techniques": techniques,
        "legendItems": [{"label": one, "color": COLOURS[one]} for one in STANDINGS if COLOURS[one]],
    }
