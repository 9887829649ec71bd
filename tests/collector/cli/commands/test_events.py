import json
import os
import threading
import time

import pytest
from tramgac_agent.enrich.text import decode
from tramgac_collector import database, hosts, tokens
from tramgac_collector.cli.headings import Nothing
from tramgac_collector.errors import QueryError
from tramgac_collector.events import query
from tramgac_collector.events.store import Store
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths
from tramgac_collector.search.tree import Equal
from tramgac_proto.event_pb2 import Event
from tramgac_proto.names import parse_time

from tests.collector.events.test_store import fill_log
from tests.tools.console import HOST, HOSTILE, Console, Run


@pytest.fixture
def asked(monkeypatch) -> list:
    found: list = []
    row = {"time": "2026-11-24T10:00:00Z", "host": "ab" * 16, "kind": "process_start", "process.command_line": HOSTILE}
    monkeypatch.setattr(query, "search", lambda _, text, **more: found.append((text, more)) or iter([row]))
    monkeypatch.setattr(query, "count", lambda _, text, **more: found.append((text, more)) or 2000)
    return found


def test_events_as_lines(running: Console, tramgac: Run, asked):
    since = "2026-11-24T10:00:00.000000001Z"
    words = ["events", "--since", since, "--host", HOST, "--kind", "process_start,health", "--limit", "9", "--json"]
    status, out, _ = tramgac(*words, "process.pid:7", "curl")
    assert status == 0
    assert json.loads(out)["process.command_line"] == HOSTILE
    [(text, more)] = asked
    assert text == "process.pid:7 curl"
    assert more.pop("named")(Equal("nobody")) == []
    assert more == {
        "since": parse_time(since),
        "until": None,
        "host": HOST,
        "kinds": ("process_start", "health"),
        "limit": 9,
    }


def test_events_in_the_words_of_others(running: Console, tramgac: Run, monkeypatch):
    row = {"time": "2026-11-24T10:00:00Z", "ingested": "2026-11-24T10:00:01Z", "host": HOST, "kind": "process_start"}
    row |= {"epoch": "00" * 8, "lane": 2, "sequence": 7, "process.command_line": HOSTILE}
    monkeypatch.setattr(query, "search", lambda *_, **__: iter([row]))
    status, out, _ = tramgac("events", "--format", "ecs", "--since", "1h")
    assert (status, json.loads(out)["process"]["command_line"]) == (0, HOSTILE)
    assert tramgac("events", "--format", "xml")[0] == 2


def test_a_search_that_says_no_time_looks_back_a_day_and_says_so(running: Console, tramgac: Run, asked, monkeypatch):
    for more in ((), ("--count",)):
        _, out, err = tramgac("events", "curl", "--json", *more)
        assert err.startswith("No time was given: this is of the last 24 h, since ")
        assert "No time" not in out
        [(_, found)] = asked
        assert 0 <= time.time_ns() - 86_400_000_000_000 - found["since"] < 60_000_000_000
        asked.clear()
    for whole in (("curl", "--cold"), ("--json",), ("--json", "--until", "1h")):
        assert "No time" not in tramgac("events", *whole)[2]
        assert asked.pop()[1]["since"] is None
    assert tramgac("events", "curl", "--json", "--until", "1h")[2].startswith(
        "No --since was given: this is of the 24 h "
    )
    found = asked.pop()[1]
    assert found["until"] - found["since"] == 86_400_000_000_000
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert tramgac("events", "curl", "--json")[2].startswith("Không nêu thời gian: ")


def test_count(running: Console, tramgac: Run, asked):
    status, out, _ = tramgac("events", "--count", "--json", "--until", "1h")
    assert (status, json.loads(out)) == (0, {"count": 2000})


def test_a_table_shows_what_hides(running: Console, tramgac: Run, asked):
    out = tramgac("events")[1]
    assert out.split("\n")[0].split() == ["TIME", "HOST", "KIND", "WHAT"]
    assert "\\x1b[31m" in out
    assert "\x1b" not in out


