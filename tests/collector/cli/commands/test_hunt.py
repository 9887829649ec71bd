import json
import threading

import pytest
from tramgac_collector.events.store import Store
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths
from tramgac_proto.event_pb2 import Event
from tramgac_proto.names import time_text

from tests.collector.events.test_store import fill_log
from tests.tools.console import HOST, HOSTILE, Console, Run

pytestmark = pytest.mark.enable_socket
WORD = "hunted7c3e"


@pytest.fixture
def since(running: Console, engine_paths: StatePaths) -> str:
    """A host with three starts of two programs, one of them of a hostile name; where they begin."""
    begin, events = running.clock(), []
    for number, path in enumerate(("/usr/bin/curl", "/usr/bin/curl", HOSTILE)):
        event = Event(time=begin + number)
        event.process_start.process.executable, event.process_start.process.command_line = path, WORD
        events.append(event.SerializeToString())
    paths = running.services.paths
    paths.log_id.write_text("7c3e")
    paths.engine.symlink_to(engine_paths.engine)
    running.enrol(HOST, "máy-1", 1)
    running.rules_in_force()
    if not _stored(paths):
        fill_log(paths, [events], host=HOST)
        Store.open(paths, Counts()).fill(threading.Event())
    return time_text(begin)


def _stored(paths: StatePaths) -> bool:
    from tramgac_collector.events import query

    return query.count(paths, WORD) > 0


def test_a_host_is_called_by_its_name_or_its_id(since: str, tramgac: Run, monkeypatch):
    for name in ("host:máy-1", "host:MÁY-?", f"host:{HOST}", f"host.name:{HOST[:8]}", "not host:x*"):
        found = tramgac("hunt", WORD, name, "--since", since)[1]
        assert "3 events on 1 host." in found, name
    assert "No events match" in tramgac("hunt", WORD, "not host:máy-1", "--since", since)[1]
    assert "\nNo host is called máy-2, " in tramgac("hunt", WORD, "host:máy-2")[2]
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert "\nKhông có máy tên máy-2 " in tramgac("hunt", WORD, "host:máy-2")[2]


def test_hosts_and_counts_first_then_events(since: str, tramgac: Run):
    status, out, err = tramgac("hunt", WORD, "--since", since, "--json")
    host, *events = map(json.loads, out.splitlines())
    assert (status, err) == (0, "")
    assert host == {
        "host": HOST,
        "name": "máy-1",
        "events": 3,
        "first": since,
        "last": since.replace("Z", ".000000002Z"),
    }
    assert [event["sequence"] for event in events] == [1, 2, 3]
    status, out, err = tramgac("hunt", WORD, "--since", since, "--limit", "2")
    assert (status, out.split("\n")[2]) == (0, "3 events on 1 host.")
    assert err.startswith("These are the newest 2 of 3. ")
    assert "\x1b" not in out


@pytest.mark.parametrize("asked", [[WORD, "--by", "Image"], [f"{WORD} | count by Image"]])
def test_counted_by_a_field(since: str, tramgac: Run, asked: list[str]):
    status, out, _ = tramgac("hunt", *asked, "--since", since, "--json")
    most, rarest = map(json.loads, out.splitlines())
    assert (status, most["by"], most["value"], most["events"], most["hosts"]) == (0, "Image", "/usr/bin/curl", 2, 1)
    assert rarest["value"] == HOSTILE


def test_the_rarest_first_and_of_how_many(since: str, tramgac: Run):
    status, out, err = tramgac("hunt", WORD, "--by", "Image", "--rare", "--limit", "1", "--since", since)
    assert status == 0
    assert out.splitlines()[0].split() == ["VALUE", "EVENTS", "HOSTS", "FIRST", "LAST"]
    assert out.splitlines()[1].startswith("<img src=x")
    assert out.splitlines()[2].startswith("3 events, 2 values of Image; ")
    assert err == "These are 1 of 2. --limit takes up to 10,000.\n"


def test_nothing_and_no_time(since: str, tramgac: Run):
    status, out, err = tramgac("hunt", "nothing9d1")
    assert (status, out) == (0, "No events match. Widen --since and --until, or leave out a condition.\n")
    assert err.startswith("No time was given: ")


def test_what_is_none(since: str, tramgac: Run):
    assert tramgac("hunt", WORD, "--rare")[0] == 2
    status, _, err = tramgac("hunt", "(a or", "--since", since)
    assert (status, err.startswith("At character 6 of the search something to look for is missing")) == (2, True)
    status, _, err = tramgac("hunt", "a |", "--since", since)
    assert (status, err.startswith("At character 3 of the search: write `| count by FIELD`")) == (2, True)
