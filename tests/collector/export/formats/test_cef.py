import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tramgac_collector.export.formats import cef
from tramgac_collector.export.formats.cef import Cef, escape
from tramgac_collector.export.records import EVENT, OWN, Record

from tests.collector.export import made, readers

TEXT = st.text(st.characters(codec="utf-8") | st.sampled_from(made.NASTY))


def known(record: Record) -> dict[str, object]:
    """What a reader knows of the fields, by ECS name."""
    _, extension = readers.cef(Cef().encode(record))
    names = {key: ecs for ecs, key in cef._KEYS.get(record.row["kind"], {}).items()} | {
        "c6a2": "source.ip",
        "c6a3": "destination.ip",
    }
    found = {names.get(key, key): value for key, value in extension.items()}
    return found | json.loads(found.pop("tramgacOther", "{}"))


def plain(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False) if isinstance(value, list) else str(value)


@pytest.mark.parametrize("record", made.events(), ids=lambda record: record.row["kind"])
def test_what_is_read_back_is_what_went_in(record):
    found = known(record)
    data = record.row.get("winlog.event_data", {})
    fields = {name: value for name, value in record.row.items() if name not in {*OWN, "winlog.event_data"}}
    told = {name: str(value).lower() if isinstance(value, bool) else plain(value) for name, value in fields.items()}
    assert {name: found[name] for name in fields} == told
    assert {name: found[f"winlog.event_data.{name}"] for name in data} == data
    assert found["externalId"] == record.id


@settings(max_examples=40)
@given(st.dictionaries(TEXT.filter(bool), TEXT.filter(bool), max_size=4), TEXT.filter(bool))
def test_whatever_a_host_writes_comes_back_in_one_line(data, text):
    row = {**made.record_of(made.event_of(made.line)).row, "message": text, "winlog.event_data": data}
    record = Record(EVENT, "h/1/2/3", made.TIME, row)
    line = Cef().encode(record)
    assert not {10, 13, 0} & set(line)
    found = known(record)
    assert found["message"] == text
    assert {name: found[f"winlog.event_data.{name}"] for name in data} == data


@given(TEXT)
def test_a_value_ends_nowhere_before_its_end(text):
    assert readers.restored(escape(text)) == text


def test_the_header_holds_pipes_and_no_line_ends():
    [record] = [record for record in made.alerts() if record.row["version"] == 2]
    head, extension = readers.cef(Cef().encode(record))
    assert head[:2] == ["Tram Gac", "tramgac"]
    assert head[3] == record.row["rule"]["id"]
    assert head[4].startswith('a|b=c\\d"e]f\\ng')
    assert head[5] == "10"
    assert (extension["alert.verdict"], extension["sproc"], extension["cs1Label"]) == (
        "false_positive",
        "/usr/bin/curl",
        "process.command_line",
    )


def test_addresses_go_where_their_kind_belongs():
    [record] = [record for record in made.events() if record.row["kind"] == "network_connection"]
    _, extension = readers.cef(Cef().encode(record))
    assert extension["src"] == "10.0.0.7"
    assert (extension["c6a3"], extension["c6a3Label"]) == ("2001:db8::1", "Destination IPv6 Address")
    assert "dst" not in extension


def test_a_kind_that_is_not_known_is_told_by_ecs_names():
    row = {**made.events()[0].row, "kind": ""}
    head, extension = readers.cef(Cef().encode(Record(EVENT, "x", 1, row)))
    assert head[3] == "unknown"
    assert extension["process.executable"] == "/usr/bin/curl"
