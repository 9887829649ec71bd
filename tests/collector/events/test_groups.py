import threading

import pytest
from tramgac_collector.errors import QueryError
from tramgac_collector.events.groups import count_by
from tramgac_collector.events.store import Store
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths
from tramgac_collector.search.tree import Stage
from tramgac_proto.event_pb2 import Event

from tests.collector.events.test_store import fill_log

pytestmark = pytest.mark.enable_socket
BEGIN = 1_700_000_000_000_000_000
WORD = "grouped8f2a"


def start(number, path, *, uid=None):
    event = Event(time=BEGIN + number)
    event.process_start.process.executable, event.process_start.process.command_line = path, WORD
    event.process_start.process.entity_id = 255
    if uid is not None:
        event.process_start.euid = uid
    return event


@pytest.fixture(scope="module")
def paths(engine_paths, tmp_path_factory):
    """Six starts of three programs on two hosts, and a Windows record of one of them."""
    record = Event(time=BEGIN + 9)
    record.event_log.data.update({"Image": "/c", "CommandLine": WORD})
    hosts = {
        "a1" * 16: [start(1, "/a", uid=0), start(2, "/a", uid=5), start(3, "/b"), start(4, "/c")],
        "b2" * 16: [start(5, "/a"), record, Event(time=BEGIN)],
    }
    for host, events in hosts.items():
        mine = StatePaths(tmp_path_factory.mktemp("groups"))
        mine.make()
        mine.engine.symlink_to(engine_paths.engine)
        mine.log_id.write_text(host[:8])
        fill_log(mine, [[event.SerializeToString() for event in events]], host=host)
        Store.open(mine, Counts()).fill(threading.Event())
    return mine


def told(found):
    return [(item["value"], item["events"], item["hosts"]) for item in found.items]


def test_the_most_first_and_the_rarest_first(paths):
    most = count_by(paths, f"{WORD} | count by process.executable")
    assert told(most) == [("/a", 3, 2), ("/b", 1, 1), ("/c", 1, 1)]
    assert (most.groups, most.events, most.stage) == (3, 5, Stage("process.executable"))
    assert most.items[0]["first"] == "2023-11-14T22:13:20.000000001Z"
    assert most.items[0]["last"] == "2023-11-14T22:13:20.000000005Z"
    rare = count_by(paths, f"{WORD} | rare process.executable", limit=1)
    assert (told(rare), rare.groups, rare.events) == ([("/b", 1, 1)], 3, 5)


def test_a_name_of_sigmas_counts_what_windows_wrote_too(paths):
    assert told(count_by(paths, f"{WORD} | count by Image")) == [("/a", 3, 2), ("/c", 2, 2), ("/b", 1, 1)]


@pytest.mark.parametrize(
    ("by", "values"),
    [
        ("host", [("a1" * 16, 4, 1), ("b2" * 16, 2, 1)]),
        ("kind", [("process_start", 5, 2), ("event_log", 1, 1)]),
        ("user.id", [("0", 1, 1), ("5", 1, 1)]),
        ("process.entity_id", [("00000000000000ff", 5, 2)]),
        ("tramgac.process.fileless", [("false", 5, 2)]),
        ("winlog.event_data.Image", [("/c", 1, 1)]),
        ("winlog.values", []),
        ("destination.port", []),
    ],
)
def test_a_field_of_each_type(paths, by, values):
    assert told(count_by(paths, WORD, by=Stage(by))) == values


def test_beside_the_search(paths):
    found = count_by(paths, WORD, by=Stage("host"), since=BEGIN + 4, until=BEGIN + 9, host="b2" * 16)
    assert told(found) == [("b2" * 16, 1, 1)]


@pytest.mark.parametrize(
    ("text", "by", "word"),
    [
        (WORD, "", "search_stage"),
        (WORD, "@timestamp", "search_group"),
        (WORD, "strange.qqqq", "search_field"),
        ("(", "host", "search_missing"),
    ],
)
def test_what_cannot_be_counted_is_said(paths, text, by, word):
    with pytest.raises(QueryError) as error:
        count_by(paths, text, by=Stage(by) if by else None)
    assert error.value.params["refusal"] == word
