import json

import pytest
from tramgac_collector.alerts import LEVELS, VERDICTS
from tramgac_collector.errors import EngineAway
from tramgac_collector.events import query

from tests.tools.console import BOOT, HOST, HOSTILE, Console

ROW = (
    "id",
    "title",
    "level",
    "rule",
    "host",
    "hostname",
    "user",
    "time",
    "created",
    "status",
    "verdict",
    "tags",
    "summary",
)


def test_the_queue_in_pages(console: Console):
    ids = []
    for number in range(1, 6):
        console.clock.forward(1)
        ids.append(console.raise_alert(number))
    client = console.signed_in("viewer")
    first = client.get("/api/alerts", params={"limit": 2}).json()
    assert [row["id"] for row in first["items"]] == ids[:2:-1]
    assert first["total"] == 5
    assert set(ROW) <= set(first["items"][0])
    second = client.get("/api/alerts", params={"limit": 3, "cursor": first["next"]}).json()
    assert [row["id"] for row in second["items"]] == ids[2::-1]
    assert second["next"] is None


def test_filters(console: Console):
    for number, level in enumerate(LEVELS, 1):
        console.raise_alert(number, level=level)
    client = console.signed_in("viewer")

    def levels(**asked):
        return {row["level"] for row in client.get("/api/alerts", params=asked).json()["items"]}

    assert levels() == set(LEVELS)
    assert levels(severity="high,critical") == {"high", "critical"}
    assert levels(rule="rule-1") == {"informational"}
    assert levels(host=HOST) == levels(host="may-01") == set(LEVELS)
    assert levels(host="other") == levels(status="closed") == set()


@pytest.mark.parametrize(
    "asked",
    [
        {"status": "odd"},
        {"severity": "high,odd"},
        {"severity": "1;DROP TABLE alerts"},
        {"limit": 0},
        {"limit": 501},
        {"cursor": "x"},
        {"cursor": "1.'"},
        {"until": "soon"},
        {"host": "x" * 256},
    ],
)
def test_what_is_no_filter_is_refused(console: Console, asked):
    answer = console.signed_in("viewer").get("/api/alerts", params=asked)
    assert (answer.status_code, answer.json()["error"]) == (422, "refused")


def test_one_alert(console: Console):
    number = console.raise_alert(2)
    told = console.signed_in("viewer").get(f"/api/alerts/{number}").json()
    assert told["rule"]["title"] == "Rule 2"
    assert told["why"][0]["spans"] == [[0, 2]]
    [event] = told["events"]
    assert event["id"] == {"host": HOST, "epoch": "0000000000000007", "lane": 1, "sequence": 2}
    assert event["fields"]["process.command_line"] == "curl http://127.0.0.1/x | sh"
    assert told["notes"] == []
    assert told["latency_ms"] >= 0


@pytest.mark.parametrize("number", ["0" * 32, "x", "..%2fhosts", "%27", "0" * 33])
def test_an_alert_that_is_not_there(console: Console, number):
    assert console.signed_in("viewer").get(f"/api/alerts/{number}").status_code in {404, 422}


def test_an_alert_is_meant_by_how_its_id_begins(console: Console):
    number = console.raise_alert()
    client = console.signed_in("analyst")
    assert client.get(f"/api/alerts/{number[:8]}").json()["id"] == number
    assert client.get(f"/api/alerts/{number[:8]}/tree").status_code == 200
    for path, body in (("verdict", {"verdict": "benign"}), ("reopen", {}), ("notes", {"text": "x"})):
        assert client.post(f"/api/alerts/{number[:8]}/{path}", json=body).json()["id"] == number
    assert {row["object"] for row in console.local().get("/api/audit").json()["items"][:3]} == {number}
    assert client.get(f"/api/alerts/{number[:7]}").status_code == 422, "too short to be meant"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"status": "odd"}, {"field": "status", "value": "odd", "allowed": ["open", "closed", "all"]}),
        ({"severity": "hgih"}, {"field": "severity", "value": "hgih", "allowed": list(LEVELS)}),
    ],
)
def test_a_refused_word_comes_with_those_there_are(console: Console, asked, told):
    assert console.signed_in("viewer").get("/api/alerts", params=asked).json()["params"] == told


