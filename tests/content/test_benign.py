"""On an hour of ordinary work (tests/samples/benign) our rules say nothing of medium level or above."""

import ipaddress
import json
import re
from collections import Counter

import pytest
from backports import zstd
from tramgac_proto.names import parse_time

from tests.lab import benign
from tests.lab.benign_records import KEPT_OF_A_SHAPE, Anonymiser, Thinner

RAW = {
    "kind": "process_start",
    "@timestamp": "2026-03-01T10:00:00.123456Z",
    "host.boot.id": "251d5edb80c0468f",
    "process.entity_id": "00000077dd8042c8",
    "process.executable": "/somewhere/root/usr/bin/wget",
    "process.command_line": "wget http://packages.supplier.org/list",
    "process.working_directory": "/somewhere/root",
    "process.parent.executable": "/somewhere/root/usr/bin/bash",
    "process.parent.parent.executable": "/usr/bin/recorder",
    "tramgac.process.cgroup": "/recording-12",
}


@pytest.fixture(scope="module")
def found():
    return benign.alerts(benign.KEPT)


@pytest.fixture(scope="module")
def events():
    with zstd.open(benign.KEPT) as file:
        return [json.loads(line) for line in file]


def test_nothing_of_medium_level_or_above(found):
    assert not Counter(alert["rule"]["title"] for alert in found if alert["rule"]["level"] in benign.LOUD)


def test_the_recording_is_read_by_the_rules(found):
    assert "Password set from a script" in {alert["rule"]["title"] for alert in found}


def test_the_recording_is_an_hour_of_what_it_says(events):
    assert benign.KEPT.stat().st_size < benign.MOST_BYTES
    assert len(events) > 50_000
    assert parse_time(events[-1]["time"]) - parse_time(events[0]["time"]) > 45 * 60 * 1_000_000_000
    kinds = {event["kind"] for event in events}
    assert kinds == {"process_start", "file_create", "file_write", "file_delete", "file_rename", "network_connection"}
    programs = {str(event.get("process.executable")).rpartition("/")[2] for event in events}
    for work in ("apt-get dpkg", "python3.11", "node", "cc1 make", "git", "soffice.bin", "chromium", "tar rsync"):
        assert set(work.split()) <= programs
    for work in (
        "cron logrotate",
        "ssh-keygen sshd scp",
        "useradd visudo",
        "systemctl",
        "vim.tiny ed",
        "nginx postgres",
    ):
        assert set(work.split()) <= programs


def test_the_recording_tells_of_no_other_machine(events):
    shown = ipaddress.ip_network("192.0.2.0/24")
    for event in events:
        for name in ("source.ip", "destination.ip"):
            address = ipaddress.ip_address(event.get(name, "127.0.0.1"))
            assert address.is_loopback or (address.version == 4 and address in shown)
    for text in {value for event in events for value in event.values() if isinstance(value, str)}:
        assert "/sys/fs/cgroup" not in text
        for host in re.findall(r"://([a-z0-9.-]+)", text):
            assert host in {"127.0.0.1", "localhost"} or host.endswith(("example.org", "example.com"))


def test_what_tells_of_the_recording_machine_is_replaced():
    assert Anonymiser("/somewhere/root").event(RAW) == {
        "kind": "process_start",
        "time": "2026-11-02T01:00:00Z",
        "process.entity_id": "0000000000000001",
        "process.executable": "/usr/bin/wget",
        "process.command_line": "wget http://host1.example.org/list",
        "process.working_directory": "/",
        "process.parent.executable": "/usr/bin/bash",
    }


def test_addresses_and_what_stands_above_the_place_are_replaced():
    anonymiser = Anonymiser("/somewhere/root")
    above = RAW | {"process.parent.executable": "/usr/bin/nice", "process.parent.command_line": "nice work"}
    assert not [name for name in anonymiser.event(above) if name.startswith("process.parent")]
    connection = {"kind": "network_connection", "@timestamp": RAW["@timestamp"], "source.ip": "127.0.0.1"}
    kept = [anonymiser.event(connection | {"destination.ip": f"198.51.100.{n}"}) for n in (7, 8, 7)]
    assert [event["destination.ip"] for event in kept] == ["192.0.2.1", "192.0.2.2", "192.0.2.1"]
    assert {event["source.ip"] for event in kept} == {"127.0.0.1"}


def test_of_like_changes_where_files_come_in_thousands_some_are_kept():
    def written(path):
        return {"kind": "file_write", "process.executable": "/usr/bin/dpkg", "file.path": path}

    thinner = Thinner()
    assert [thinner.keeps(written(f"/usr/share/doc/p{n}/copyright")) for n in range(4)] == [
        n < KEPT_OF_A_SHAPE for n in range(4)
    ]
    assert thinner.keeps(written("/usr/share/doc/p1/changelog.gz"))
    assert all(thinner.keeps(written(f"/etc/p{n}/settings")) for n in range(4))
    assert not thinner.keeps({"kind": "process_exit"})
