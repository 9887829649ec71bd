"""A dictionary out of stored batches: what events of many hosts have in common, and nothing of one host alone.

It goes to every agent of its system, so a text is cut into words (at spaces, slashes, quotes and the like), and a word
that was not seen on FEWEST_HOSTS hosts is left out: a password on a command line, a person's file, a digest of one
machine. Wide numbers lose their low bits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import DecodeError, Message
from tramgac_proto.event_pb2 import Event
from tramgac_wire.batch import join
from tramgac_wire.dictionary import SIZE, Dictionary, train
from tramgac_wire.errors import ContentError, WireError

from tramgac_collector.errors import Unreadable
from tramgac_collector.ingest import consume
from tramgac_collector.ingest.entry import Entry
from tramgac_collector.ingest.reading import head
from tramgac_collector.paths import StatePaths
from tramgac_collector.refusals import ContentRefused

FEWEST_HOSTS: Final = 3
RECORDS: Final = 20_000
"""Of the log's newest records are looked at."""
EVENTS: Final = 20_000
"""Events that are trained on, at most."""
SAMPLE: Final = 25
"""Events in a sample: as many as a batch of an ordinary host has."""
_WORD: Final = re.compile(r"""[^\s/\\=:,;"'()]+|[\s/\\=:,;"'()]""")
_LOW_BITS: Final = (1 << 32) - 1
_WIDE: Final = frozenset({FieldDescriptor.TYPE_UINT64, FieldDescriptor.TYPE_FIXED64, FieldDescriptor.TYPE_SINT64})
Value = str | bytes


@dataclass(frozen=True, slots=True)
class Trained:
    """A dictionary and what it was made of."""

    dictionary: Dictionary
    hosts: int
    events: int


def trained(paths: StatePaths, hosts: Container[str]) -> Trained:
    """Train on the newest batches of these hosts, which run one system.

    Raises:
        ContentRefused: there are too few hosts or events yet.

    """
    runs = list(_runs(paths, hosts))
    found = {host for host, _ in runs}
    if len(found) < FEWEST_HOSTS:
        message = (
            f"the log holds batches of {len(found)} such hosts; a dictionary goes to all of them and is made of what "
            f"{FEWEST_HOSTS} have in common: try again when there are more"
        )
        raise ContentRefused(message)
    try:
        made = common(runs)
    except ContentError as error:
        message = f"{error}: try again when more events were stored"
        raise ContentRefused(message) from error
    return Trained(made, len(found), sum(len(events) for _, events in runs))


def common(runs: Iterable[tuple[str, list[Event]]], size: int = SIZE) -> Dictionary:
    """Train on runs of consecutive events, each with its host; what is special to few hosts is taken out of them.

    Raises:
        ContentError: they are too few or too much alike.

    """
    seen, samples, runs = _Seen(), [], list(runs)
    for host, events in runs:
        for event in events:
            seen.add(host, event)
    for _, events in runs:
        for event in events:
            seen.strip(event)
        samples.append(join([blob for event in events if (blob := event.SerializeToString(deterministic=True))]))
    return train(samples, size)


def _runs(paths: StatePaths, hosts: Container[str]) -> Iterator[tuple[str, list[Event]]]:
    """Yield some consecutive events of a host at a time, as many of each host as can be."""
    entries = [entry for entry in _entries(paths) if entry.host in hosts]
    each = max(SAMPLE, EVENTS // max(1, len({entry.host for entry in entries})))
    taken: dict[str, int] = {}
    for entry in reversed(entries):
        if taken.get(entry.host, 0) >= each:
            continue
        events = list(_events(entry))
        for at in range(0, min(len(events), each), SAMPLE):
            run = events[at : at + SAMPLE]
            taken[entry.host] = taken.get(entry.host, 0) + len(run)
            yield entry.host, run


def _entries(paths: StatePaths) -> Iterator[Entry]:
    position = max(0, head(paths) - RECORDS)
    while True:
        try:
            yield from consume(paths, position)
        except Unreadable as gap:
            position = gap.next
        else:
            return


def _events(entry: Entry) -> Iterator[Event]:
    try:
        for _, blob in entry.events():
            yield Event.FromString(blob)
    except (WireError, DecodeError):
        return  # the judge has told of it


class _Seen:
    """On how many hosts each word and each value of bytes was seen."""

    def __init__(self) -> None:
        self._hosts: dict[Value, set[str]] = {}

    def add(self, host: str, event: Event) -> None:
        for value in _values(event):
            for word in _words(value):
                hosts = self._hosts.setdefault(word, set())
                if len(hosts) < FEWEST_HOSTS:
                    hosts.add(host)

    def strip(self, event: Event) -> None:
        _rewrite(event, self._common)

    def _common(self, value: Value) -> Value:
        kept = [word for word in _words(value) if len(self._hosts.get(word, ())) >= FEWEST_HOSTS]
        return "".join(map(str, kept)) if isinstance(value, str) else b"".join(kept)  # type: ignore[arg-type]


def _words(value: Value) -> Iterable[Value]:
    return _WORD.findall(value) if isinstance(value, str) else (value,)


def _values(message: Message) -> Iterator[Value]:
    """Yield all texts and bytes in a message."""
    found: list[Value] = []

    def note(value: Value) -> Value:
        found.append(value)
        return value

    _rewrite(message, note)
    yield from found


def _rewrite(message: Message, change: Callable[[Value], Value]) -> None:
    """Put what `change` makes of it in the place of each text and bytes; wide numbers lose what is special to them."""
    for field, value in message.ListFields():
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            told = {name: change(text) if isinstance(text, str) else text for name, text in value.items()}
            value.clear()
            value.update({str(change(name)): text for name, text in told.items()})
        elif field.message_type is not None:
            for each in value if field.is_repeated else (value,):
                _rewrite(each, change)
        elif field.type in {FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES}:
            if field.is_repeated:
                value[:] = [change(each) for each in value]
            else:
                setattr(message, field.name, change(value))
        elif field.type in _WIDE and not field.is_repeated:
            setattr(message, field.name, value & ~_LOW_BITS if value > _LOW_BITS else value)
