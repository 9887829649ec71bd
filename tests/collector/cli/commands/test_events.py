import json

import pytest
from tramgac_collector.events import query
from tramgac_proto.names import parse_time

from tests.tools.console import HOSTILE, Console, Run


@pytest.fixture
def asked(monkeypatch) -> list:
    found: list = []
    row = {"time": "2026-11-24T10:00:00Z", "host": "ab" * 16, "kind": "process_start", "process.command_line": HOSTILE}
    monkeypatch.setattr(query, "search", lambda _, text, **more: found.append((text, more)) or iter([row]))
    monkeypatch.setattr(query, "count", lambda _, text, **more: found.append((text, more)) or 2000)
    return found


def test_events_as_lines(running: Console, tramgac: Run, asked):
    since = "2026-11-24T10:00:00.000000001Z"
    words = ["events", "--since", since, "--host", "ab", "--kind", "process_start", "--limit", "9", "--json"]
    status, out, _ = tramgac(*words, "process.pid:7", "curl")
    assert status == 0
    assert json.loads(out)["process.command_line"] == HOSTILE
    [(text, more)] = asked
    assert text == "process.pid:7 curl"
    assert more == {"since": parse_time(since), "until": None, "host": "ab", "kind": "process_start", "limit": 9}


def test_count(running: Console, tramgac: Run, asked):
    status, out, _ = tramgac("events", "--count", "--json", "--until", "1h")
    assert (status, json.loads(out)) == (0, {"count": 2000})


def test_a_table_shows_what_hides(running: Console, tramgac: Run, asked):
    out = tramgac("events")[1]
    assert "\\x1b[31m" in out
    assert "\x1b" not in out


def test_a_search_that_is_none(running: Console, tramgac: Run):
    status, out, err = tramgac("events", "--kind", "odd", "--json")
    assert (status, out) == (1, "")
    assert "kind" in err
