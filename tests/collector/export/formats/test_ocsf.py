import json
import random

import pytest
from tramgac_collector.export.formats.ocsf import ACTIVITIES, Ocsf, document
from tramgac_collector.export.records import EVENT, Record
from tramgac_collector.vocabulary import VERDICTS
from tramgac_proto.names import KINDS

from tests.collector.events.made import full_event
from tests.collector.export import made
from tests.collector.export.ocsf_check import faults

RECORDS = [*made.events(), *made.alerts()]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.row.get("kind", "alert"))
def test_each_record_is_an_event_of_its_class(record):
    line = Ocsf().encode(record)
    assert b"\n" not in line
    told = json.loads(line)
    assert faults(told) == []
    assert told["metadata"]["uid"] == record.id


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_is_known_of_an_event_and_whatever_is_not(kind):
    draw = random.Random(kind)
    for _ in range(10):
        event = full_event(kind, draw)
        event.time = made.TIME
        assert faults(document(made.record_of(event))) == []
    nothing = made.event_of(lambda event: getattr(event, kind).SetInParent())
    assert faults(document(made.record_of(nothing))) == []


def test_the_check_sees_faults():
    told = json.loads(Ocsf().encode(RECORDS[0]))
    for change in (
        {"made_up": 1},
        {"severity_id": 77},
        {"time": "now"},
        {"device": {}},
        {"type_uid": 1},
        {"actor": []},
    ):
        assert faults(told | change), change
    del told["process"]
    assert faults(told) == [".process is wanted"]


def test_each_kind_has_its_activity():
    assert ACTIVITIES.keys() == KINDS.keys()


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("process_start", {"activity_id": 1, "type_uid": 100701}),
        ("file_rename", {"activity_id": 5, "file": {"path": "/tmp/seen", "name": "seen", "type_id": 0}}),
        ("network_connection", {"activity_id": 4, "status_id": 2}),
        ("health", {"activity_id": 4, "app": {"name": "tramgac", "version": "9.8.7"}}),
        ("event_log", {"class_uid": 3002, "status_id": 2}),
        ("log_line", {"class_uid": 1008, "log_provider": "sshd"}),
    ],
)
def test_what_is_told_of_a_kind(kind, told):
    record = next(record for record in made.events() if record.row["kind"] == kind)
    found = document(record)
    assert {name: found[name] for name in told} == told


def test_a_file_of_which_only_the_new_name_was_seen_is_that_file():
    record = next(record for record in made.events() if record.row.get("file.path") == "/etc/cron.d/x")
    assert document(record)["file"]["path"] == "/etc/cron.d/x"


@pytest.mark.parametrize("verdict", [None, *VERDICTS, "of a later version"])
def test_an_alert_has_the_state_that_people_gave_it(verdict):
    told = document(made.alert(verdict=verdict, status="closed" if verdict else "open", version=3 if verdict else 1))
    assert faults(told) == []
    assert told["activity_id"] == (3 if verdict else 1)
    assert ("verdict_id" in told) == (verdict is not None)
    assert told["finding_info"]["attacks"][0] == {
        "technique": {"uid": "T1059"},
        "sub_technique": {"uid": "T1059.004"},
    }
    assert told["evidences"][1]["dst_endpoint"]["port"] == 443


def test_a_kind_that_is_not_known_is_a_base_event():
    told = document(Record(EVENT, "x", 1, {**made.events()[0].row, "kind": ""}))
    assert told["class_uid"] == 0
    assert told["unmapped"]["process.executable"] == "/usr/bin/curl"
