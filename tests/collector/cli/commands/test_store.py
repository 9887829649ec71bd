import json

import pytest
from tramgac_collector.errors import QueryError
from tramgac_collector.events import prevalence

from tests.tools.console import HOSTILE, Console, Run

SEEN = {"field": "process.executable", "value": HOSTILE, "events": 3, "hosts": 1, "first": "2026-11-24T10:00:00Z",
        "last": "2026-11-25T10:00:00Z"}  # fmt: skip


@pytest.fixture
def told(running: Console, monkeypatch) -> list:
    found: list = []
    never = SEEN | {"events": 0, "hosts": 0, "first": None, "last": None, "value": "/none"}
    monkeypatch.setattr(prevalence, "prevalence", lambda _, *more: found.append(more) or never)
    monkeypatch.setattr(prevalence, "rarest", lambda _, *more: found.append(more) or [SEEN])
    hour = {"hour": "2026-11-24T10:00:00Z", "kind": "process_start", "events": 12}
    monkeypatch.setattr(prevalence, "hours", lambda _, *more: found.append(more) or [hour])
    return found


def test_prevalence(tramgac: Run, told):
    status, out, _ = tramgac("store", "prevalence", "process.executable", "/none", "--parent", "/bin/sh", "--json")
    assert (status, json.loads(out)["events"]) == (0, 0)
    assert told.pop() == ("process.executable", "/none", "/bin/sh")
    assert tramgac("store", "prevalence", "process.executable", "/none")[1].split()[-2:] == ["-", "-"]
    told.clear()
    out = tramgac("store", "prevalence", "process.executable")[1]
    assert told == [("process.executable", 100)]
    assert out.split("\n")[0].split() == ["VALUE", "EVENTS", "HOSTS", "FIRST", "LAST"]
    assert "\x1b" not in out


def test_hours(tramgac: Run, told):
    status, out, _ = tramgac("store", "hours", "--kind", "process_start")
    assert (status, out.split("\n")[0].split()) == (0, ["HOUR", "KIND", "EVENTS"])
    assert out.split("\n")[1].split()[-2:] == ["process_start", "12"]


def test_a_field_that_is_not_known_says_which_are(tramgac: Run, told, monkeypatch):
    def fail(*_):
        raise QueryError("no", "prevalence_field", known="destination.ip")

    monkeypatch.setattr(prevalence, "rarest", fail)
    status, _, err = tramgac("store", "prevalence", "user.name")
    assert (status, err) == (1, "How common values are is known of destination.ip.\n")
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert tramgac("store", "prevalence", "user.name")[2].startswith("Chỉ biết độ phổ biến của ")
