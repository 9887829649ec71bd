import json

import pytest
from tramgac_collector import database, hosts, tokens
from tramgac_collector.api.routes import events
from tramgac_collector.api.routes.events import LOOK_BACK
from tramgac_collector.errors import EngineAway, QueryError
from tramgac_collector.events import query
from tramgac_collector.events.groups import Groups
from tramgac_collector.search.tree import Equal, Stage

from tests.tools.console import HOST, HOSTILE, Console


@pytest.fixture
def asked(monkeypatch) -> list:
    """What the search was asked; it gives two events."""
    found: list = []

    def search(_paths, text, **more):
        found.append((text, more))
        return iter([{"kind": "process_start", "process.command_line": HOSTILE}, {"kind": "process_exit"}])

    monkeypatch.setattr(query, "search", search)
    monkeypatch.setattr(query, "count", lambda _paths, text, **more: found.append((text, more)) or 7)
    return found


def test_events_are_lines_of_json(console: Console, asked):
    answer = console.signed_in("viewer").get("/api/events")
    assert answer.headers["content-type"] == "application/x-ndjson"
    rows = [json.loads(line) for line in answer.text.split("\n")[:-1]]
    assert [row["kind"] for row in rows] == ["process_start", "process_exit"]
    assert rows[0]["process.command_line"] == HOSTILE


def test_what_is_asked_reaches_the_search(console: Console, asked):
    wanted = {
        "q": "process.pid:7",
        "since": "2026-09-21T14:13:20.000000001Z",
        "until": "2026-09-22",
        "kind": "process_start,file_create",
    }
    console.signed_in("viewer").get("/api/events", params={**wanted, "host": "ab" * 16, "limit": 9})
    [(text, more)] = asked
    assert text == "process.pid:7"
    assert more["since"] == 1_790_000_000_000_000_001
    assert (more["kinds"], more["host"], more["limit"]) == (("process_start", "file_create"), "ab" * 16, 9)


def test_cold_days_are_searched_when_asked(console: Console, asked):
    viewer = console.signed_in("viewer")
    for path in ("/api/events", "/api/events/count"):
        viewer.get(path, params={"cold": "true", "q": "curl"})
        found = asked.pop()[1]
        assert (found["cold"], found["since"]) == (True, None), "they are older than a day"


def test_a_host_is_meant_by_its_name(console: Console, asked):
    with database.session(console.engine) as s:
        _, token = tokens.create(s, uses=1, ttl_s=60, site="", by="an", now=console.clock())
        hosts.enrol(s, HOST, "máy-1", "linux", "0.1.0", "01", token, console.clock())
    client = console.signed_in("viewer")
    for path in ("/api/events", "/api/events/count"):
        client.get(path, params={"host": "máy-1"})
        assert asked.pop()[1]["host"] == HOST
        told = client.get(path, params={"host": "máy-2"})
        assert (told.status_code, told.json()["params"]["refusal"]) == (404, "host_unknown")
    assert asked == []


def test_a_search_knows_what_hosts_are_called(console: Console, asked):
    with database.session(console.engine) as s:
        _, token = tokens.create(s, uses=1, ttl_s=60, site="", by="an", now=console.clock())
        hosts.enrol(s, HOST, "máy-1", "linux", "0.1.0", "01", token, console.clock())
    client = console.signed_in("viewer")
    for path in ("/api/events", "/api/events/count"):
        client.get(path, params={"q": "host:máy-1"})
        assert asked.pop()[1]["named"](Equal("máy-1")) == [HOST]


def test_a_host_that_there_is_none_of_is_told(console: Console):
    answer = console.signed_in("viewer").get("/api/events/groups", params={"q": "host:máy-2", "by": "kind"})
    assert (answer.status_code, answer.json()["params"]["refusal"]) == (422, "search_host_unknown")


def test_count(console: Console, asked):
    assert console.signed_in("viewer").get("/api/events/count", params={"q": "a"}).json() == {"count": 7}


