import os
import threading

import pytest
from tramgac_collector.errors import EngineAway, QueryError
from tramgac_collector.events import query
from tramgac_collector.events.store import Store
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths
from tramgac_proto.event_pb2 import MECHANISM_EBPF, Event

from tests.collector.events.test_store import fill_log

pytestmark = pytest.mark.enable_socket
BEGIN = 1_700_000_000_000_000_000
BOOT = 0xB007


def start(number, parent=0, line="", path="/usr/bin/true"):
    event = Event(time=BEGIN + number * 1_000_000_007, boot=BOOT, mechanism=MECHANISM_EBPF)
    process = event.process_start.process
    process.entity_id, process.pid, process.executable, process.command_line = number, number, path, line
    event.process_start.parent.entity_id = parent
    return event


def stored(engine_paths, folder, events):
    """A host of its own with these events: where it is, and its id."""
    paths = StatePaths(folder)
    paths.make()
    paths.log_id.write_text(os.urandom(8).hex())
    paths.engine.symlink_to(engine_paths.engine)
    host = os.urandom(16).hex()
    fill_log(paths, [[event.SerializeToString() for event in events]], host=host)
    Store.open(paths, Counts()).fill(threading.Event())
    return paths, host


@pytest.fixture(scope="module")
def filled(engine_paths, tmp_path_factory):
    """Ten starts (a chain 1 > 2 > 3, children 4 to 9 of 3), a file and a record."""
    events = [start(n, min(n - 1, 3), f"run {n} 100%") for n in range(1, 10)]
    events.append(start(10, 99, "curl http://evil.example/'; DROP TABLE events; --", "/usr/bin/curl"))
    file = Event(time=BEGIN)
    file.file_create.path = "/tmp/Trạm_Gác"
    events[0].process_start.euid, events[1].process_start.euid = 0, 1000
    record = Event(time=BEGIN + 1)
    record.event_log.channel, record.event_log.event_id = "Security", 4688
    record.event_log.data["CommandLine"] = "whoami /all"
    events += [file, record]
    return stored(engine_paths, tmp_path_factory.mktemp("query"), events)


def found(filled, text="", **more):
    paths, host = filled
    return list(query.search(paths, text, host=host, **more))


def test_roots_id_is_a_number_like_others(filled):
    (root,), (other,) = found(filled, "user.id:0"), found(filled, "user.id:1000")
    assert (root["sequence"], root["user.id"], other["sequence"], other["user.id"]) == (1, 0, 2, 1000)
    assert len(found(filled, "-user.id:0")) == 11


def test_a_field_that_is_0_is_looked_for_where_there_is_such_a_field(filled):
    assert {event["kind"] for event in found(filled, "tramgac.process.fileless:false")} == {"process_start"}
    assert len(found(filled, "tramgac.process.fileless:false")) == 10


def test_an_event_reads_as_the_contract_says(filled):
    (event,) = found(filled, "process.command_line:*evil*")
    assert event["host"] == filled[1]
    assert event["epoch"] == f"{9:016x}"
    assert (event["lane"], event["sequence"], event["kind"]) == (1, 10, "process_start")
    assert event["time"] == "2023-11-14T22:13:30.000000070Z"
    assert event["ingested"].endswith("Z")
    assert event["process.executable"] == "/usr/bin/curl"
    assert event["process.entity_id"] == f"{10:016x}"
    assert event["event.provider"] == "ebpf"
    assert "@timestamp" not in event
    assert "file.path" not in event


def test_oldest_first_and_the_newest_of_too_many(filled):
    assert [e["sequence"] for e in found(filled, kinds=["process_start"])] == list(range(1, 11))
    assert [e["sequence"] for e in found(filled, kinds=["process_start"], limit=3)] == [8, 9, 10]
    assert [e["sequence"] for e in found(filled, kinds=["health", "process_start"], limit=3)] == [8, 9, 10]
    assert found(filled, kinds=["health", "inventory"]) == []


def test_time_bounds_are_from_and_below(filled):
    second = BEGIN + 2 * 1_000_000_007
    assert [e["sequence"] for e in found(filled, since=second, until=second + 1)] == [2]
    assert query.count(filled[0], host=filled[1], since=second) == 9


@pytest.mark.parametrize(
    ("text", "sequences"),
    [
        ("process.executable:/usr/bin/curl", [10]),
        ("-process.executable:/usr/bin/true kind:process_start", [10]),
        ("process.command_line:*100%*", list(range(1, 10))),
        ("process.command_line:*100_*", []),
        ("process.command_line:*CURL*", [10]),
        ("EVIL.example", [10]),
        ("trạm_gác", [11]),
        ("winlog.event_data.CommandLine:*WHOAMI*", [12]),
        ("winlog.event_data.CommandLine:x", []),
        ("event.code:4688", [12]),
        ("process.entity_id:0000000000000003", [3]),
        ('process.command_line:"x\' OR 1=1 --"', []),
        ("event.provider:ebpf process.pid:4", [4]),
    ],
)
def test_searches(filled, text, sequences):
    assert [e["sequence"] for e in found(filled, text)] == sequences
    assert query.count(filled[0], text, host=filled[1]) == len(sequences)


def test_a_tree_has_ancestors_and_children(filled):
    paths, host = filled
    tree = query.process_tree(paths, host, f"{BOOT:016x}", f"{3:016x}")
    assert [node["process.pid"] for node in tree] == list(range(1, 10))
    assert query.process_tree(paths, host, f"{BOOT:016x}", f"{77:016x}") == []
    # Who began before the agent, or never ran a program of its own, has no start; its parent may have.
    tree = query.process_tree(paths, host, f"{BOOT:016x}", f"{77:016x}", f"{3:016x}")
    assert [node["process.pid"] for node in tree] == [1, 2, 3]
    assert query.process_tree(paths, host, f"{BOOT:016x}", f"{77:016x}", f"{77:016x}") == []
    with pytest.raises(QueryError):
        query.process_tree(paths, host, "x'", "1")


def test_of_a_process_that_ran_several_programs_the_last_is_in_the_tree(engine_paths, tmp_path):
    events = [start(number, number - 1, path=path) for path in ("/bin/sh", "/bin/id") for number in (1, 2, 3)]
    for later, event in enumerate(events):
        event.time += later
    paths, host = stored(engine_paths, tmp_path, events)
    tree = query.process_tree(paths, host, f"{BOOT:016x}", f"{2:016x}")
    assert [(node["process.pid"], node["process.executable"]) for node in tree] == [(n, "/bin/id") for n in (1, 2, 3)]


def test_only_the_columns_of_some_kinds_are_asked_for():
    process = query.selected(["process_start"])
    assert "`process_command_line`" in process
    assert "`tramgac_rest`" in process
    assert "AS `time ns`" in process
    assert "destination_port" not in process
    assert "winlog" not in process
    assert query.selected() == query.SELECT


def test_a_large_answer_asks_for_the_columns_of_its_kinds_and_is_the_same(filled):
    few, many = found(filled), found(filled, limit=query.MANY + 1)
    assert few == many
    assert {row["kind"] for row in many} == {"process_start", "file_create", "event_log"}
    assert found(filled, kinds=["file_create", "event_log"], limit=query.MANY + 1) == [
        row for row in few if row["kind"] != "process_start"
    ]
    assert found(filled, "process.command_line:nobody", limit=query.MANY + 1) == []


def test_what_cannot_be_is_said(filled, tmp_path):
    with pytest.raises(QueryError, match="limit"):
        query.search(filled[0], limit=10**9)
    with pytest.raises(EngineAway, match="role `engine`"):
        query.search(StatePaths(tmp_path))
