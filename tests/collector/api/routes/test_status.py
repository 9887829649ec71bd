from tramgac_collector.api.routes.status import _LOGGED
from tramgac_collector.errors import Unreadable
from tramgac_collector.ingest import holes

from tests.tools.console import HOSTILE, ORIGIN, Console


def test_health_says_nothing_but_that_it_answers(console: Console):
    assert console.stranger().get("/api/health").json() == {"ok": True}


def test_reports_of_the_policy_are_counted(console: Console):
    client = console.stranger()
    kind = {"content-type": "application/csp-report"}
    for body in (b'{"csp-report": {}}', HOSTILE.encode(), b"\xff\xfe", b""):
        assert client.post("/api/csp-report", content=body, headers=kind).status_code == 204
    assert console.local().get("/api/status").json()["csp_reports"] == 4


def test_a_flood_of_reports_does_not_fill_the_log(console: Console, caplog):
    client = console.stranger()
    for _ in range(_LOGGED + 5):
        client.post("/api/csp-report", content=b"x")
    assert console.local().get("/api/status").json()["csp_reports"] == _LOGGED + 5


def test_status(console: Console):
    told = console.local().get("/api/status").json()
    counts = {"csp_reports": 0, "logins_refused": 0}
    assert told == {
        "console": ORIGIN,
        **counts,
        "outbox": {"head": 0, "failures": 0},
        "log_holes": [],
        "rules_parked": [],
        "clock": {"hosts": 0, "median_s": 0.0, "alike": 0, "ours": False},
        "hosts": 0,
        "connected": 0,
        "incarnation": {"id": ""},
    }


def test_a_hole_in_the_log_is_told(console: Console):
    holes.record(console.services.paths, "store", Unreadable(3, 9, "log_damaged", "why"))
    (hole,) = console.local().get("/api/status").json()["log_holes"]
    assert (hole["consumer"], hole["first"], hole["next"], hole["reason"]) == ("store", 3, 9, "log_damaged")


def test_the_description_of_the_api_names_every_path(console: Console):
    told = console.signed_in("viewer").get("/api/openapi.json").json()
    assert {"/api/alerts", "/api/hosts/{host}", "/api/stream", "/api/content"} <= set(told["paths"])


def test_whoever_reads_alerts_is_told_what_is_in_the_way(console: Console):
    assert console.stranger().get("/api/hindrances").status_code == 401
    assert console.signed_in("viewer").get("/api/hindrances").json() == {"items": [{"kind": "no_rules"}]}
