import pytest
from tramgac_collector.errors import QueryError
from tramgac_collector.exception_sense import ALL, Ground, kinds_of, require
from tramgac_collector.exceptions import read

STARTS = frozenset({"process_start", "event_log"})
OWN = frozenset({"process_start"})


def ground(kinds=ALL, *stored):
    return Ground(kinds, ["LogonType"], lambda name: name in stored)


def refused(query, kinds=ALL, *stored):
    with pytest.raises(QueryError) as raised:
        require(query, read(query), ground(kinds, *stored))
    return raised.value.params


@pytest.mark.parametrize(
    ("query", "word", "shown"),
    [
        (r"Imge:*\backup.exe", "search_unknown_near", {"name": "Imge", "near": "Image"}),
        ("not CommandLin:x", "search_unknown_near", {"name": "CommandLin", "near": "CommandLine"}),
        ("user.name:an or Zzz:x", "search_unknown", {"name": "Zzz"}),
        ("winlog.event_data.Zzz:x", "search_unknown", {"name": "Zzz"}),
        ("kind:proces_start", "search_word_near", {"near": "process_start"}),
        ("kind:zz*", "search_word", {"name": "kind"}),
        ("network.transport:tcpp user.name:an", "search_word_near", {"near": "tcp"}),
        ("host:pc-17", "search_host", {"value": "pc-17"}),
        ("host.name:pc-?7*", "search_host", {"value": "pc-?7*"}),
        ("destination.port:70000", "search_port", {"most": 65_535}),
        ("destination.port:[9 TO 5]", "search_range", {"name": "destination.port"}),
        ("process.hash.sha256:" + "AB" * 32, "search_digest", {"name": "process.hash.sha256"}),
        ("process.executable:bash", "search_path", {"value": "bash"}),
        (r'Image:"C:\Tools\x.exe"', "search_backslash", {"letter": "T"}),
        ("kind:file_write kind:process_start", "search_contradicts", {}),
        ("file.path:/x destination.port:5", "search_contradicts", {}),
    ],
)
def test_what_no_event_ever_meets(query, word, shown):
    params = refused(query)
    assert params["refusal"] == word
    assert params.items() >= shown.items()


@pytest.mark.parametrize(
    ("query", "kinds", "word"),
    [
        ("file.path:/etc/*", STARTS, "search_elsewhere"),
        ("TargetUserName:an", OWN, "search_elsewhere"),
        ("kind:file_write", OWN, "search_elsewhere"),
        ("process.args_count:>2 winlog.channel:Security", STARTS, "search_contradicts"),
    ],
)
def test_what_no_event_of_the_rule_meets(query, kinds, word):
    assert refused(query, kinds, "TargetUserName")["refusal"] == word
    if word == "search_elsewhere":
        require(query, read(query), ground(ALL, "TargetUserName"))


@pytest.mark.parametrize(
    "query",
    [
        r"user.name:svc-backup and Image:*\backup.exe",
        "Image:System",
        "CommandLine:*x*",
        "evil",
        "not user.name:an",
        'process.executable:""',
        "host:" + "ab" * 16,
        r'process.executable:"C:\\Tools\\backup.exe"',
        r'"say \"x\""',
        "kind:process_*",
        "@timestamp:>=2026-01-31",
        "user.id:0",
        "file.path:/x or destination.port:5",
        "process.hash.sha256:" + "ab" * 32,
        "process.executable:*bash",
        "process.executable:memfd:job",
        "-kind:process_exit process.pid:>5",
    ],
)
def test_what_an_event_may_meet(query):
    require(query, read(query), ground())


def test_a_name_that_is_in_some_events_data_is_one():
    query = "TargetLogonGuid:x LogonType:3"
    require(query, read(query), ground(ALL, "TargetLogonGuid"))
    assert refused("LogonTyp:3")["near"] == "LogonType"


def test_which_kinds_a_rule_looks_at():
    started = {"logsource": {"product": "linux", "category": "process_creation", "service": ""}}
    files = {"logsource": {"product": "windows", "category": "file_event", "service": ""}}
    rules = {"a": started, "b": files, "both": {"members": ["a", "b", "gone"], "logsource": {}}}
    assert kinds_of(started, rules) == {"process_start"}
    assert kinds_of(files, rules) == {"file_create", "file_write", "event_log"}
    assert kinds_of(rules["both"], rules) == {"process_start", "file_create", "file_write", "event_log"}
    nowhere = {"logsource": {"product": "macos", "category": "x", "service": ""}}
    anything = {"logsource": {"product": "windows", "category": "", "service": ""}}
    assert kinds_of({}, rules) == kinds_of(nowhere, rules) == kinds_of(anything, rules) == ALL
