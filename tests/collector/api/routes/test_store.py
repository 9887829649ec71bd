import pytest
from tramgac_collector.errors import EngineAway, QueryError
from tramgac_collector.events import forecast, prevalence
from tramgac_collector.events.forecast import Forecast

from tests.tools.console import HOST, Console


@pytest.fixture
def asked(monkeypatch) -> list:
    """What the roll-ups were asked."""
    found: list = []
    for name in ("prevalence", "rarest", "hours"):
        monkeypatch.setattr(prevalence, name, lambda _paths, *more, name=name: found.append((name, more)) or [])
    return found


def test_one_value_or_the_rarest(console: Console, asked):
    viewer = console.signed_in("viewer")
    viewer.get("/api/store/prevalence", params={"field": "process.executable", "value": "/x", "parent": "/y"})
    viewer.get("/api/store/prevalence", params={"field": "destination.ip", "limit": 7})
    assert asked == [("prevalence", ("process.executable", "/x", "/y")), ("rarest", ("destination.ip", 7))]


def test_hours_are_of_a_week_or_as_asked(console: Console, asked):
    viewer = console.signed_in("viewer")
    assert viewer.get("/api/store/hours").json() == {"items": []}
    viewer.get(
        "/api/store/hours", params={"since": "2026-09-21", "until": "2026-09-22", "host": HOST, "kind": "health"}
    )
    [(_, (since, until, *_)), (_, (_, _, host, kinds))] = asked
    assert (until, until - since) == (console.clock(), 7 * 86_400_000_000_000)
    assert (host, kinds) == (HOST, ("health",))
    for odd in ({"kind": "none"}, {"since": "once"}):
        assert viewer.get("/api/store/hours", params=odd).status_code == 422


def test_what_cannot_be_answered(console: Console, monkeypatch):
    for error, status in ((QueryError("no", "prevalence_field", known="a"), 422), (EngineAway("down"), 503)):

        def fail(*_, error=error):
            raise error

        monkeypatch.setattr(prevalence, "rarest", fail)
        told = console.signed_in("viewer", f"v{status}").get("/api/store/prevalence", params={"field": "x"})
        assert told.status_code == status


def test_how_the_store_stands(console: Console):
    auditor = console.signed_in("auditor")
    assert auditor.get("/api/store").json() == {"forecast": None, "cold": []}
    paths = console.services.paths
    forecast.tell(paths, Forecast(5, 1 << 30, 3, 2, 1 << 20, 7 << 20, 7.0))
    (paths.cold / "events-2026-11-01.001.parquet").write_bytes(b"12345")
    told = auditor.get("/api/store").json()
    assert (told["forecast"]["days_left"], told["forecast"]["bytes_a_day"]) == (7.0, 1 << 20)
    assert told["cold"] == [{"day": "2026-11-01", "bytes": 5}]


def test_holds_are_the_admins(console: Console):
    console.enrol(HOST, "máy-1", 1)
    admin = console.signed_in("admin", "an")
    made = admin.post("/api/store/holds", json={"host": "máy-1", "why": "vụ 17", "since": "2026-09-21"})
    assert made.status_code == 201
    row = made.json()
    assert (row["host"], row["since"], row["until"], row["by"]) == (HOST, "2026-09-21T00:00:00Z", None, "an")
    released = admin.post(f"/api/store/holds/{row['id']}/release", json={"why": "closed"})
    assert released.json()["released_by"] == "an"
    again = admin.post(f"/api/store/holds/{row['id']}/release", json={"why": "closed"})
    assert (again.status_code, again.json()["params"]["refusal"]) == (404, "hold_unknown")
    assert [each["why"] for each in admin.get("/api/store/holds").json()["items"]] == ["vụ 17"]
    for body in ({"host": HOST, "why": ""}, {"host": "none", "why": "x"}, {"host": HOST, "why": "x", "until": "?"}):
        assert admin.post("/api/store/holds", json=body).status_code in {404, 422}
    assert console.signed_in("analyst").post("/api/store/holds", json={"host": HOST, "why": "x"}).status_code == 403
