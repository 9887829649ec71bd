import ipaddress
import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tramgac_proto import names
from tramgac_proto.event_pb2 import MECHANISM_EBPF, TRANSPORT_TCP, Event
from tramgac_proto.names import ENVELOPE, KINDS, ecs, entity_text, kind_of, parse_entity, parse_time, sigma, time_text

from tests.proto.events import events

SECOND = 1_000_000_000


def start():
    event = Event(time=1_700_000_000 * SECOND, mechanism=MECHANISM_EBPF)
    process = event.process_start.process
    process.entity_id = 0xABC
    process.pid = 7
    process.executable = "/bin/sh"
    process.sha256 = bytes.fromhex("ab" * 32)
    event.process_start.parent.executable = "/usr/sbin/sshd"
    return event


def test_the_kinds_are_those_of_the_oneof():
    assert list(KINDS) == [field.name for field in Event.DESCRIPTOR.oneofs_by_name["kind"].fields]
    kind = KINDS["process_start"]
    assert (kind.ecs_type, kind.ocsf_class, kind.sigma_categories) == ("process/start", 1007, ("process_creation",))


def test_each_kind_says_where_it_belongs():
    for kind in KINDS.values():
        category, _, type_ = kind.ecs_type.partition("/")
        assert category, kind.name
        assert type_, kind.name
        assert kind.ocsf_class, kind.name


@pytest.mark.parametrize("kind", ["", *KINDS])
def test_no_name_stands_twice_in_a_kind(kind):
    fields = KINDS[kind].fields + ENVELOPE if kind else ENVELOPE
    for attribute in ("ecs", "sigma", "ocsf", "cef"):
        counts = Counter(getattr(field, attribute) for field in fields if getattr(field, attribute))
        assert not [name for name, count in counts.items() if count > 1]


def test_every_value_has_an_ecs_name():
    without = [
        (field.kind, *field.path)
        for field in (*ENVELOPE, *(field for kind in KINDS.values() for field in kind.fields))
        if not field.ecs
    ]
    assert without == []


def test_a_field_knows_its_way():
    field = next(field for field in KINDS["process_start"].fields if field.sigma == "ParentImage")
    assert (field.path, field.ecs) == (("parent", "executable"), "process.parent.executable")
    assert names.getter(field)(start().process_start) == "/usr/sbin/sshd"


def test_ecs_has_what_is_known_and_nothing_else():
    assert ecs(start()) == {
        "@timestamp": "2023-11-14T22:13:20Z",
        "event.provider": "ebpf",
        "process.entity_id": "0000000000000abc",
        "process.pid": 7,
        "process.executable": "/bin/sh",
        "process.hash.sha256": "ab" * 32,
        "process.parent.executable": "/usr/sbin/sshd",
    }


def test_sigma_has_texts():
    assert sigma(start()) == {
        "UtcTime": "2023-11-14T22:13:20Z",
        "ProcessGuid": "0000000000000abc",
        "ProcessId": "7",
        "Image": "/bin/sh",
        "Hashes": "SHA256=" + "AB" * 32,
        "ParentImage": "/usr/sbin/sshd",
    }


def test_0_is_known_where_it_has_a_meaning():
    event = Event()
    event.process_start.uid, event.process_start.euid = 0, 1000
    event.process_start.login_uid, event.process_start.session = 1, 4  # plus one
    assert ecs(event) == {
        "process.real_user.id": 0,
        "user.id": 1000,
        "tramgac.process.login_uid": 0,
        "tramgac.process.session": 3,
    }
    assert sigma(event)["LogonId"] == "3"
    event.process_exit.exit_code = 0
    assert ecs(event) == {"process.exit_code": 0}
    event.process_exit.ClearField("exit_code")
    assert ecs(event) == {}


def test_a_connection_in_both_worlds():
    event = Event()
    event.network_connection.transport = TRANSPORT_TCP
    event.network_connection.destination_ip = ipaddress.ip_address("2001:db8::1").packed
    event.network_connection.source_ip = bytes([10, 0, 0, 1])
    event.network_connection.destination_port = 443
    assert sigma(event) == {
        "Initiated": "false",
        "Protocol": "tcp",
        "SourceIp": "10.0.0.1",
        "DestinationIp": "2001:db8::1",
        "DestinationPort": "443",
    }
    assert ecs(event)["destination.ip"] == "2001:db8::1"
    assert ecs(event)["destination.port"] == 443


def test_an_event_log_brings_its_own_fields_and_ours_win():
    event = Event()
    event.event_log.event_id = 4688
    event.event_log.channel = "Security"
    event.event_log.data["NewProcessName"] = "C:\\x.exe"
    event.event_log.data["EventID"] = "1"
    event.event_log.values.extend(["a", "b"])
    assert sigma(event) == {
        "NewProcessName": "C:\\x.exe",
        "EventID": "4688",
        "Channel": "Security",
        "Data": ("a", "b"),
    }
    assert ecs(event)["winlog.event_data"] == {"NewProcessName": "C:\\x.exe", "EventID": "1"}
    assert ecs(event)["winlog.values"] == ["a", "b"]


def test_a_kind_of_a_newer_agent_is_no_kind():
    event = Event.FromString(bytes.fromhex("b20600"))  # field 102, reserved
    assert kind_of(event) == ""
    assert ecs(event) == sigma(event) == {}


def test_an_enum_of_a_newer_agent_is_a_number():
    assert ecs(Event(mechanism=77)) == {"event.provider": "77"}


@given(events())
def test_any_event_is_json_and_texts(event):
    json.dumps(ecs(event))
    for value in sigma(event).values():
        assert isinstance(value, str) or all(isinstance(part, str) for part in value)


@given(st.integers(0, 2**64 - 1))
def test_times_are_written_and_read(ns):
    assert parse_time(time_text(ns)) == ns


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("1970-01-01", 0),
        ("1970-01-01T00:00:01Z", SECOND),
        ("1970-01-01 00:01", 60 * SECOND),
        ("1970-01-01T07:00:00+07:00", 0),
        ("1970-01-01t00:00:00.5z", SECOND // 2),
        ("1970-01-01T00:00:00.000000001Z", 1),
    ],
)
def test_times_as_people_write_them(text, ns):
    assert parse_time(text) == ns


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-13-01", "1969-12-31T23:59:59Z", "2026-01-01T00:00:00.1234567890Z", "20260101"]
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        parse_time(text)


def test_times_have_the_decimals_they_need():
    assert time_text(0) == "1970-01-01T00:00:00Z"
    assert time_text(SECOND // 10) == "1970-01-01T00:00:00.100Z"
    assert time_text(1_000) == "1970-01-01T00:00:00.000001Z"
    assert time_text(1) == "1970-01-01T00:00:00.000000001Z"


@given(st.integers(0, 2**64 - 1))
def test_entities_are_written_and_read(entity):
    assert parse_entity(entity_text(entity)) == entity


@pytest.mark.parametrize("text", ["", "abc", "g" * 16, "0" * 17, "+" + "0" * 15, "0x" + "0" * 14])
def test_what_is_no_entity_is_refused(text):
    with pytest.raises(ValueError, match="hexadecimal"):
        parse_entity(text)
