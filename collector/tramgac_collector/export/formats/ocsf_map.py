"""Fields of events as OCSF objects, by the `ocsf` option of our fields; what it has no place for is `unmapped`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tramgac_proto import options_pb2
from tramgac_proto.names import KINDS, Field, parse_time

from tramgac_collector.export.values import base_name

OUT_OF_ACTOR = frozenset((1007, 2004))
"""Classes whose `process` is what it is about: an attribute, or evidence. In all others it is the actor's."""
_TEXTS = frozenset(("uid", "event_code"))
_EXECUTABLE, _UNKNOWN = 8, 0
_ITSELF = ("process.entity_id", "process.pid")
_PARENT = ("process.parent.entity_id", "process.parent.pid")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field goes."""

    path: tuple[str, ...]
    form: int
    needs: tuple[tuple[str, str], ...]
    """Pairs of ECS names, one of each must be known: a process without a number is none to OCSF."""


def _path(field: Field, ocsf_class: int) -> tuple[str, ...]:
    assert field.ocsf is not None, "asked of fields that have one"
    path = field.ocsf.split(".")
    if path[0] == "process":
        path[:0] = ["evidences"] if ocsf_class == 2004 else [] if ocsf_class in OUT_OF_ACTOR else ["actor"]  # noqa: PLR2004 - the class's number
    return tuple(path)


def _needs(path: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    if "parent_process" in path:
        return _ITSELF, _PARENT
    return (_ITSELF,) if "process" in path else ()


def _plan(fields: tuple[Field, ...], ocsf_class: int) -> dict[str, Place]:
    paths = {field.ecs: (_path(field, ocsf_class), field.form) for field in fields if field.ocsf and field.ecs}
    return {ecs: Place(path, form, _needs(path)) for ecs, (path, form) in paths.items()}


PLANS: Mapping[str, Mapping[str, Place]] = {name: _plan(kind.fields, kind.ocsf_class) for name, kind in KINDS.items()}
"""Places by kind and ECS name."""


def objects(kind: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event's attributes beside those of its envelope; what has no place under `unmapped`."""
    plan = PLANS.get(kind, {})
    out: dict[str, Any] = {}
    unmapped: dict[str, Any] = {}
    for ecs, value in fields.items():
        place = plan.get(ecs)
        if place is None or not all(first in fields or second in fields for first, second in place.needs):
            unmapped[ecs] = value
        else:
            _put(out, place, value)
    for file in _files(out):
        file[0].setdefault("name", base_name(str(file[0].get("path", "-"))))
        file[0].setdefault("type_id", file[1])
    if unmapped:
        out["unmapped"] = unmapped
    return out


def _put(out: dict[str, Any], place: Place, value: Any) -> None:
    *above, last = place.path
    at = out
    for step in above:
        if step == "network_interfaces":
            at[step] = [{last: each} for each in value]
            return
        found = at.setdefault(step, [{}] if step == "evidences" else {})
        at = found[0] if isinstance(found, list) else found
    at[last] = _value(place, last, value)


def _value(place: Place, last: str, value: Any) -> Any:
    if place.form == options_pb2.FORM_SHA256:
        return [{"algorithm_id": 3, "algorithm": "SHA-256", "value": value}]
    if place.form == options_pb2.FORM_TIME:
        return parse_time(value) // 1_000_000
    return str(value) if last in _TEXTS else value


def _files(at: Any, inside: int = _UNKNOWN) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield each file object with the type it has if nothing says it: a process's file is a program."""
    for name, value in at.items():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                if name in ("file", "file_result"):
                    yield each, inside
                else:
                    yield from _files(each, _EXECUTABLE if name.endswith("process") else inside)
