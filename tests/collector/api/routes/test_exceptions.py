import pytest
from sqlalchemy import select
from tramgac_collector import alerts, bell, database, held_back
from tramgac_collector.alerts import Detection, EventCopy
from tramgac_collector.errors import EngineAway
from tramgac_collector.events import query
from tramgac_collector.exception_schema import ExceptionRow
from tramgac_collector.held_back import Held
from tramgac_collector.rule_decisions import DAY
from tramgac_collector.schema import AuditRow

from tests.tools.console import HOST, Console

RULE = "rule-1"


@pytest.fixture
def alert(console: Console, monkeypatch):
    """An alert of a rule, an event store that knows 7 events, no judge to ring."""
    monkeypatch.setattr(query, "count", lambda *_args, **_named: 7)
    monkeypatch.setattr(bell, "ring_judges", lambda _run: None)
    console.enrol(HOST, "may-01", 1)
    return console.raise_alert()


def body(**more):
    return {"rule": RULE, "query": "user.name:an", "why": "the backup", **more}


def test_tried_stated_shown_ended(console: Console, alert):
    analyst = console.signed_in("analyst")
    tried = analyst.post("/api/exceptions/try", json={"rule": RULE, "query": "user.name:an"}).json()
    assert (tried["events"], tried["wide"], tried["rule"]) == (7, False, RULE)
    assert (tried["alerts"]["looked"], tried["alerts"]["held"], tried["alerts"]["open"]) == (1, 1, 1)
    assert [told["id"] for told in tried["alerts"]["some"]] == [alert]
    assert analyst.get("/api/exceptions").json() == {"items": []}
    made = analyst.post("/api/exceptions", json=body())
    told = made.json()
    assert (made.status_code, told["state"], told["by"], told["alerts"]["held"]) == (
        201,
        "active",
        "someone-analyst",
        1,
    )
    which = told["id"]
    with database.session(console.engine) as s:
        assert s.get_one(ExceptionRow, which).expires == console.clock() + 90 * DAY
        copy = EventCopy(HOST, 7, 2, 9, "process_start", console.clock(), console.clock(), {"user.name": "an"})
        held = Held(which, Detection({"id": RULE, "title": "Rule 1"}, "1", (copy,)), "may-01")
        held_back.write(s, [held, held], console.clock())
    [row] = analyst.get("/api/exceptions").json()["items"]
    assert (row["held"], row["held_a_day"], row["fault"]) == (2, 2.0, "")
    shown = analyst.get(f"/api/exceptions/{which}").json()
    assert shown["rules"] == {RULE: 2}
    assert [(each["hostname"], each["event"]["fields"]["user.name"]) for each in shown["recent"]] == [("may-01", "an")]
    ended = analyst.post(f"/api/exceptions/{which}/end", json={"why": "no more"})
    assert (ended.status_code, ended.json()["state"]) == (200, "ended")
    assert analyst.post(f"/api/exceptions/{which}/end", json={"why": "again"}).status_code == 404
    assert analyst.get("/api/exceptions").json()["items"] == []
    assert [row["id"] for row in analyst.get("/api/exceptions?all=true").json()["items"]] == [which]
    with database.reading(console.engine) as s:
        trail = s.scalars(
            select(AuditRow.action).where(AuditRow.action.startswith("exception.")).order_by(AuditRow.id)
        ).all()
    assert trail == ["exception.state", "exception.end"]


def test_who_may(console: Console, alert):
    for role, wanted, status in (
        ("viewer", body(), 403),
        ("analyst", body(valid_days=None), 403),
        ("analyst", body(valid_days=400), 403),
        ("analyst", body(query="*", force=True), 403),
        ("analyst", body(valid_days=366), 201),
        ("author", body(valid_days=None, query="user.name:binh"), 201),
        ("admin", body(query="*", rule="*", force=True, valid_days=None), 201),
    ):
        client = console.signed_in(role, f"{role}-{hash(str(wanted))}")
        assert client.post("/api/exceptions", json=wanted).status_code == status, (role, wanted)
    assert client.get("/api/exceptions").json()["items"][0]["expires"] is None


