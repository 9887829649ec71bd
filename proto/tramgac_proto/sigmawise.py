"""Many events of one kind as Sigma sees them, a field at a time: what `names.put_sigma` gives for each.

A judge asks for a few fields of each event, and of most events for nothing more; a field of many events is read by what
is compiled already.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, Final

from google.protobuf.descriptor import FieldDescriptor

from tramgac_proto.event_pb2 import Event
from tramgac_proto.names import ENVELOPE, KINDS, Field, getter, is_optional, sigma_writer

Value = str | tuple[str, ...] | None


class _Cell:
    """One field: in which message of an event it stands, and how it is read and written."""

    __slots__ = ("above", "always", "read", "write")

    def __init__(self, above: tuple[str, ...], field: Field) -> None:
        optional = is_optional(field.descriptor)
        path = () if optional else field.path[:-1]
        self.above = (*above, *path)
        self.read: Callable[[Any], Any] = getter(field) if optional else attrgetter(field.path[-1])
        self.write = sigma_writer(field)
        self.always = field.descriptor.type == FieldDescriptor.TYPE_BOOL


def _cells(kind: str) -> dict[str, _Cell]:
    own = KINDS[kind].fields if kind else ()
    cells = {field.sigma: _Cell((), field) for field in ENVELOPE if field.sigma}
    cells |= {field.sigma: _Cell((kind,), field) for field in own if field.sigma}
    return cells


_CELLS: Final = {kind: _cells(kind) for kind in ("", *KINDS)}
_FIGURES: Final = re.compile(r"[0-9a-fhstz.:=+-]*")
"""What numbers, addresses, digests (SHA256=), ids and times consist of, in lower case."""
_WORDS: Final = frozenset(
    value.name.lower()
    for kind in KINDS.values()
    for field in kind.fields
    if field.sigma and field.descriptor.enum_type
    for value in field.descriptor.enum_type.values
) | {"false", "true"}


def is_written(piece: str) -> bool:
    """Tell whether a piece of a text, in lower case, may stand in what Sigma sees and not in the encoded event.

    Texts stand there as they are; what is made of other fields does not.
    """
    return _FIGURES.fullmatch(piece) is not None or any(piece in word for word in _WORDS)


class SigmaColumns:
    """Fields of events of one kind ("": none that is known), each read when it is first asked for."""

    __slots__ = ("_cells", "_columns", "_messages")

    def __init__(self, kind: str, events: Sequence[Event]) -> None:
        """Look at events; they must not change meanwhile."""
        self._cells = _CELLS[kind]
        self._columns: dict[str, Sequence[Value] | None] = {}
        self._messages: dict[tuple[str, ...], Sequence[Any]] = {(): events}

    def column(self, name: str) -> Sequence[Value] | None:
        """Return a value an event, None where it is not known; None instead if no event has the field."""
        if name not in self._columns:
            cell = self._cells.get(name)
            self._columns[name] = None if cell is None else self._read(cell)
        return self._columns[name]

    def _read(self, cell: _Cell) -> Sequence[Value] | None:
        values = list(map(cell.read, self._at(cell.above)))
        write = cell.write
        if cell.always and write is not None:
            return list(map(write, values))
        if not any(values):
            return None
        if write is None:
            return [value or None for value in values]
        return [write(value) if value else None for value in values]

    def _at(self, path: tuple[str, ...]) -> Sequence[Any]:
        """Return a message within each event."""
        found = self._messages.get(path)
        if found is None:
            found = self._messages[path] = list(map(attrgetter(path[-1]), self._at(path[:-1])))
        return found
