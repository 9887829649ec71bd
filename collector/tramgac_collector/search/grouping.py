"""A field as what events are counted by: its value as a text, as people write it in a search."""

from __future__ import annotations

from tramgac_proto import options_pb2

from tramgac_collector.errors import QueryError
from tramgac_collector.events.schema import name_of
from tramgac_collector.search.fields import BY_ECS, form_of, places
from tramgac_collector.search.sql import Conditions
from tramgac_collector.search.tree import Place
from tramgac_collector.search.values import base_type, shift


def grouped_by(into: Conditions, name: str) -> tuple[str, str]:
    """Return SQL of a field's value as a text, and of whether it is known. A list gives one for each of its values.

    Raises:
        QueryError: there is no such field, or it is a time, of which there are as many as events.
    """
    found = [_of(into, place, name) for place in places(name, 1)]
    value, known = found[-1]
    for first, there in found[-2::-1]:
        value, known = f"if({there}, {first}, {value})", f"({there} OR {known})"
    return value, known


def _of(into: Conditions, place: Place, name: str) -> tuple[str, str]:
    column, at = BY_ECS.get(place.name), f"`{name_of(place.name)}`"
    if column is None or place.key:
        at = f"{at}[{into.parameter('String', place.key)}]" if place.key else at
        return at, f"{at} != ''"
    kind = base_type(column)
    if kind.startswith("DateTime64"):
        raise QueryError(f"{name} is a time; events are not counted by it", "search_group", name=name)
    if column.type.startswith("Array("):
        return f"toString(arrayJoin({at}))", f"notEmpty({at})"
    if kind == "Bool":
        return f"toString({at})", f"has({into.parameter('Array(String)', sorted(column.fields))}, kind)"
    if form_of(column) == options_pb2.FORM_ENTITY:
        return f"lower(leftPad(hex({at}), 16, '0'))", f"{at} != 0"
    less = f" - {shift(column)}" if shift(column) else ""
    return f"toString({at}{less})", f"{at} != ''" if kind == "String" else f"{at} != 0"
