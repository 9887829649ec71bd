import json
from collections import Counter

import pytest
from sqlalchemy import select
from tramgac_collector import bell, database, rule_counts
from tramgac_collector.cli import authoring
from tramgac_collector.rule_decisions import DAY, began, park
from tramgac_collector.schema import AuditRow, HostRow
from tramgac_proto.names import time_text

from tests.tools.console import HOST, Console

RULE = (
    "title: Tool {n}\nid: 11111111-1111-4111-8111-11111111111{n}\nlevel: high\nstatus: {status}\n"
    "logsource: {{category: process_creation, product: linux}}\n"
    "detection: {{s: {{Image|endswith: /tool{n}}}, condition: s}}\n"
)
IDS = [f"11111111-1111-4111-8111-11111111111{n}" for n in range(4)]


@pytest.fixture
def offered(console: Console, tmp_path):
    """Rules on offer: one that alerts, two imported, one an experiment; a host at a site; 20 days of counts."""
    sigma, own = tmp_path / "sigma", tmp_path / "own"
    for folder, numbers in ((own, [0]), (sigma, [1, 2, 3])):
        folder.mkdir()
        for n in numbers:
            (folder / f"{n}.yml").write_text(RULE.format(n=n, status="experimental" if n == 3 else "test"))
    (sigma / "tramgac-import.json").write_text("{}")
    authoring.sign([sigma, own], tmp_path / "repository", tmp_path / "keys", marked="", skip_faulty=False)
    author = console.signed_in("author", "tác-giả")
    assert author.post("/api/content", content=authoring.packed(tmp_path / "repository")).status_code == 201
    now = console.clock()
    with database.session(console.engine) as s:
        values = {"hostname": "pc", "os_type": "linux", "agent_version": "0", "serial": "1", "enrolled": now}
        s.add(HostRow(id=HOST, site="Hà Nội", **values))
        digests = {rule["id"]: rule["digest"] for rule in console.services.rulebook.rules().values()}
        began(s, digests, now - 20 * DAY)
        rule_counts.add(s, Counter({(IDS[1], now, HOST): 28, (IDS[2], now, HOST): 3, (IDS[0], now, HOST): 9}), now)
    return author


def states(client):
    return {row["id"]: row["state"] for row in client.get("/api/rules").json()["items"]}


def test_how_rules_begin(offered):
    assert states(offered) == dict(zip(IDS, ["alert", "watch", "watch", "watch"], strict=True))
    listed = {
        row["id"]: (row["watch"], row["quiet"], row["sites"]) for row in offered.get("/api/rules").json()["items"]
    }
    assert listed == {
        IDS[0]: ("", False, {}), IDS[1]: ("imported", False, {}), IDS[2]: ("imported", False, {}),
        IDS[3]: ("experimental", False, {}),
    }  # fmt: skip
    told = offered.get("/api/rule-states").json()
    assert told == {
        "counts": {"alert": 1, "part": 0, "watch": 3, "off": 0, "parked": 0},
        "items": [],
        "parked": [],
        "parked_on_hosts": [],
    }


def test_on_how_many_hosts_a_rule_is_parked(console: Console, offered):
    with database.session(console.engine) as s:
        row = s.get(HostRow, HOST)
        parked = [{"rule": rule, "reason": "dear", "since": console.clock()} for rule in (IDS[1], "one of before")]
        row.parked_total, row.parked = 2, parked
    told = offered.get("/api/rule-states").json()
    assert (told["counts"]["parked"], told["parked"]) == (0, [])
    assert told["parked_on_hosts"] == [
        {"rule": IDS[1], "hosts": 1, "since": time_text(console.clock()), "some": [{"id": HOST, "name": "pc"}],
         "title": "Tool 1", "title_vi": ""},
    ]  # fmt: skip
    listed = {row["id"]: row["parked_hosts"] for row in offered.get("/api/rules").json()["items"]}
    assert listed == {IDS[0]: 0, IDS[1]: 1, IDS[2]: 0, IDS[3]: 0}


def test_a_forecast_a_day_and_site(offered):
    told = offered.get("/api/rule-states/forecast?days=14").json()
    rows = [
        (row["rule"], row["site"], row["alerts_a_day"], row["grouped_a_day"], row["watch"]) for row in told["items"]
    ]
    assert rows == [
        (IDS[1], "Hà Nội", 2.0, round(1 / 14, 3), "imported"),
        (IDS[2], "Hà Nội", round(3 / 14, 3), round(1 / 14, 3), "imported"),
        (IDS[3], "", 0.0, 0.0, "experimental"),
    ]
    there = offered.get("/api/rule-states/forecast", params={"site": "Hà Nội"}).json()["items"]
    assert [row["rule"] for row in there] == IDS[1:3]
    assert offered.get("/api/rule-states/forecast", params={"site": "Ha Noi"}).status_code == 422
    assert offered.get("/api/rule-states/forecast?days=0").status_code == 422


