import json

import pytest
from tramgac_collector.matching.records import entry_of
from tramgac_proto import names
from tramgac_proto.event_pb2 import Event
from tramgac_rules.record import KNOWN_FILE_WRITE, record_of

SYSTEM = {
    "Provider": {"#attributes": {"Name": "Service Control Manager", "Guid": "{1}"}},
    "EventID": {"#text": 7045, "#attributes": {"Qualifiers": 16384}},
    "Level": 4,
    "TimeCreated": {"#attributes": {"SystemTime": "2026-04-17T04:14:33.653414Z"}},
    "EventRecordID": 4242,
    "Correlation": None,
    "Execution": {"#attributes": {"ProcessID": 5, "ThreadID": 6}},
    "Channel": "System",
    "Computer": "pc",
    "Security": {"#attributes": {"UserID": "S-1-5-18"}},
}


def read(data):
    entry = entry_of(17, data)
    assert entry.record is not None
    return entry, dict(entry.record.fields)


def test_the_form_of_event_log_files():
    entry, fields = read(
        {"Event": {"#attributes": {"xmlns": "x"}, "System": SYSTEM, "EventData": {"Threat Name": "x"}}}
    )
    assert (entry.index, entry.record_id, entry.time) == (17, 4242, "2026-04-17T04:14:33.653414Z")
    assert (entry.record.product, entry.record.kind, entry.record.channel, entry.record.event_id) == (
        "windows", "event_log", "System", "7045",
    )  # fmt: skip
    assert fields == {
        "Provider_Name": "Service Control Manager", "Provider_Guid": "{1}", "EventID": "7045",
        "EventID_Qualifiers": "16384", "Level": "4", "TimeCreated_SystemTime": "2026-04-17T04:14:33.653414Z",
        "EventRecordID": "4242", "Execution_ProcessID": "5", "Execution_ThreadID": "6", "Channel": "System",
        "Computer": "pc", "Security_UserID": "S-1-5-18", "ThreatName": "x",
    }  # fmt: skip


@pytest.mark.parametrize(("value", "field"), [
    ("", ""), ("x", "x"), (5, "5"), (1.5, "1.5"), (2**64, "18446744073709551616"), (True, "true"), (False, "false"),
    ({"#text": "x", "#attributes": {}}, "x"), (["a", 1, None, {}, True], ("a", "1", "true")),
    (None, None), ({"deeper": 1}, None), ([], None), ([None], None),
])  # fmt: skip
def test_values(value, field):
    assert read({"Event": {"System": SYSTEM, "EventData": {"A": value}}})[1].get("A") == field


def test_unnamed_data_is_a_list_and_user_data_lies_one_deeper():
    assert read({"Event": {"System": SYSTEM, "EventData": {"Data": {"#text": ["a", "b"]}}}})[1]["Data"] == ("a", "b")
    user = {"LogFileCleared": {"#attributes": {"xmlns": "x"}, "Channel": "Application", "SubjectUserName": "u"}}
    entry, fields = read({"Event": {"System": SYSTEM, "UserData": user}})
    assert fields["SubjectUserName"] == "u"
    assert fields["Channel"] == "Application"  # data decides in conditions
    assert entry.record.channel == "System"  # and System in log sources
    assert read({"Event": {"System": SYSTEM, "EventData": None}})[1]["Channel"] == "System"


def test_the_flat_form():
    entry, fields = read(
        {"EventID": 1, "Channel": "C", "SourceName": "s", "Hostname": "h", "A": "x", "RecordNumber": 7}
    )
    assert (entry.record_id, entry.time, entry.record.event_id, entry.record.channel) == (7, None, "1", "C")
    assert fields["Provider_Name"] == fields["SourceName"] == "s"
    assert fields["Computer"] == "h"
    assert read({"EventID": 1, "SourceName": "s", "Provider_Name": "p"})[1]["Provider_Name"] == "p"


def test_winlogbeat_of_both_generations():
    data = {"event_data": {"A": "x"}, "user_data": {"B": "y"}}
    old = {"event_id": 1, "log_name": "C", "source_name": "p", "computer_name": "h", "record_number": "9", **data}
    new = {"event_id": "1", "channel": "C", "provider_name": "p", "computer_name": "h", "record_id": 9, **data}
    wanted = {
        "EventID": "1",
        "Channel": "C",
        "Provider_Name": "p",
        "Computer": "h",
        "EventRecordID": "9",
        "A": "x",
        "B": "y",
    }
    for form in ({**old, "@timestamp": "t"}, {"winlog": new, "@timestamp": "t", "message": "m"}):
        entry, fields = read(form)
        assert (entry.record_id, entry.time, entry.record.channel, entry.record.event_id) == (9, "t", "C", "1")
        assert fields == wanted


@pytest.mark.parametrize("data", [None, [], "x", 5, {}, {"a": 1}, {"Event": 5}, {"kind": {}, "sequence": 1}])
def test_what_is_no_record_is_an_unreadable_one(data):
    entry = entry_of(3, data)
    assert (entry.index, entry.record) == (3, None)
    assert entry.problem


def ours():
    event = Event(time=1_000_000_000)
    event.process_start.process.executable = "/usr/bin/id"
    event.process_start.process.sha256 = bytes(range(32))
    yield event
    event = Event()
    event.network_connection.destination_ip = bytes([10, 0, 0, 1])
    event.network_connection.destination_port = 443
    event.network_connection.initiated = True
    yield event
    event = Event()
    event.event_log.channel, event.event_log.event_id = "System", 7045
    event.event_log.data["ServiceName"] = "x"
    yield event
    event = Event()
    event.log_line.service, event.log_line.text = "sshd", "Failed"
    yield event


@pytest.mark.parametrize("event", list(ours()), ids=names.kind_of)
def test_our_own_export_reads_as_the_event_does(event):
    line = {
        "host": "h",
        "epoch": "e",
        "lane": 2,
        "sequence": 5,
        "time": "t",
        "kind": names.kind_of(event),
        **names.ecs(event),
    }
    entry = entry_of(0, json.loads(json.dumps(line)))
    wanted = record_of(event, "linux")
    assert entry.time == "t"
    assert (entry.record.product, entry.record.kind, entry.record.channel, entry.record.event_id) == (
        wanted.product, wanted.kind, wanted.channel, wanted.event_id,
    )  # fmt: skip
    assert dict(entry.record.fields).items() >= {k: v for k, v in wanted.fields.items() if k != "UtcTime"}.items()


def test_a_known_write_of_our_own_export():
    event = Event()
    event.file_write.path, event.file_write.created = "C:\\x", True
    entry = entry_of(0, {"kind": "file_write", "sequence": 1, "host": "ab" * 16, **names.ecs(event)})
    record = entry.record
    assert entry.host == "ab" * 16
    assert (record.kind, record.product) == (KNOWN_FILE_WRITE, "windows")


def test_an_accepted_connection_of_our_own_export_was_not_initiated():
    event = Event()
    event.network_connection.destination_port = 22
    line = {"kind": "network_connection", "sequence": 1, **names.ecs(event)}
    assert "tramgac.network.initiated" not in line
    assert entry_of(0, line).record.fields["Initiated"] == "false"
