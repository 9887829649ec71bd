import base64
import json

import pytest
from hypothesis import given, settings
from tramgac_proto import names, rows
from tramgac_proto.event_pb2 import Event
from tramgac_proto.rows import COLUMNS, REST, from_row, to_row

from tests.proto.events import events
from tests.tools.examples import examples

BY_NAME = {column.name: column for column in COLUMNS}


@settings(max_examples=examples(200))
@given(events())
def test_what_the_store_gives_back_is_what_came_in(event):
    assert from_row(names.kind_of(event), to_row(event)) == event


@settings(max_examples=examples(50))
@given(events())
def test_a_row_with_every_column_is_the_same_event(event):
    row = {column.name: column.default for column in COLUMNS} | to_row(event)
    assert from_row(names.kind_of(event), row) == event
    row = dict.fromkeys(BY_NAME) | to_row(event)
    assert from_row(names.kind_of(event), row) == event


RANGES = {"UInt32": (0, 2**32 - 1), "UInt64": (0, 2**64 - 1), "Int64": (-(2**63), 2**63 - 1)}


@settings(max_examples=examples(50))
@given(events())
def test_each_value_fits_its_column(event):
    for name, value in to_row(event).items():
        column = BY_NAME[name]
        kind = column.type.removeprefix("LowCardinality(").removeprefix("Array(").split("(")[0].rstrip(")")
        values = value if isinstance(value, list) else [value]
        if kind in RANGES:
            low, high = RANGES[kind]
            assert all(low <= number <= high for number in values)
        elif kind == "DateTime64":
            assert all(0 <= number < 2**63 for number in values)
        else:
            assert all(isinstance(part, {"String": str, "Bool": bool, "Map": dict}[kind]) for part in values)
        assert value != column.default


def test_columns_are_sorted_and_named_once():
    ordered = [column.name for column in COLUMNS]
    assert ordered == [*sorted(ordered[:-1]), REST]
    assert len(set(ordered)) == len(ordered)
    assert BY_NAME["file.path"].fields.keys() == {"file_create", "file_write", "file_delete", "file_rename", "scan_hit"}
    assert BY_NAME["@timestamp"].type == "DateTime64(9, 'UTC')"
    assert BY_NAME["process.executable"].type == "LowCardinality(String)"


def test_ordinary_events_leave_no_rest():
    event = Event(time=5)
    event.process_start.process.executable = "/bin/sh"
    assert REST not in to_row(event)


@pytest.mark.parametrize("number", [0, 1, 2**32 - 2, 2**32 - 1])
def test_a_number_that_is_known_is_one_more_in_its_column(number):
    event = Event()
    event.process_start.uid = number
    row = to_row(event)
    assert row.get("process.real_user.id") == (number + 1 if number < 2**32 - 1 else None)
    back = from_row("process_start", row)
    assert back == event
    assert back.process_start.HasField("uid")
    assert not back.process_start.HasField("euid")


def test_a_field_of_a_newer_agent_is_kept():
    event = Event.FromString(Event(time=5).SerializeToString() + bytes.fromhex("f03f07"))  # field 1022 = 7
    event.file_create.path = "/x"
    row = to_row(event)
    assert row["file.path"] == "/x"
    back = from_row("file_create", json.loads(json.dumps(row)))
    assert back.SerializeToString(deterministic=True) == event.SerializeToString(deterministic=True)


def test_a_kind_of_a_newer_agent_is_kept():
    event = Event.FromString(bytes.fromhex("b206020801"))
    assert from_row("", to_row(event)).SerializeToString() == event.SerializeToString()


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        ("no_such_kind", {}),
        ("process_start", {"process.pid": "seven"}),
        ("process_start", {"process.pid": -1}),
        ("process_start", {"process.hash.sha256": "xyz"}),
        ("process_start", {"event.provider": "magic"}),
        ("process_start", {REST: base64.b64encode(b"\xff\xff").decode()}),
        ("network_connection", {"source.ip": "10.0.0"}),
        ("event_log", {"winlog.event_data": 5}),
    ],
)
def test_a_row_that_does_not_fit_is_a_value_error(kind, row):
    with pytest.raises(ValueError, match=r".+"):
        from_row(kind, row)


def test_a_schema_that_would_lose_something_is_refused_at_import(monkeypatch):
    field = names.ENVELOPE[0]
    monkeypatch.setattr(
        rows, "ENVELOPE", (field, names.Field("", ("skew",), field.ecs, None, None, None, 0, field.descriptor))
    )
    with pytest.raises(TypeError, match="two fields"):
        list(rows._columns())
    pid = next(field for field in names.KINDS["process_start"].fields if field.ecs == "process.pid")
    clash = names.Field("", pid.path, field.ecs, None, None, None, 0, pid.descriptor)
    other = names.Field("x", field.path, field.ecs, None, None, None, field.form, field.descriptor)
    monkeypatch.setattr(rows, "ENVELOPE", (clash, other))
    with pytest.raises(TypeError, match="several types"):
        list(rows._columns())