def test_a_choice_is_in_force_told_to_the_judge_and_to_agents_and_audited(console: Console, offered):
    body = {"rules": [IDS[1], IDS[2][:8] + IDS[2][8:]], "state": "alert", "why": "quiet for weeks"}
    run = console.services.paths.run
    with bell.Bell(run, "judge") as judge, bell.Bell(run, "gateway") as gateway:
        done = offered.post("/api/rule-states", json=body)
        assert done.json() == {"rules": IDS[1:3], "changed": IDS[1:3], "state": "alert", "site": ""}
        assert judge.hush()
        assert gateway.hush()
    assert states(offered)[IDS[1]] == "alert"
    [row, _] = offered.get("/api/rule-states").json()["items"]
    expected = {"rule": IDS[1], "site": "", "state": "alert", "by": "tác-giả", "why": "quiet for weeks"}
    assert row == {**expected, "time": time_text(console.clock())}
    with database.reading(console.engine) as s:
        rows = s.scalars(select(AuditRow).where(AuditRow.action == "rule.state")).all()
        assert [(told.actor, told.object) for told in rows] == [("tác-giả", IDS[1]), ("tác-giả", IDS[2])]
        assert json.loads(rows[0].detail)["why"] == "quiet for weeks"
    again = offered.post("/api/rule-states", json={**body, "state": "default"}).json()
    assert again["changed"] == IDS[1:3]
    assert states(offered)[IDS[1]] == "watch"


def test_a_choice_for_one_site(offered):
    body = {"rules": [IDS[0]], "state": "off", "why": "our own tool", "site": "Hà Nội"}
    assert offered.post("/api/rule-states", json=body).status_code == 200
    [row] = [row for row in offered.get("/api/rules").json()["items"] if row["id"] == IDS[0]]
    assert (row["state"], row["sites"]) == ("alert", {"Hà Nội": "off"})


@pytest.mark.parametrize(
    ("change", "status", "refusal"),
    [
        ({"rules": ["11111111"]}, 422, "rule_ambiguous"),
        ({"rules": ["99999999"]}, 404, "rule_unknown"),
        ({"site": "nowhere"}, 422, "site_unknown"),
        ({"state": "parked"}, 422, None),
        ({"why": ""}, 422, None),
        ({"rules": []}, 422, None),
        ({"more": 1}, 422, None),
    ],
)
def test_what_is_refused_changes_nothing(offered, change, status, refusal):
    body = {"rules": [IDS[1]], "state": "alert", "why": "why", **change}
    answer = offered.post("/api/rule-states", json=body)
    assert (answer.status_code, answer.json()["params"].get("refusal")) == (status, refusal)
    assert offered.get("/api/rule-states").json()["items"] == []


def test_promotion_of_what_was_quiet_first_as_a_trial(offered):
    body = {"below": 10, "days": 14, "why": "less than 10 in 14 days", "dry_run": True}
    trial = offered.post("/api/rule-states/promote", json=body).json()
    assert [(row["rule"], row["matches"]) for row in trial["items"]] == [(IDS[2], 3)]
    assert states(offered)[IDS[2]] == "watch"
    done = offered.post("/api/rule-states/promote", json={**body, "dry_run": False}).json()
    assert done == {**trial, "dry_run": False}
    assert {row for row, state in states(offered).items() if state == "alert"} == {IDS[0], IDS[2]}
    assert offered.post("/api/rule-states/promote", json={**body, "dry_run": False}).json()["items"] == []


def test_promotion_at_one_site(offered):
    body = {"below": 100, "days": 14, "why": "why", "site": "Hà Nội"}
    assert len(offered.post("/api/rule-states/promote", json=body).json()["items"]) == 2
    assert states(offered)[IDS[1]] == "watch"
    assert {row["site"] for row in offered.get("/api/rule-states").json()["items"]} == {"Hà Nội"}


@pytest.mark.parametrize(
    ("role", "allowed"), [("viewer", False), ("analyst", False), ("responder", False), ("admin", True)]
)
def test_who_may_choose(console: Console, offered, role, allowed):
    someone = console.signed_in(role)
    assert someone.get("/api/rule-states/forecast").status_code == 200
    bodies = {
        "/api/rule-states": {"rules": [IDS[1]], "state": "watch", "why": "why"},
        "/api/rule-states/promote": {"below": 1, "why": "why"},
    }
    for path, body in bodies.items():
        assert (someone.post(path, json=body).status_code == 200) == allowed
    assert console.stranger().get("/api/rule-states").status_code == 401


def test_what_the_judge_parked_is_told_with_its_reason(console: Console, offered):
    digest = console.services.rulebook.rules()[IDS[0]]["digest"]
    with database.session(console.engine) as s:
        park(s, {IDS[0]: (digest, "over its budget: 90 µs an event, 25 are allowed")}, console.clock())
    told = offered.get("/api/rule-states").json()
    parked = {"rule": IDS[0], "reason": "over its budget: 90 µs an event, 25 are allowed"}
    since = time_text(console.clock())
    assert told["counts"]["parked"] == 1
    assert told["parked"] == [{**parked, "since": since, "title": "Tool 0", "title_vi": ""}]
    assert console.local().get("/api/status").json()["rules_parked"] == [{**parked, "since": since}]
    assert states(offered)[IDS[0]] == "parked"
    offered.post("/api/rule-states", json={"rules": [IDS[0]], "state": "default", "why": "mended"})
    assert states(offered)[IDS[0]] == "alert"
