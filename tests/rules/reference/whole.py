"""Whole sets of rules by one of the evaluators: which rules does a record meet?

Log sources are told by the public map. Records that are the same in every field that a rule names are looked at once,
but by the rules with keywords, which look at all fields.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from tramgac_rules.record import Record

from tests.rules.reference.logsources import Map, Place
from tests.rules.reference.values import Fields, Test

Evaluator = Callable[[str], Test]
Way = tuple[str, Place, Test]


class Whole:
    """Rules with the places they look at. `texts`: the YAML text of each rule by its id."""

    def __init__(self, texts: Mapping[str, str], sources: Map, evaluator: Evaluator) -> None:
        """Read every rule."""
        rules = {id_: yaml.safe_load(text) for id_, text in texts.items()}
        self._ways: list[Way] = []
        self._on_all: list[Way] = []
        names: set[str] = {"EventType"}  # a condition of the map
        for id_, rule in rules.items():
            test = evaluator(texts[id_])
            parts = (part for name, part in rule["detection"].items() if name != "condition")
            asked = {name for part in parts for name in _names(part)}
            ways = [(id_, place, test) for place in sources.places(rule["logsource"])]
            (self._on_all if None in asked else self._ways).extend(ways)
            names |= {name for name in asked if name}
            names.update(*(place.names.values() for _, place, _ in ways))
        self._names = sorted(names)
        self._met = lru_cache(50_000)(self._look)
        self._at = lru_cache(10_000)(self._open)

    def met(self, record: Record) -> frozenset[str]:
        """The ids of the rules that a record meets."""
        fields = record.fields
        seen = tuple((name, fields[name]) for name in self._names if name in fields)
        place = (record.channel, record.event_id)
        return self._met(place, seen) | _those(self._on_all, place, fields)

    def _look(self, place: tuple[str, str], seen: tuple[tuple[str, Any], ...]) -> frozenset[str]:
        return _those(self._at(place), place, dict(seen))

    def _open(self, place: tuple[str, str]) -> Sequence[Way]:
        """The ways that a channel and an event id leave open."""
        return [way for way in self._ways if way[1].open_to(*place)]


def _those(ways: Sequence[Way], place: tuple[str, str], fields: Fields) -> frozenset[str]:
    views: dict[int, Fields] = {}
    found = set()
    for id_, where, test in ways:
        if where.takes(*place, fields) and test(views.setdefault(id(where.names), where.view(fields))):
            found.add(id_)
    return frozenset(found)


def _names(part: Any) -> Iterator[str | None]:
    """The fields that a selection names, and those they are compared with; None for keywords."""
    if isinstance(part, dict):
        for key, value in part.items():
            yield from _of(str(key), value)
    elif isinstance(part, list):
        for one in part:
            yield from _names(one)
    else:
        yield None


def _of(key: str, value: Any) -> Iterator[str | None]:
    name, *modifiers = key.split("|")
    yield name.replace(" ", "") or None
    if "fieldref" in modifiers:
        yield from (str(other).replace(" ", "") for other in (value if isinstance(value, list) else [value]))


def texts_by_id(paths: Sequence[Path]) -> dict[str, str]:
    """The text of each rule file by its rule's id."""
    texts = (path.read_text("utf-8") for folder in paths for path in sorted(folder.rglob("*.yml")))
    return {yaml.safe_load(text)["id"]: text for text in texts}