@pytest.mark.enable_socket
def test_what_a_host_wrote_comes_through_agent_store_api_and_command(
    running: Console, tramgac: Run, engine_paths: StatePaths
):
    raw = b"sh -c \xff\xc3( <script>alert(1)</script> \x1b]0;owned\x07 " + "\u202egpj.exe\u2066 Trạm\n".encode()
    text, invalid = decode(raw)
    event = Event(time=running.clock())
    event.process_start.process.command_line, event.quality.invalid_text = text, invalid
    paths = running.services.paths
    paths.log_id.write_text("c0ffee")
    paths.engine.symlink_to(engine_paths.engine)
    host = os.urandom(16).hex()
    fill_log(paths, [[event.SerializeToString()]], host=host)
    Store.open(paths, Counts()).fill(threading.Event())
    kept = "sh -c \\xff\\xc3( <script>alert(1)</script> \x1b]0;owned\x07 \u202egpj.exe\u2066 Trạm\n"
    (row,) = running.signed_in("viewer").get("/api/events", params={"host": host}).text.splitlines()
    assert json.loads(row)["process.command_line"] == kept
    status, out, _ = tramgac("events", "--host", host, "--json")
    assert (status, json.loads(out)["process.command_line"]) == (0, kept)
    assert not set(out) & set("\x1b\x07\u202e\u2066")
    table = tramgac("events", "--host", host)[1]
    assert r"\xff\xc3( <script>alert(1)</script> \x1b]0;owned\x07 \u202egpj.exe\u2066 Trạm\x0a" in table
    assert not set(table) & set("\x1b\x07\u202e\u2066")


def test_a_search_that_is_none(running: Console, tramgac: Run):
    status, out, err = tramgac("events", "--kind", "proces_start", "--json")
    assert (status, out) == (2, "")
    assert err.startswith(
        "--kind: there is no 'proces_start' (did you mean process_start?); choose from: process_start,"
    )
    assert tramgac("events", "--host", "nobody") == (1, "", "There is no host nobody; `tramgac hosts` lists them.\n")


def test_a_host_is_meant_by_its_name_and_shown_by_it(running: Console, tramgac: Run, asked):
    with database.session(running.engine) as s:
        _, token = tokens.create(s, uses=1, ttl_s=60, site="", by="an", now=running.clock())
        hosts.enrol(s, HOST, "máy-1", "linux", "0.1.0", "01", token, running.clock())
    out = tramgac("events", "--host", "máy-1")[1]
    assert asked[0][1]["host"] == HOST
    assert out.splitlines()[1].split()[1] == "máy-1"


def test_hosts_of_one_name_are_told_apart(running: Console, tramgac: Run, asked):
    for number, host in enumerate(("ab" * 16, "cd" * 16), 1):
        running.enrol(host, "vm", number)
    assert "vm (abababab)" in tramgac("events")[1].splitlines()[1]


def test_no_events(running: Console, tramgac: Run, monkeypatch):
    monkeypatch.setattr(query, "search", lambda *_, **__: iter(()))
    assert tramgac("events")[1] == Nothing.EVENTS.en + "\n"
    assert tramgac("events", "--kind", "health")[1] == Nothing.EVENTS_MATCH.en + "\n"
    assert tramgac("events", "--json")[1] == ""


def test_of_how_many_the_newest_are_shown(running: Console, tramgac: Run, asked, monkeypatch):
    running.rules_in_force()
    cut = (
        "These are the newest 1 of 2,000. --limit takes up to 100,000. --since, --until, --host and --kind narrow it.\n"
    )
    for more in ((), ("--json",)):
        asking = ["--kind", "health", "--since", "1970-01-01T00:00:00Z", "process.pid:7"]
        status, out, err = tramgac("events", "--limit", "1", *asking, *more)
        assert (status, err) == (0, cut)
        assert "newest" not in out
        assert tramgac("events", "--limit", "2", *more)[2] == ""
    counted = {name: value for name, value in asked[1][1].items() if name != "named"}
    assert (asked[1][0], counted) == ("process.pid:7", {"since": 0, "until": None, "host": None, "kinds": ("health",)})
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert tramgac("events", "--limit", "1")[2].startswith("Đây là 1 dòng mới nhất trong tổng số 2.000. ")


def test_where_the_rest_cannot_be_counted_the_list_stands(running: Console, tramgac: Run, asked, monkeypatch):
    def slow(*_, **__):
        raise QueryError("the search took too long: narrow its time, host or kind", "search_slow")

    running.rules_in_force()
    monkeypatch.setattr(query, "count", slow)
    status, out, err = tramgac("events", "--limit", "1", "--json")
    assert (status, len(out.splitlines())) == (0, 1)
    assert err.startswith("These are the newest 1; nobody can say now how many more there are. ")
