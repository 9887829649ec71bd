import pytest
from tramgac_collector.cli.event_about import about, endpoint
from tramgac_proto.names import KINDS

SH = {"process.executable": "/bin/sh", "process.command_line": "sh -c x"}
FAR = {"destination.ip": "10.0.0.5", "destination.port": 443}
NEAR = {"source.ip": "10.0.0.9", "source.port": 51_000}
SYSMON = {"winlog.channel": "Sysmon", "event.code": 13}


@pytest.mark.parametrize(
    ("kind", "fields", "told"),
    [
        ("process_start", SH, "sh -c x"),
        ("process_exit", {"process.executable": "/bin/sh"}, "/bin/sh"),
        ("file_create", {**SH, "file.path": "/etc/crontab"}, "/etc/crontab  (/bin/sh)"),
        ("file_delete", {"file.path": "/etc/crontab"}, "/etc/crontab"),
        ("file_write", SH, "/bin/sh"),
        ("file_rename", {"tramgac.file.previous_path": "/a", "file.path": "/b"}, "/a → /b"),
        ("network_connection", {**SH, **NEAR, **FAR, "tramgac.network.initiated": True}, "10.0.0.5:443  (/bin/sh)"),
        ("network_connection", {**NEAR, **FAR}, "10.0.0.9:51000 → 10.0.0.5:443"),
        ("scan_hit", {"rule.name": "bad", "file.path": "/x", **SH}, "bad: /x  (/bin/sh)"),
        ("log_line", {"log.syslog.appname": "sshd", "message": "Accepted"}, "sshd: Accepted"),
        (
            "event_log",
            {**SYSMON, "winlog.event_data": {"TargetObject": "HKLM\\Run\\x", "Image": "C:\\r.exe"}},
            "Sysmon 13: HKLM\\Run\\x  (C:\\r.exe)",
        ),
        ("event_log", {**SYSMON, "winlog.event_data": {"QueryName": "evil.example"}}, "Sysmon 13: evil.example"),
        (
            "event_log",
            {"winlog.event_data": {"DestinationIp": "fe80::1", "DestinationPort": "53"}},
            "[fe80::1]:53",
        ),
        ("event_log", {**SYSMON, "winlog.values": ["a", "b"]}, "Sysmon 13: a, b"),
        ("inventory", {"host.hostname": "pc-1", "host.os.full": "Debian 12"}, "pc-1, Debian 12"),
        ("health", {"tramgac.health.last_words": "stopped"}, "stopped"),
        ("of_a_later_version", {"message": "new"}, "new"),
    ],
)
def test_what_it_is_about_and_the_program_beside_it(kind, fields, told):
    assert about({"kind": kind, **fields}) == told


@pytest.mark.parametrize("kind", KINDS)
def test_one_that_says_nothing_has_an_empty_line(kind):
    assert about({"kind": kind}) == ""


def test_an_address_of_each_sort():
    assert [endpoint("10.0.0.5", 443), endpoint("fe80::1", 443)] == ["10.0.0.5:443", "[fe80::1]:443"]
    assert [endpoint("fe80::1", None), endpoint(None, 5)] == ["fe80::1", ""]