@pytest.mark.parametrize("word", VERDICTS)
def test_each_verdict_closes_and_reopening_opens(console: Console, word):
    number = console.raise_alert()
    client = console.signed_in("analyst", "an")
    row = client.post(f"/api/alerts/{number}/verdict", json={"verdict": word, "note": "vì sao"}).json()
    assert (row["status"], row["verdict"]) == ("closed", word)
    told = client.get(f"/api/alerts/{number}").json()
    assert [(note["by"], note["text"]) for note in told["notes"]] == [("an", "vì sao")]
    assert client.post(f"/api/alerts/{number}/reopen", json={}).json()["status"] == "open"
    actions = [row["action"] for row in console.local().get("/api/audit").json()["items"]]
    assert actions[:2] == ["alert.reopen", "alert.verdict"]


def test_a_verdict_on_all_that_the_filters_let_through(console: Console):
    high = [console.raise_alert(number) for number in (1, 2)]
    low = console.raise_alert(3, level="low")
    client = console.signed_in("analyst", "an")
    page = client.get("/api/alerts", params={"severity": "high"}).json()
    assert page["total"] == 2
    console.clock.forward(1)
    late = console.raise_alert(4)
    counted = client.get("/api/alerts", params={"severity": "high", "until": page["time"], "limit": 1})
    assert counted.json()["total"] == 2
    body = {"verdict": "duplicate", "note": "như hôm qua", "severity": "high", "until": page["time"]}
    answer = client.post("/api/alerts/verdict", json=body)
    undo = answer.json().pop("undo")
    assert (answer.status_code, answer.json()) == (200, {"decided": 2, "left": 0, "changed": 0, "undo": undo})
    for number in high:
        told = client.get(f"/api/alerts/{number}").json()
        assert (told["status"], told["verdict"], told["version"]) == ("closed", "duplicate", 2)
        assert [(note["by"], note["text"]) for note in told["notes"]] == [("an", "như hôm qua")]
    assert {row["id"] for row in client.get("/api/alerts").json()["items"]} == {low, late}
    [row] = [row for row in console.local().get("/api/audit").json()["items"] if row["action"].startswith("alert.")]
    assert (row["actor"], row["action"], row["object"]) == ("an", "alert.verdict_all", "severity:high")
    assert (row["detail"]["severity"], row["detail"]["decided"]) == ("high", 2)


def test_a_verdict_on_all_leaves_alone_what_was_opened_again_since(console: Console):
    number = console.raise_alert()
    client = console.signed_in("analyst")
    seen = client.get("/api/alerts").json()["time"]
    console.clock.forward(1)
    client.post(f"/api/alerts/{number}/verdict", json={"verdict": "benign"})
    client.post(f"/api/alerts/{number}/reopen", json={})
    body = {"verdict": "benign", "until": seen}
    told = client.post("/api/alerts/verdict", json=body).json()
    assert (told["decided"], told["left"], told["changed"]) == (0, 0, 1)
    assert client.get(f"/api/alerts/{number}").json()["status"] == "open"


