import pytest

from tests.tools.console import Console


def create(console: Console, **told: object) -> dict:
    answer = console.local().post("/api/access-tokens", json={"name": "prometheus", **told})
    assert answer.status_code == 201, answer.text
    return answer.json()


def scrape(console: Console, secret: str, path: str = "/api/metrics"):
    return console.stranger().get(path, headers={"Authorization": f"Bearer {secret}"})


def test_a_program_reads_the_metrics_with_its_token_and_nothing_else(console: Console):
    made = create(console)
    answer = scrape(console, made["secret"])
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "\ntramgac_disk_free_bytes " in answer.text
    for path in ("/api/status", "/api/alerts", "/api/users", "/api/notify", "/api/access-tokens", "/api/openapi.json"):
        assert scrape(console, made["secret"], path).status_code == 403, path
    (row,) = console.local().get("/api/access-tokens").json()["items"]
    assert row["last_used"] is not None
    assert "secret" not in row


@pytest.mark.parametrize("secret", ["", "x", "tramgac_x", "c" * 64, "\xff"])
def test_without_a_token_nobody_reads_them(console: Console, secret):
    create(console)
    shown = {b"authorization": b"Bearer " + secret.encode("latin-1")}
    assert console.stranger().get("/api/metrics", headers=shown).status_code == 401
    assert console.stranger().get("/api/metrics").status_code == 401
    assert console.services.counts["access_tokens_refused"] == 1


def test_people_who_may_see_the_status_read_them_too(console: Console):
    assert console.signed_in("auditor").get("/api/metrics").status_code == 200
    assert console.signed_in("analyst").get("/api/metrics").status_code == 403


def test_a_token_ends(console: Console):
    first, second = create(console), create(console, ttl_s=60)
    assert console.local().delete(f"/api/access-tokens/{first['id']}").status_code == 204
    assert scrape(console, first["secret"]).status_code == 401
    assert scrape(console, second["secret"]).status_code == 200
    console.clock.forward(60)
    assert scrape(console, second["secret"]).status_code == 401
    assert console.local().delete("/api/access-tokens/99").status_code == 404
    actions = [row["action"] for row in console.local().get("/api/audit").json()["items"]]
    assert actions == ["access_token.revoke", "access_token.create", "access_token.create"]


@pytest.mark.parametrize("told", [{"name": ""}, {"name": "x" * 101}, {"ttl_s": 59}, {"role": "admin"}])
def test_what_a_token_cannot_be(console: Console, told):
    assert console.local().post("/api/access-tokens", json={"name": "p", **told}).status_code == 422
