import pyarrow as pa
from tramgac_collector.events import arrow
from tramgac_collector.events.arrow import Group
from tramgac_collector.ingest import Entry
from tramgac_proto.event_pb2 import Event
from tramgac_wire.batch import pack

from tests.collector.ingest.test_log import HOST


def entry(position: int) -> Entry:
    return Entry(position, HOST, 8, 0, bytes(32), pack(9, 1, 1, bytes(32), [b"\x08"]))


def group(*events: Event) -> Group:
    blobs = [event.SerializeToString() for event in events]
    return Group(list(events), blobs, list(range(1, len(events) + 1)), [0] * len(events))


def test_each_row_has_what_its_entry_says():
    found = arrow.entries(3, [entry(4), entry(6)])
    assert {name: values.to_pylist() for name, values in found.items() if name != "ingested"} == {
        "log": [3, 3],
        "offset": [4, 6],
        "host": [HOST, HOST],
        "epoch": [9, 9],
        "lane": [1, 1],
    }
    assert found["ingested"].cast(pa.int64()).to_pylist() == [8, 8]


def test_parts_that_know_other_columns_are_joined():
    own = arrow.entries(3, [entry(4)])
    one, two = Event(time=1), Event(time=2)
    one.process_start.process.command_line = "true"
    two.event_log.data["User"] = "an"
    parts = [arrow.columns("process_start", group(one), own), arrow.columns("event_log", group(two), own)]
    table = arrow.joined(parts)
    assert table["process_command_line"].to_pylist() == ["true", ""]
    assert [dict(row) for row in table["winlog_event_data"].to_pylist()] == [{}, {"User": "an"}]
    assert all(column.num_chunks == 1 for column in table.columns)
