import json

import pytest
from tramgac_collector import audit, bell, content, database
from tramgac_collector.api.rulebook import Rulebook
from tramgac_collector.cli import authoring
from tramgac_collector.schema import ContentRow
from tramgac_proto.names import time_text

from tests.tools.console import Console

RULE = (
    "title: Shell {n}\nid: 11111111-1111-4111-8111-11111111111{n}\nlevel: high\n"
    "logsource: {{category: process_creation, product: linux}}\n"
    "detection: {{s: {{Image|endswith: /sh{n}}}, condition: s}}\n"
)

NO_SCANS = {"samples": 0, "waiting": 0, "again": 0}


@pytest.fixture
def signed(tmp_path):
    """Signs one more rule each time; gives the repository as a zip."""
    rules = tmp_path / "rules"
    rules.mkdir()

    def sign(*, marked="", keys="keys", repository="repository") -> bytes:
        number = len(list(rules.iterdir()))
        (rules / f"{number}.yml").write_text(RULE.format(n=number))
        authoring.sign([rules], tmp_path / repository, tmp_path / keys, marked=marked, skip_faulty=False)
        return authoring.packed(tmp_path / repository)

    return sign


def test_a_push_is_on_offer_and_rings_who_follows(console: Console, signed):
    run = console.services.paths.run
    author = console.signed_in("author", "tác-giả")
    assert author.get("/api/content").json() == {"version": 0, "roles": [], "scans": NO_SCANS}
    with bell.Bell(run, "judge") as judge, bell.Bell(run, "gateway") as gateway:
        assert author.post("/api/content", content=signed()).json() == {"version": 1}
        assert judge.hush()
        assert gateway.hush()
    assert author.post("/api/content", content=signed()).json() == {"version": 2}
    told = author.get("/api/content").json()
    assert (told["version"], told["by"], told["rules"], told["indicators"]) == (2, "tác-giả", 2, 0)
    assert told["expires"] == time_text(content.valid_until(console.services.paths))
    listed = author.get("/api/rules").json()["items"]
    assert [row["title"] for row in listed] == ["Shell 0", "Shell 1"]
    one = author.get(f"/api/rules/{listed[1]['id']}").json()
    assert one["title"] == "Shell 1"
    assert author.get("/api/rules/none").status_code == 404


def test_an_older_push_and_anothers_keys_are_refused_and_change_nothing(console: Console, signed):
    author = console.signed_in("author")
    old = signed()
    assert author.post("/api/content", content=signed()).status_code == 201
    for body in (old, signed(keys="other", repository="elsewhere"), b"", b"PK\x03\x04 no zip", old[:100]):
        answer = author.post("/api/content", content=body)
        assert (answer.status_code, answer.json()["error"]) == (422, "refused")
        assert answer.json()["params"]["reason"]
    assert author.get("/api/content").json()["version"] == 2
    with database.reading(console.engine) as s:
        refused = [row for row in audit.page(s) if row.action == "content.refused"]
    assert [row.actor for row in refused] == ["someone-author"] * 5
    assert "no zip" in json.loads(refused[0].detail)["reason"]


def test_a_demonstrations_content_is_refused_beyond_loopback(console: Console, signed, monkeypatch):
    author = console.signed_in("author")
    body = signed(marked="demo")
    monkeypatch.setattr("tramgac_collector.api.routes.content.beyond_loopback", lambda _: True)
    answer = author.post("/api/content", content=body)
    assert answer.status_code == 422
    assert "demo's keys" in answer.json()["params"]["reason"]
    monkeypatch.undo()
    assert author.post("/api/content", content=body).status_code == 201


def test_what_the_roles_have_in_force(console: Console):
    now = console.clock()
    with database.session(console.engine) as s:
        s.add(ContentRow(version=3, published=now, by="an", digest="0" * 64, marked="demo", rules=1, yara=0))
        content.record_role(s, "judge", version=2, refused=3, reason="does not load", now=now)
    told = console.signed_in("viewer").get("/api/content").json()
    assert (told["version"], told["marked"]) == (3, "demo")
    assert told["expires"] is None, "nothing was verified here"
    [judge] = told["roles"]
    assert (judge["role"], judge["version"], judge["refused"], judge["reason"]) == ("judge", 2, 3, "does not load")


def test_rules_by_names_with_slashes(console: Console, monkeypatch):
    rules = {"yara/x.yar": {"id": "yara/x.yar", "title": "x", "level": "", "source_text": "rule x { }"}}
    monkeypatch.setattr(Rulebook, "rules", lambda _: rules)
    client = console.signed_in("viewer")
    assert client.get("/api/rules/yara/x.yar").json()["source_text"] == "rule x { }"
    assert "source_text" not in client.get("/api/rules").json()["items"][0]
