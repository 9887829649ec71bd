"""Columns of many events are the rows of each."""

from hypothesis import given, settings
from hypothesis import strategies as st
from tramgac_proto.columnwise import to_columns
from tramgac_proto.event_pb2 import Event
from tramgac_proto.names import kind_of
from tramgac_proto.rows import COLUMNS, REST, to_row

from tests.proto.events import events
from tests.tools.examples import examples

DEFAULTS = {column.name: column.default for column in COLUMNS}


def told(blobs: list[bytes]) -> None:
    """Compare the columns of each kind with the rows."""
    found = [Event.FromString(blob) for blob in blobs]
    for kind in {kind_of(event) for event in found}:
        mine = [(event, blob) for event, blob in zip(found, blobs, strict=True) if kind_of(event) == kind]
        rows = [DEFAULTS | to_row(event) for event, _ in mine]
        columns = to_columns(kind, [event for event, _ in mine], [blob for _, blob in mine])
        assert all(len(values) == len(mine) for values in columns.values())
        for place, row in enumerate(rows):
            assert DEFAULTS | {name: values[place] for name, values in columns.items()} == row
        assert columns.keys() >= {name for row in rows for name, value in row.items() if value != DEFAULTS[name]}


@settings(max_examples=examples(100))
@given(st.lists(events(), max_size=6))
def test_columns_are_the_rows_of_each(some):
    told([event.SerializeToString() for event in some])


def test_what_has_no_column_stays_in_the_rest_of_its_event():
    plain, newer, empty, odd, late = Event(time=1), Event(time=2), Event(time=3), Event(), Event(time=1 << 63)
    for event in (plain, newer, empty, odd, late):
        event.network_connection.destination_port = 443
    newer.network_connection.process.pid = 4
    empty.network_connection.above.SetInParent()
    odd.network_connection.destination_ip = b"abc"
    blobs = [event.SerializeToString() for event in (plain, newer, empty, odd, late)]
    # A field 1022 of a newer agent, once in the event and once in a message in it.
    blobs.append(blobs[0] + bytes.fromhex("f03f07"))
    nested = Event()
    nested.network_connection.process.MergeFromString(bytes.fromhex("f03f07"))
    blobs.append(nested.SerializeToString())
    told(blobs)
    columns = to_columns("network_connection", [Event.FromString(blob) for blob in blobs], blobs)
    assert [bool(rest) for rest in columns[REST]] == [False, False, True, True, True, True, True]


def test_an_unknown_kind_is_all_rest():
    blobs = [Event(time=4).SerializeToString(), Event().SerializeToString()]
    told(blobs)
    told([blobs[0] + bytes.fromhex("f2bf0301ff")])
