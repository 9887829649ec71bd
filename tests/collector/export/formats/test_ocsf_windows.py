import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tramgac_collector.export.formats import ocsf, ocsf_windows
from tramgac_collector.export.formats.ocsf_windows import DATA, SECURITY, SYSMON, as_windows

from tests.collector.export import made
from tests.collector.export.ocsf_check import faults

LOGON = {
    "TargetUserName": "lan",
    "TargetDomainName": "UBND",
    "TargetUserSid": "S-1-5-21-1",
    "TargetLogonId": "0x3e7",
    "LogonType": "10",
    "IpAddress": "::ffff:10.0.0.9",
    "IpPort": "50123",
    "WorkstationName": "PC-9",
    "SubjectUserName": "SYSTEM",
    "ProcessId": "0x1f4",
    "ProcessName": "C:\\Windows\\System32\\svchost.exe",
    "AuthenticationPackageName": "Negotiate",
    "SubStatus": "0xc000006a",
}
QUERY = {
    "QueryName": "evil.example.vn",
    "QueryStatus": "0",
    "QueryResults": "type:  5 a.example.vn;::ffff:192.0.2.7;",
    "ProcessId": "77",
    "Image": "C:\\x.exe",
}
TEXT = st.text(max_size=8) | st.sampled_from(["-", "", "3", "0x10", "10.0.0.1", "::1%4", "99999", "-1", "٣"])


def record(channel, code, data):
    def make(event):
        event.event_log.channel, event.event_log.event_id = channel, code
        event.event_log.data.update(data)

    return made.record_of(made.event_of(make))


def document(channel, code, data):
    told = ocsf.document(record(channel, code, data))
    assert faults(told) == []
    return told


@pytest.mark.parametrize(
    ("code", "activity", "status"), [(4624, 1, 1), (4625, 1, 2), (4634, 2, 1), (4647, 2, 1), (4648, 1, None)]
)
def test_logons_are_authentications(code, activity, status):
    told = document(SECURITY, code, LOGON)
    assert (told["class_uid"], told["activity_id"], told.get("status_id")) == (3002, activity, status)
    assert told["user"] == {"name": "lan", "domain": "UBND", "uid": "S-1-5-21-1"}
    assert told["src_endpoint"] == {"ip": "10.0.0.9", "name": "PC-9", "port": 50123}
    assert told["dst_endpoint"] == {"uid": made.HOST, "hostname": "pc-17"}
    assert told["actor"]["process"]["pid"] == 500
    assert (told["logon_type_id"], told["session"]) == (10, {"uid": "0x3e7"})
    assert told.get("status_code") == ("0xc000006a" if code == 4625 else None)
    assert told["unmapped"][DATA]["SubStatus"] == "0xc000006a"


def test_a_query_is_dns_activity():
    told = document(SYSMON, 22, QUERY)
    assert (told["class_uid"], told["activity_id"], told["status_id"]) == (4003, 6, 1)
    assert told["query"] == {"hostname": "evil.example.vn"}
    assert told["answers"] == [{"rdata": "type:  5 a.example.vn"}, {"rdata": "192.0.2.7"}]
    assert told["actor"]["process"]["file"]["name"] == "x.exe"
    assert document(SYSMON, 22, QUERY | {"QueryStatus": "9003"})["status_id"] == 2


def test_what_says_too_little_or_something_else_stays_a_record():
    for channel, code, data in (
        (SECURITY, 4624, {"TargetUserName": "-"}),
        (SYSMON, 22, {}),
        (SECURITY, 1102, LOGON),
        ("Application", 4624, LOGON),
    ):
        assert document(channel, code, data)["class_uid"] == 1008
        assert as_windows(record(channel, code, data).row, {}) is None


@settings(max_examples=60)
@given(
    st.sampled_from(sorted(ocsf_windows._MAKERS)),
    st.fixed_dictionaries({}, optional=dict.fromkeys(LOGON | QUERY, TEXT)),
)
def test_whatever_a_record_holds_it_is_an_event_of_its_class(kind, data):
    document(*kind, data)