def test_a_verdict_on_all_is_taken_back_by_whoever_gave_it(console: Console):
    mine = [console.raise_alert(number) for number in (1, 2, 3)]
    client, other = console.signed_in("analyst", "an"), console.signed_in("analyst", "binh")
    body = {"verdict": "benign", "until": client.get("/api/alerts").json()["time"]}
    undo = {"verdict": "benign", **client.post("/api/alerts/verdict", json=body).json()["undo"]}
    other.post(f"/api/alerts/{mine[0]}/notes", json={"text": "a note is no decision"})
    other.post(f"/api/alerts/{mine[1]}/reopen", json={})
    other.post(f"/api/alerts/{mine[1]}/verdict", json={"verdict": "benign"})
    assert other.post("/api/alerts/verdict/undo", json=undo).json() == {"reopened": 0, "left": 0, "changed": 0}
    assert client.post("/api/alerts/verdict/undo", json=undo).json() == {"reopened": 2, "left": 0, "changed": 1}
    assert {row["id"] for row in client.get("/api/alerts").json()["items"]} == {mine[0], mine[2]}
    assert client.post("/api/alerts/verdict/undo", json=undo).json() == {"reopened": 0, "left": 0, "changed": 1}
    assert console.signed_in("viewer").post("/api/alerts/verdict/undo", json=undo).status_code == 403
    assert client.post("/api/alerts/verdict/undo", json={**undo, "after": -1}).status_code == 422
    rows = [row for row in console.local().get("/api/audit").json()["items"] if row["action"] == "alert.reopen_all"]
    assert [(row["actor"], row["object"], row["detail"]["decided"]) for row in rows[-2:]] == [
        ("an", "verdict:benign", 2), ("binh", "verdict:benign", 0),
    ]  # fmt: skip


@pytest.mark.parametrize("role", ["viewer", "author", "auditor"])
def test_who_may_not_decide_one_may_not_decide_all(console: Console, role):
    number = console.raise_alert()
    client = console.signed_in(role)
    body = {"verdict": "benign", "until": client.get("/api/alerts").json()["time"]}
    assert client.post("/api/alerts/verdict", json=body).status_code == 403
    assert client.get(f"/api/alerts/{number}").json()["status"] == "open"


@pytest.mark.parametrize(
    ("part", "error"),
    [
        ({"verdict": "odd"}, "refused"),
        ({"verdict": "duplicate"}, "reason_missing"),
        ({"until": "yesterday"}, "refused"),
        ({"until": ""}, "refused"),
        ({"until": None}, "refused"),
        ({"severity": "high,odd"}, "refused"),
        ({"host": "x" * 256}, "refused"),
        ({"status": "all"}, "refused"),
    ],
)
def test_what_is_no_verdict_on_all_is_refused_and_changes_nothing(console: Console, part, error):
    number = console.raise_alert()
    client = console.signed_in("analyst")
    body = {"verdict": "benign", "until": client.get("/api/alerts").json()["time"], **part}
    answer = client.post("/api/alerts/verdict", json=body)
    assert (answer.status_code, answer.json()["error"]) == (422, error)
    assert client.get(f"/api/alerts/{number}").json()["status"] == "open"


def test_a_note(console: Console):
    number = console.raise_alert()
    client = console.signed_in("analyst", "an")
    assert client.post(f"/api/alerts/{number}/notes", json={"text": HOSTILE}).status_code == 200
    [note] = client.get(f"/api/alerts/{number}").json()["notes"]
    assert note["text"] == HOSTILE.replace("\x00", "\\x00")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("verdict", {"verdict": "odd"}),
        ("verdict", {}),
        ("verdict", {"verdict": "false_positive"}),
        ("verdict", {"verdict": "false_positive", "note": " \n"}),
        ("verdict", {"verdict": "benign", "note": "x" * 10001}),
        ("verdict", {"verdict": "benign", "more": 1}),
        ("notes", {"text": ""}),
        ("notes", {"text": 1}),
    ],
)
def test_what_is_no_decision_is_refused_and_changes_nothing(console: Console, path, body):
    number = console.raise_alert()
    client = console.signed_in("analyst")
    assert client.post(f"/api/alerts/{number}/{path}", json=body).status_code == 422
    told = client.get(f"/api/alerts/{number}").json()
    assert (told["status"], told["notes"]) == ("open", [])


def test_a_verdict_without_the_reason_that_it_needs_is_refused_by_a_word(console: Console):
    number = console.raise_alert()
    answer = console.signed_in("analyst").post(f"/api/alerts/{number}/verdict", json={"verdict": "duplicate"})
    assert (answer.status_code, answer.json()["error"]) == (422, "reason_missing")
    params = answer.json()["params"]
    assert (params["refusal"], params["verdict"]) == ("reason_missing", "duplicate")
    assert [row["action"] for row in console.local().get("/api/audit").json()["items"]].count("alert.verdict") == 0