def test_who_may_prolong_and_end(console: Console, alert):
    made = console.signed_in("analyst", "binh").post("/api/exceptions", json=body(valid_days=10)).json()
    where = f"/api/exceptions/{made['id']}"
    for role, wanted, status in (
        ("viewer", {}, 403),
        ("auditor", {}, 403),
        ("analyst", {"valid_days": 10}, 422),
        ("analyst", {"valid_days": None}, 403),
        ("analyst", {"valid_days": 367}, 403),
        ("analyst", {"force": True}, 403),
        ("analyst", {"valid_days": 30}, 200),
        ("author", {"valid_days": None}, 200),
        ("admin", {}, 422),
    ):
        client = console.signed_in(role, f"{role}-{hash(str(wanted))}")
        assert client.post(f"{where}/prolong", json={"why": "still so", **wanted}).status_code == status, (role, wanted)
    told = client.get(where).json()
    assert (told["expires"], told["prolonged_by"], told["prolonged_why"], told["by"]) == (
        None, f"author-{hash(str({'valid_days': None}))}", "still so", "binh",
    )  # fmt: skip
    assert client.post(f"{where}/prolong", json={"why": ""}).status_code == 422
    viewer = console.signed_in("viewer", "chi")
    for address, told in (("/try", {"rule": RULE, "query": "x"}), (f"/{made['id']}/end", {"why": "x"})):
        assert viewer.post(f"/api/exceptions{address}", json=told).status_code == 403
    assert viewer.get(where).json()["state"] == "active"
    assert client.post(f"{where}/end", json={"why": "gone"}).status_code == 200
    assert client.post(f"{where}/prolong", json={"why": "still so"}).status_code == 404


def test_what_is_refused_and_says_why(console: Console, alert):
    admin = console.signed_in("admin")
    for wanted, status, word in (
        (body(query="(user.name:an"), 422, "search_parenthesis"),
        (body(query="user.name:an | count by Image"), 422, "search_counts"),
        (body(query="*"), 422, "exception_wide"),
        (body(rule="no such rule"), 404, "rule_unknown"),
        (body(rule="tramgac:host-silent"), 422, "exception_refused"),
        (body(site="nowhere"), 422, "site_unknown"),
    ):
        refused = admin.post("/api/exceptions", json=wanted)
        assert (refused.status_code, refused.json()["params"]["refusal"]) == (status, word)
    assert admin.post("/api/exceptions", json=body(why="")).status_code == 422
    assert admin.post("/api/exceptions/try", json={"rule": RULE, "query": "(x"}).json()["params"]["at"] == 1
    assert admin.post("/api/exceptions/try", json={"rule": RULE, "query": "*"}).json()["wide"] is True
    assert admin.get("/api/exceptions/9").status_code == 404


def test_what_people_found_true_is_not_hidden_unless_somebody_insists(console: Console, alert):
    with database.session(console.engine) as s:
        alerts.decide(s, alert, "true_positive", "", "an", console.clock())
    admin = console.signed_in("admin")
    refused = admin.post("/api/exceptions", json=body())
    assert (refused.status_code, refused.json()["params"]["refusal"]) == (422, "exception_contested")
    assert refused.json()["params"]["found"] == [alert]
    made = admin.post("/api/exceptions", json=body(force=True))
    assert (made.status_code, made.json()["alerts"]["contested"]) == (201, 1)
    where = f"/api/exceptions/{made.json()['id']}/prolong"
    analyst = console.signed_in("analyst")
    refused = analyst.post(where, json={"why": "still so", "valid_days": 200})
    assert (refused.status_code, refused.json()["params"]["refusal"]) == (422, "exception_contested")
    assert admin.post(where, json={"why": "still so", "valid_days": 200, "force": True}).status_code == 200


