import pytest
from google.protobuf.message import DecodeError
from tramgac_collector import alert_pages, alerts, database
from tramgac_collector.alerts import Detection, EventCopy
from tramgac_collector.export import records
from tramgac_collector.schema import AlertRow

from tests.collector.export import made


def test_an_event_from_the_log_and_one_from_the_store_are_the_same():
    one = made.events()[0]
    row = {name: value for name, value in one.row.items() if name != "hostname"}
    assert records.of_event(row, "pc-17") == one
    assert one.id == f"{made.HOST}/0000000000000007/2/1"


def test_what_is_no_event_is_none():
    with pytest.raises(DecodeError):
        records.of_blob(b"\xff", (made.HOST, 1, 1, 1), 1, "")


def test_an_alert_is_told_as_it_was_with_its_rule_and_events(store, now):
    rule = {"id": "r1", "title": "Rule", "level": "high", "tags": ["attack.t1105"]}
    copies = [EventCopy(made.HOST, 1, 1, at, "process_start", now + at, now, {"process.pid": at}) for at in (2, 1)]
    with database.session(store) as s:
        assert alerts.raise_alert(s, Detection(rule, "v1", copies), "pc-17", now)
        [row] = s.query(AlertRow).all()
        told = {**alert_pages.row(row), "status": "closed", "version": 4}
        record = records.of_alert(s, row, told)
    assert record.id == f"{row.id}/4"
    assert (record.row["status"], record.row["rule"]["version"]) == ("closed", "v1")
    assert records.first_event(record.row)["fields"] == {"process.pid": 1}
    assert not {"notes", "history"} & record.row.keys()
