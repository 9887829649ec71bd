"""What people type to search, read into conditions: `field:value` tokens, all of which must hold.

    process.executable:/usr/bin/curl process.command_line:"*http*" -user.name:root destination.port:443

A value with `*` is a pattern, without regard to case; a minus before a token turns it round; a token without a field
is looked for in command lines, programs, paths and messages. Values travel as parameters and names come from the
list of columns: nothing that a person types becomes SQL.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tramgac_proto import options_pb2
from tramgac_proto.names import is_plus_one, parse_entity, parse_time
from tramgac_proto.rows import Column

from tramgac_collector.errors import QueryError
from tramgac_collector.events.schema import BY_NAME, OWN, name_of

ANYWHERE = ("process.command_line", "process.executable", "file.path", "message")
"""Where a token without a field is looked for."""
_TOKEN = re.compile(r'\s*(-?)(?:([@A-Za-z_][\w.@-]*):)?("(?:[^"\\]|\\.)*"|\S+)')
_MAP = "winlog.event_data."


@dataclass(slots=True)
class Conditions:
    """A WHERE clause whose values are parameters."""

    clauses: list[str] = field(default_factory=list)
    parameters: dict[str, object] = field(default_factory=dict)

    def add(self, clause: str, kind: str, value: object) -> None:
        """Add a condition; `{}` in it stands for the value, of a ClickHouse type."""
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        self.clauses.append(clause.replace("{}", f"{{{name}:{kind}}}"))

    @property
    def where(self) -> str:
        """The clause; true if there is no condition."""
        return " AND ".join(self.clauses) or "1"


def read(text: str, conditions: Conditions) -> None:
    """Add the conditions that `text` says.

    Raises:
        QueryError: a field is unknown, or a value is not of its field's type.
    """
    for negated, name, value in _tokens(text):
        clause, kind, wanted = _condition(name, value)
        conditions.add(f"NOT ({clause})" if negated else clause, kind, wanted)


def _tokens(text: str) -> Iterator[tuple[bool, str, str]]:
    at = 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if not found:
            rest = text[at : at + 40]
            raise QueryError(f"cannot read the search from {rest!r} on", "search_unreadable", rest=rest)
        value = found[3]
        if value.startswith('"') and value.endswith('"') and len(value) > 1:
            value = re.sub(r"\\(.)", r"\1", value[1:-1])
        yield bool(found[1]), found[2] or "", value
        at = found.end()


def _condition(name: str, value: str) -> tuple[str, str, object]:
    if not name:
        columns = " OR ".join(f"positionCaseInsensitiveUTF8(`{name_of(field)}`, {{}}) > 0" for field in ANYWHERE)
        return f"({columns})", "String", value
    if name in ("host", "kind"):
        return _text(name, value)
    if name.startswith(_MAP):
        return _map(name.removeprefix(_MAP), value)
    column = BY_NAME.get(name_of(name))
    if column is None or column.name != name:
        near = ", ".join(sorted(c.name for c in BY_NAME.values() if name.rsplit(".", maxsplit=1)[-1] in c.name)[:5])
        message = f"there is no field {name!r}" + (f"; near it: {near}" if near else "")
        raise QueryError(message, "search_field_near" if near else "search_field", name=name, near=near)
    return _typed(column, value)


def _typed(column: Column, value: str) -> tuple[str, str, object]:
    name = name_of(column.name)
    kind = column.type.removeprefix("LowCardinality(").rstrip(")") if "Low" in column.type else column.type
    form = next(iter(column.fields.values())).form if column.fields else options_pb2.FORM_PLAIN
    try:
        if kind.startswith("Array("):
            inner = kind[6:-1]
            return f"has(`{name}`, {{}})", inner, value if inner == "String" else int(value)
        if kind.startswith("Map("):
            message = f"{column.name} holds names and values: write {column.name}.NAME:value"
            raise QueryError(message, "search_map", name=column.name)
        if kind.startswith("DateTime64"):
            return f"toUnixTimestamp64Nano(`{name}`) = {{}}", "Int64", parse_time(value)
        if kind == "Bool":
            return _equal(column, "Bool", {"true": True, "false": False}[value.lower()])
        if kind == "String":
            return _text(name, str(ipaddress.ip_address(value)) if _is_address(form, value) else value)
        number = parse_entity(value) if form == options_pb2.FORM_ENTITY else _number(column, kind, value)
    except (ValueError, KeyError):
        message = f"{value!r} is no value of {column.name} ({kind})"
        raise QueryError(message, "search_value", name=column.name, type=kind) from None
    return _equal(column, kind, number)


def _equal(column: Column, kind: str, value: object) -> tuple[str, str, object]:
    """Return a condition for a value; 0 and false are also what events have that know no such field."""
    name = name_of(column.name)
    if value != column.default or not column.fields or "" in column.fields:
        return f"`{name}` = {{}}", kind, value
    clause = f"(`{name}` = tupleElement({{}}, 1) AND has(tupleElement({{}}, 2), kind))"
    return clause, f"Tuple({kind}, Array(String))", (value, sorted(column.fields))


def _number(column: Column, kind: str, value: str) -> int:
    """Return a number as the column has it. Raises ValueError for what is none of its type."""
    number = int(value)
    if number < 0 and kind.startswith("UInt"):
        raise ValueError(value)
    return number + any(map(is_plus_one, column.fields.values()))


def _is_address(form: int, value: str) -> bool:
    return form == options_pb2.FORM_IP and "*" not in value


def _text(name: str, value: str) -> tuple[str, str, object]:
    if "*" in value:
        return f"`{name}` ILIKE {{}}", "String", pattern(value)
    return f"`{name}` = {{}}", "String", value


def _map(name: str, value: str) -> tuple[str, str, object]:
    operator = "ILIKE" if "*" in value else "="
    wanted = pattern(value) if "*" in value else value
    return (
        f"`winlog_event_data`[tupleElement({{}}, 1)] {operator} tupleElement({{}}, 2)",
        "Tuple(String, String)",
        (name, wanted),
    )


def pattern(value: str) -> str:
    """Write a value with `*` as a LIKE pattern; everything else in it stands for itself."""
    escaped = re.sub(r"([\\%_])", r"\\\1", value)
    return escaped.replace("*", "%")


assert {"host", "kind"} <= OWN.keys()