def test_of_two_people_the_second_is_told(console: Console):
    number = console.raise_alert()
    client = console.signed_in("analyst")
    seen = client.get(f"/api/alerts/{number}").json()["version"]
    body = {"verdict": "benign", "version": seen}
    assert client.post(f"/api/alerts/{number}/verdict", json=body).status_code == 200
    answer = client.post(f"/api/alerts/{number}/verdict", json=body)
    assert (answer.status_code, answer.json()["error"]) == (409, "conflict")


def test_the_export(console: Console):
    number = console.raise_alert()
    answer = console.signed_in("viewer").get("/api/alerts/export", params={"status": "all"})
    assert answer.headers["content-type"] == "application/x-ndjson"
    [row] = [json.loads(line) for line in answer.text.splitlines()]
    assert row["id"] == number


def test_text_of_hosts_is_given_back_as_it_is(console: Console):
    number = console.raise_alert(text=HOSTILE)
    client = console.signed_in("viewer")
    kept = HOSTILE.replace("\x00", "\\x00")
    for path in (f"/api/alerts/{number}", "/api/alerts", "/api/alerts/export"):
        answer = client.get(path)
        assert answer.headers["content-type"] in {"application/json", "application/x-ndjson"}
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert json.dumps(kept)[1:-1].replace("\\u001b", "")[:20] in answer.text
    assert client.get(f"/api/alerts/{number}").json()["events"][0]["fields"]["process.command_line"] == kept


def test_a_tree_without_the_store_is_what_the_event_says(console: Console, monkeypatch):
    number = console.raise_alert(1)

    def away(*_):
        raise EngineAway("no engine")

    monkeypatch.setattr(query, "process_tree", away)
    told = console.signed_in("viewer").get(f"/api/alerts/{number}/tree").json()
    assert [(node["executable"], node["alert"]) for node in told["nodes"]] == [
        ("/usr/bin/bash", False),
        ("/bin/sh", True),
    ]
    assert not told["complete"]


def test_a_tree_from_the_store(console: Console, monkeypatch):
    number = console.raise_alert(1)
    asked = []
    stored = {"process.entity_id": f"{1:016x}", "process.parent.entity_id": "00000000000000ff", "time": "T"}
    above = {"process.entity_id": "00000000000000ff", "process.parent.entity_id": "00000000000000aa", "time": "S"}
    monkeypatch.setattr(query, "process_tree", lambda _, *about: asked.append(about) or [above, stored])
    told = console.signed_in("viewer").get(f"/api/alerts/{number}/tree").json()
    assert asked == [(HOST, BOOT, f"{1:016x}", "00000000000000ff")]
    assert [node["parent"] for node in told["nodes"]] == ["00000000000000aa", "00000000000000ff"]
    assert told["complete"]


def test_a_host_or_a_rule_that_is_none_is_no_filter_that_lets_nothing_through(console: Console):
    console.enrol("cd" * 16, "may-02", 2)
    for number in (1, 2):
        console.raise_alert(number)
    client = console.signed_in("analyst", "an")
    until = client.get("/api/alerts").json()["time"]
    for asked, word in (
        ({"host": "may-03"}, "host_unknown"),
        ({"host": "ef" * 16}, "host_unknown"),
        ({"rule": "rule-9"}, "rule_unknown"),
    ):
        for path in ("/api/alerts", "/api/alerts/export"):
            assert client.get(path, params=asked).status_code == 200
            refused = client.get(path, params={**asked, "known": True})
            assert (refused.status_code, refused.json()["params"]["refusal"]) == (404, word)
        body = {"verdict": "benign", "until": until, **asked}
        assert client.post("/api/alerts/verdict", json=body).json()["params"]["refusal"] == word
    assert client.get("/api/alerts", params={"host": "may-02", "known": True}).json()["total"] == 0
    body = {"verdict": "benign", "until": until, "rule": "rule-1", "host": "may-01"}
    assert client.post("/api/alerts/verdict", json=body).json()["decided"] == 1
    assert console.local().get("/api/audit").json()["items"][0]["object"] == "rule:rule-1 host:may-01"
