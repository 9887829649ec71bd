"""Many events at once, a field at a time: those that come from one place and so are looked at by the same rules.

Each event means what its record (record.py) means; here a field is read when the first rule asks for it, for all of
them together. Most events meet nothing, and no record is made of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, repeat
from operator import attrgetter

from tramgac_proto import names
from tramgac_proto.event_pb2 import Event
from tramgac_proto.sigmawise import SigmaColumns, Value

from tramgac_rules.record import KNOWN_FILE_WRITE, Record, record_of

_Place = tuple[str, str, int]
"""Kind; channel and event id of an event_log, service of a log_line."""


class Alike:
    """Events from one place. `numbers` is for whoever made it: which of his events they are."""

    __slots__ = ("_data", "_named", "_read", "_typed", "blobs", "events", "numbers", "odd", "place")

    def __init__(self, place: Record, events: Sequence[Event], blobs: Sequence[bytes], numbers: Sequence[int]) -> None:
        """Look at events; they must not change meanwhile. `place`: what their records say beside fields."""
        self.place, self.events, self.blobs, self.numbers = place, events, blobs, numbers
        kind = "file_write" if place.kind == KNOWN_FILE_WRITE else place.kind
        self._typed = SigmaColumns(kind, events)
        self._read: dict[str, Sequence[Value] | None] = {}
        self._data = [event.event_log.data for event in events] if kind == "event_log" else []
        self._named = set(chain.from_iterable(self._data))
        self.odd = " " in "".join(self._named) or not self._named.isdisjoint(("Channel", "EventID"))
        """Whether a record may say more than its columns: names of data are written in two ways, or hide System's."""

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.events)

    def record(self, index: int) -> Record:
        """Return the record of one."""
        return record_of(self.events[index], self.place.product)

    def column(self, name: str) -> Sequence[Value] | None:
        """Return the value of a field for each, None where it is absent; None instead if it is absent of all."""
        if name not in self._read:
            self._read[name] = self._column(name)
        return self._read[name]

    def _column(self, name: str) -> Sequence[Value] | None:
        if name == "message" and self.place.kind == "log_line":
            return [event.log_line.text for event in self.events]
        typed = self._typed.column(name)
        if name not in self._named:
            return typed
        said = [data.get(name) for data in self._data]
        if typed is None:
            return said
        return [one if value is None else value for value, one in zip(said, typed, strict=True)]

    def rows(self, indices: Sequence[int], fields: Iterable[str]) -> Iterator[dict[str, str | tuple[str, ...]]]:
        """Yield these fields of some of them, as their records have them."""
        found = [(name, column) for name in fields if (column := self.column(name)) is not None]
        for index in indices:
            yield {name: value for name, column in found if (value := column[index]) is not None}


def gather(
    events: Sequence[Event], blobs: Sequence[bytes], product: str, least: int = 1
) -> tuple[list[Alike], list[int]]:
    """Put together what is alike of one system's events (see `record_of`); `blobs`: they as encoded.

    Return them, and the numbers of the events of which fewer than `least` come from their place.
    """
    kinds: dict[str, list[int]] = {}
    for number, kind in enumerate(map(names.kind_of, events)):
        kinds.setdefault(kind, []).append(number)
    places: dict[_Place, list[int]] = {}
    for kind, numbers in kinds.items():
        for number, place in zip(numbers, _places(kind, [events[number] for number in numbers]), strict=True):
            places.setdefault(place, []).append(number)
    together = [
        Alike(_named(place, product), [events[n] for n in numbers], [blobs[n] for n in numbers], numbers)
        for place, numbers in places.items()
        if len(numbers) >= least
    ]
    return together, [number for numbers in places.values() if len(numbers) < least for number in numbers]


def _places(kind: str, events: Sequence[Event]) -> Iterable[_Place]:
    """Return where events of a kind come from."""
    if kind == "event_log":
        logs = [event.event_log for event in events]
        return zip(repeat(kind), map(attrgetter("channel"), logs), map(attrgetter("event_id"), logs))
    if kind == "log_line":
        return [(kind, event.log_line.service, 0) for event in events]
    if kind == "file_write":
        return [(KNOWN_FILE_WRITE if event.file_write.created else kind, "", 0) for event in events]
    return repeat((kind, "", 0), len(events))


def _named(place: _Place, product: str) -> Record:
    kind, channel, event_id = place
    if kind == "event_log":
        return Record({}, "windows", kind, channel, str(event_id))
    return Record({}, product, kind, channel)
