import itertools
import json

import pytest
from tramgac_collector.export.formats.ecs import Ecs, document, nest
from tramgac_collector.export.records import EVENT, OWN, Record
from tramgac_proto.rows import COLUMNS

from tests.collector.export import made


def flat(nested: object, above: str = "") -> dict[str, object]:
    out: dict[str, object] = {}
    for name, value in nested.items():
        here = f"{above}{name}"
        if isinstance(value, dict) and here != "winlog.event_data":
            out |= flat(value, f"{here}.")
        else:
            out[here] = value
    return out


@pytest.mark.parametrize("record", made.events(), ids=lambda record: record.row["kind"])
def test_what_is_read_back_is_what_went_in(record):
    line = Ecs().encode(record)
    assert b"\n" not in line
    found = flat(json.loads(line))
    fields = {name: value for name, value in record.row.items() if name not in OWN}
    assert {name: found[name] for name in fields} == fields
    assert found["event.id"] == record.id
    assert found["@timestamp"] == record.row["time"]
    assert found["host.name"] == "pc-17"


def test_no_field_is_an_object_and_a_value_at_once():
    names = {column.name for column in COLUMNS} | flat(document(made.events()[0])).keys()
    names |= flat(document(made.alert())).keys()
    assert {
        above for name in names for above in itertools.accumulate(name.split(".")[:-1], "{}.{}".format)
    } & names == set()
    assert nest({"a.b.c": 1, "a.d": 2, "e": 3, "a.b.f": 4}) == {"a": {"b": {"c": 1, "f": 4}, "d": 2}, "e": 3}


def test_categories_are_lists():
    told = document(made.events()[0])["event"]
    assert (told["kind"], told["category"], told["type"], told["action"]) == (
        "event",
        ["process"],
        ["start"],
        "process_start",
    )


def test_an_alert_has_its_rule_its_techniques_and_its_first_event():
    told = document(made.alert())
    assert (told["event"]["kind"], told["event"]["severity"], told["rule"]["name"]) == (
        "alert",
        73,
        "Curl | from a shell",
    )
    assert told["threat"]["technique"]["id"] == ["T1059.004", "T1105"]
    assert told["threat"]["tactic"]["name"] == ["Execution"]
    assert told["process"]["executable"] == "/usr/bin/curl"
    assert told["tramgac"]["alert"]["status"] == "open"
    assert len(told["tramgac"]["alert"]["events"]) == 2


def test_a_kind_that_is_not_known_and_a_host_without_a_name_are_told():
    row = {**made.events()[0].row, "kind": "", "hostname": ""}
    told = document(Record(EVENT, "x", 1, row))
    assert told["event"]["action"] == "unknown"
    assert "name" not in told["host"]
