"""Which places of an event a field's name means: an ECS name, a Sigma name, or an entry of a Windows event's data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from tramgac_proto import options_pb2
from tramgac_proto.rows import COLUMNS, REST, Column

from tramgac_collector.errors import QueryError
from tramgac_collector.events.schema import OWN
from tramgac_collector.search.tree import Place

BY_ECS: Mapping[str, Column] = {column.name: column for column in COLUMNS}
"""Columns by their ECS name."""
DATA = "winlog.event_data"
OWN_FIELDS = ("host", "kind")
_ALSO = {"host.id": "host", "host.name": "host"}
"""What ECS calls a host's id and its name: `host:` takes either."""
ANYWHERE = (
    *(Place(name) for name in ("process.command_line", "process.executable", "file.path", "message")),
    *(Place(name) for name in ("tramgac.file.previous_path", "rule.name", "host.hostname")),
    Place(DATA, "*"),
    Place("winlog.values"),
)
"""Where a word without a field is looked for: command lines, paths, names, and what Windows writes into its logs."""
_SIGMA_NAME = re.compile(r"[A-Z]\w*")
_SYSTEM = frozenset({"winlog", "event"})
"""Fields of a Windows event that stand beside its data, never in them."""


def form_of(column: Column) -> int:
    """Return how a column's values are written: one of options_pb2.Form."""
    return next(iter(column.fields.values())).form if column.fields else options_pb2.FORM_PLAIN


def _sigma() -> Iterator[tuple[str, str]]:
    for column in COLUMNS:
        for field in column.fields.values():
            if field.sigma:
                yield field.sigma, column.name


_ECS_OF: Mapping[str, str] = dict(_sigma())
SIGMA = frozenset(_ECS_OF)
"""Names that Sigma has for fields of ours."""
assert all(_ECS_OF[sigma] == ecs for sigma, ecs in _sigma()), "a Sigma name stands for two fields"
assert {*OWN_FIELDS} <= OWN.keys()


def known(name: str) -> bool:
    """Tell whether a name could be a field's."""
    ours = name in BY_ECS or name in OWN_FIELDS or name in _ALSO
    return ours or name.startswith(f"{DATA}.") or bool(_SIGMA_NAME.fullmatch(name))


def places(name: str, at: int) -> tuple[Place, ...]:
    """Return the places that a name means, one that is typed first; `at`: where it stands, for the error.

    A Sigma name means our own field and the value of that name in a Windows event's data; one that no field of ours
    has, the latter alone.

    Raises:
        QueryError: there is no such field.
    """
    if name in OWN_FIELDS or name in _ALSO:
        return (Place(_ALSO.get(name, name)),)
    if name.startswith(f"{DATA}."):
        return (Place(DATA, name.removeprefix(f"{DATA}.")),)
    if name in BY_ECS:
        if BY_ECS[name].type.startswith("Map("):
            message = f"{name} holds names and values: write {name}.NAME:value (character {at})"
            raise QueryError(message, "search_map", name=name, at=at)
        return (Place(name),)
    if not _SIGMA_NAME.fullmatch(name):
        raise _unknown(name, at)
    ecs = _ECS_OF.get(name)
    if ecs is None:
        return (Place(DATA, name),)
    beside = ecs == "@timestamp" or ecs.partition(".")[0] in _SYSTEM
    return (Place(ecs),) if beside else (Place(ecs), Place(DATA, name))


def _unknown(name: str, at: int) -> QueryError:
    last = name.rsplit(".", maxsplit=1)[-1]
    near = ", ".join(sorted(ecs for ecs in BY_ECS if last in ecs and ecs != REST)[:5]) or nearest(name)
    message = f"there is no field {name!r} (character {at})" + (f"; near it: {near}" if near else "")
    return QueryError(message, "search_field_near" if near else "search_field", name=name, near=near, at=at)


def nearest(name: str, further: Iterable[str] = ()) -> str:
    """Return the field's name that is most like one, whatever its case; "" if none is like it.

    `further`: names in events' data that could be meant too.
    """
    known = {each.lower(): each for each in (*further, *BY_ECS, *SIGMA, *OWN_FIELDS)}
    found = get_close_matches(name.lower(), known, 1)
    return known[found[0]] if found else ""