def test_what_nothing_would_meet_is_refused_before_it_stands(console: Console, alert, monkeypatch):
    analyst, asked = console.signed_in("analyst"), []

    def count(_paths, text, **_named):
        asked.append(text)
        return 1 if "Known" in text else 0

    monkeypatch.setattr(query, "count", count)
    for address, wanted in (("", body(query="Imge:x")), ("/try", {"rule": RULE, "query": "Imge:x"})):
        refused = analyst.post(f"/api/exceptions{address}", json=wanted)
        told = refused.json()["params"]
        assert (refused.status_code, told["refusal"], told["near"]) == (422, "search_unknown_near", "Image")
    assert asked == ["winlog.event_data.Imge:?*"] * 2
    assert analyst.post("/api/exceptions", json=body(query="Known:x")).status_code == 201
    assert analyst.post("/api/exceptions", json=body(query="user.name:an", why=" \t")).status_code == 422

    def away(*_args, **_named):
        raise EngineAway

    monkeypatch.setattr(query, "count", away)
    assert analyst.post("/api/exceptions", json=body(query="Other:x")).status_code == 422
    admin = console.signed_in("admin")
    assert admin.post("/api/exceptions", json=body(query="Other:x", force=True)).status_code == 201


def test_what_stands_already_is_named(console: Console, alert):
    analyst = console.signed_in("analyst")
    made = analyst.post("/api/exceptions", json=body()).json()["id"]
    refused = analyst.post("/api/exceptions", json=body(query="(user.name:an)"))
    assert refused.json()["params"].items() >= {"refusal": "exception_there", "id": made}.items()
    tried = {"rule": RULE, "query": "user.name:an"}
    assert analyst.post("/api/exceptions/try", json=tried).json()["same"] == made


def test_the_open_alerts_that_it_fits_are_closed_with_it_and_opened_again(console: Console, alert):
    analyst = console.signed_in("analyst", "an")
    other = console.raise_alert(2)
    with database.session(console.engine) as s:
        copy = EventCopy(HOST, 7, 1, 9, "process_start", console.clock(), console.clock(), {"user.name": "binh"})
        alerts.raise_alert(s, Detection({"id": RULE, "title": "Rule 1"}, "1", (copy,)), "may-01", console.clock())
    where = f"/api/exceptions/{analyst.post('/api/exceptions', json=body()).json()['id']}"
    told = {"verdict": "accepted_tool", "note": "the backup"}
    assert console.signed_in("viewer").post(f"{where}/close", json=told).status_code == 403
    assert console.signed_in("author").post(f"{where}/close", json=told).status_code == 403
    assert analyst.post(f"{where}/close", json={"verdict": "accepted_tool"}).json()["error"] == "reason_missing"
    done = analyst.post(f"{where}/close", json=told).json()
    assert (done["decided"], done["left"]) == (1, 0)
    closed = analyst.get(f"/api/alerts/{alert}").json()
    assert (closed["verdict"], closed["notes"][0]["text"]) == ("accepted_tool", "the backup")
    assert {row["rule"] for row in analyst.get("/api/alerts").json()["items"]} == {RULE, "rule-2"}
    undone = analyst.post("/api/alerts/verdict/undo", json={"verdict": "accepted_tool", **done["undo"]}).json()
    assert undone["reopened"] == 1
    with database.reading(console.engine) as s:
        row = s.scalars(select(AuditRow).where(AuditRow.action == "exception.close")).one()
    assert (row.actor, row.object) == ("an", RULE)
    assert '"decided": 1' in row.detail
    analyst.post(f"{where}/end", json={"why": "no more"})
    assert analyst.post(f"{where}/close", json=told).status_code == 404
    assert analyst.get(f"/api/alerts/{other}").json()["status"] == "open"
