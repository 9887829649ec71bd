import pytest
from tramgac_collector.errors import EngineAway, QueryError
from tramgac_collector.events import prevalence

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
