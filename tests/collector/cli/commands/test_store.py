import json

import pytest
from tramgac_collector.errors import QueryError
from tramgac_collector.events import forecast, prevalence
from tramgac_collector.events.forecast import Forecast

from tests.tools.console import HOST, HOSTILE, Console, Run

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
    assert told == [("process.executable", 101)]
    assert out.split("\n")[0].split() == ["VALUE", "EVENTS", "HOSTS", "FIRST", "LAST"]
    assert "\x1b" not in out


def test_rare_values_that_are_not_shown_are_told(tramgac: Run, told, monkeypatch):
    monkeypatch.setattr(prevalence, "rarest", lambda *_: [SEEN] * 3)
    said = "These are the first 2; there are more.\n"
    assert said in tramgac("store", "prevalence", "process.executable", "--limit", "2")[2]
    assert said not in tramgac("store", "prevalence", "process.executable", "--limit", "3")[2]


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


def test_status_in_words(running: Console, tramgac: Run, monkeypatch):
    assert tramgac("store", "status")[1].startswith("The store has not been measured yet")
    paths = running.services.paths
    forecast.tell(paths, Forecast(5_000, 1 << 30, 3, 2_000, 1 << 20, 7 << 20, 7.0))
    (paths.cold / "events-2026-11-01.001.parquet").write_bytes(b"12345")
    out = tramgac("store", "status")[1].splitlines()
    assert out[0].startswith("5,000 events of 3 days in 1,024 MiB, measured once an hour; a day: 2,000 events, 1 MiB; ")
    assert out[0].endswith("7 MiB free. The disk is full in about 7 days.")
    assert out[2].split() == ["2026-11-01", "0"]
    assert json.loads(tramgac("store", "status", "--json")[1])["forecast"]["days_left"] == 7.0
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert "1.024 MiB, đo mỗi giờ một lần; " in tramgac("store", "status")[1]
    assert "Đĩa sẽ đầy sau khoảng 7 ngày." in tramgac("store", "status")[1]


def test_holds(running: Console, tramgac: Run):
    running.enrol(HOST, "máy-1", 1)
    assert tramgac("store", "holds")[1] == "No legal holds.\n"
    status, out, _ = tramgac("store", "hold", "máy-1", "--why", "vụ 17", "--since", "2026-09-21T00:00:00Z")
    assert (status, out) == (0, f"Hold 1 stands: events of {HOST} stay.\n")
    assert tramgac("store", "holds")[1].splitlines()[1].split()[-3:] == ["stands", "vụ", "17"]
    assert tramgac("store", "release", "1", "--why", "closed")[1] == "Hold 1 is released.\n"
    status, _, err = tramgac("store", "release", "1", "--why", "closed")
    assert (status, err) == (1, "No legal hold 1 stands; `tramgac store holds` lists them.\n")
    assert json.loads(tramgac("store", "holds", "--json")[1])["released_why"] == "closed"