def test_a_search_in_words_looks_back_a_day_unless_it_says_since_when(console: Console, asked):
    client = console.signed_in("viewer")
    for path in ("/api/events", "/api/events/count"):
        client.get(path, params={"q": "curl"})
        assert asked.pop()[1]["since"] == console.clock() - LOOK_BACK
        for cold in ("false", "true"):
            client.get(path, params={"q": "curl", "until": "2026-01-01", "cold": cold})
            more = asked.pop()[1]
            assert more["since"] == more["until"] - LOOK_BACK
        client.get(path, params={"q": "curl", "since": "1990-01-01", "until": "2026-01-01"})
        assert asked.pop()[1]["since"] == 631_152_000_000_000_000
        for all_of_it in ({}, {"until": "2026-01-01"}, {"kind": "process_start"}):
            client.get(path, params=all_of_it)
            assert asked.pop()[1]["since"] is None


def test_groups(console: Console, monkeypatch):
    asked: list = []
    item = {"value": HOSTILE, "events": 3, "hosts": 1, "first": "2026-01-01T00:00:00Z", "last": "2026-01-02T00:00:00Z"}

    def count_by(_paths, text, **more):
        asked.append((text, more))
        return Groups(more["by"] or Stage("kind", rare=True), [item], 7, 9)

    monkeypatch.setattr(events, "count_by", count_by)
    client = console.signed_in("viewer")
    told = client.get("/api/events/groups", params={"q": "a | rare kind"}).json()
    bounds = {"since": "2026-09-20T14:13:20Z", "until": None}
    assert told == {"by": "kind", "rare": True, **bounds, "groups": 7, "events": 9, "items": [item]}
    told = client.get("/api/events/groups", params={"by": "user.name", "since": "2026-01-01", "limit": 9}).json()
    assert (told["by"], told["since"]) == ("user.name", "2026-01-01T00:00:00Z")
    assert (asked[1][1]["by"], asked[1][1]["limit"]) == (Stage("user.name"), 9)


def test_groups_of_a_search_that_says_no_field_are_refused(console: Console):
    answer = console.signed_in("viewer").get("/api/events/groups", params={"q": "a"})
    assert (answer.status_code, answer.json()["params"]["refusal"]) == (422, "search_stage")


@pytest.mark.parametrize(
    "params",
    [
        {"kind": "odd"},
        {"kind": "health,odd"},
        {"since": "yesterday"},
        {"until": "1"},
        {"limit": 0},
        {"limit": 10**9},
        {"q": "x" * 4001},
    ],
)
def test_what_is_no_search_is_refused(console: Console, asked, params):
    assert console.signed_in("viewer").get("/api/events", params=params).status_code == 422
    assert asked == []


@pytest.mark.parametrize(("path", "name"), [("/api/events", "search"), ("/api/events/count", "count")])
@pytest.mark.parametrize(
    ("error", "status"), [(QueryError("no such field: x", "search_field", name="x"), 422), (EngineAway("gone"), 503)]
)
def test_a_search_that_fails_says_why(console: Console, monkeypatch, path, name, error, status):
    def fails(*_, **__):
        raise error

    monkeypatch.setattr(query, name, fails)
    answer = console.signed_in("viewer").get(path)
    assert (answer.status_code, answer.json()["params"]["reason"]) == (status, str(error))
    assert answer.json()["params"].get("name") == ("x" if status == 422 else None)


def test_an_answer_that_breaks_off_says_so_at_its_end(console: Console, monkeypatch):
    def search(*_, **__):
        yield {"kind": "process_start"}
        raise EngineAway("killed")

    monkeypatch.setattr(query, "search", search)
    lines = console.signed_in("viewer").get("/api/events").text.splitlines()
    assert json.loads(lines[-1]) == {"error": "unavailable", "params": {"reason": "killed"}}


def test_no_engine_is_unavailable(console: Console):
    """With the real search, and no engine anywhere."""
    client = console.signed_in("viewer")
    assert client.get("/api/events").status_code == 503
    assert client.get("/api/events/groups", params={"by": "host"}).status_code == 503
