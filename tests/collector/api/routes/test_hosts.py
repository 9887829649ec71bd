import time

import pytest
from tramgac_collector import audit, database, hosts, quarantine, tokens
from tramgac_collector.bell import Bell
from tramgac_collector.host_streams import Began, began

from tests.tools.console import HOST, HOSTILE, Console


@pytest.fixture
def host(console: Console) -> str:
    with database.session(console.engine) as s:
        _, token = tokens.create(s, uses=1, ttl_s=60, site="", by="an", now=console.clock())
        hosts.enrol(s, HOST, HOSTILE, "linux", "0.1.0", "01", token, console.clock())
    return HOST


def test_hosts(console: Console, host):
    client = console.signed_in("viewer")
    [row] = client.get("/api/hosts").json()["items"]
    assert row["id"] == HOST
    assert row["name"] == HOSTILE.replace("\x00", "\\x00")
    assert {"os", "agent_version", "last_seen", "skew_ms", "sensors", "completeness", "bundle"} <= set(row)
    assert client.get(f"/api/hosts/{HOST}").json() == row
    ledger = client.get(f"/api/hosts/{HOST}/ledger").json()
    assert (ledger["complete"], ledger["lanes"], ledger["gaps_total"]) == (True, [], 0)


def test_no_hosts(console: Console):
    client = console.signed_in("viewer")
    assert client.get("/api/hosts").json() == {"items": []}
    assert client.get(f"/api/hosts/{HOST}").status_code == 404
    assert client.get("/api/hosts/..%2fx").status_code in {404, 422}


def test_a_stolen_machine_is_revoked_and_may_be_allowed_again(console: Console, host):
    client = console.signed_in("responder", "an")
    with Bell(console.services.paths.run, "gateway") as gateway:
        for action, active in (("revoke", False), ("allow", True)):
            told = client.post(f"/api/hosts/{host}/{action}", json={})
            assert (told.status_code, told.json()) == (200, {"id": HOST, "active": active})
            assert gateway.hush(), "its stream ends at once"
            assert client.get(f"/api/hosts/{host}").json()["active"] is active
            with database.reading(console.engine) as s:
                assert hosts.allowed(s, host, "01") is active
                row = audit.page(s)[0]
            assert (row.actor, row.action, row.object) == ("an", f"host.{action}", host)


def test_a_host_that_never_spoke_is_forgotten_and_one_that_spoke_is_not(console: Console, host):
    assert console.signed_in("analyst").post(f"/api/hosts/{host}/forget", json={}).status_code == 403
    client = console.signed_in("responder", "an")
    with database.session(console.engine) as s:
        began(s, [Began(host, console.clock(), "127.0.0.1:1")])
    told = client.post(f"/api/hosts/{host}/forget", json={})
    assert (told.status_code, told.json()["params"]["refusal"]) == (409, "host_spoke")
    other = "b2" * 16
    with database.session(console.engine) as s:
        _, token = tokens.create(s, uses=1, ttl_s=60, site="", by="an", now=console.clock())
        hosts.enrol(s, other, "pc-2", "linux", "0.1.0", "02", token, console.clock())
    assert client.post(f"/api/hosts/{other}/forget", json={}).json() == {"id": other, "forgotten": True}
    assert [row["id"] for row in client.get("/api/hosts").json()["items"]] == [host]
    with database.reading(console.engine) as s:
        row = audit.page(s)[0]
    assert (row.actor, row.action, row.object, row.detail) == ("an", "host.forget", other, '{"name": "pc-2"}')


def test_whom_nobody_knows_or_who_may_not_revokes_nothing(console: Console, host):
    assert console.signed_in("responder").post(f"/api/hosts/{'0' * 32}/revoke", json={}).status_code == 404
    assert console.signed_in("analyst").post(f"/api/hosts/{host}/revoke", json={}).status_code == 403
    with database.reading(console.engine) as s:
        assert hosts.allowed(s, host, "01")


@pytest.mark.parametrize("meant", [HOST[:8], HOST[:31]])
def test_a_host_is_meant_by_how_its_id_begins(console: Console, host, meant):
    assert console.signed_in("viewer").get(f"/api/hosts/{meant}").json()["id"] == host
    told = console.signed_in("responder").post(f"/api/hosts/{meant}/revoke", json={})
    assert told.json() == {"id": host, "active": False}


def test_a_quarantine_is_ended_by_whoever_may_and_it_is_audited(console: Console, host):
    with database.session(console.engine) as s:
        quarantine.impose(s, host, "flood", "too much", time.time_ns(), 10**12)
    assert console.signed_in("analyst").post(f"/api/hosts/{host}/release", json={}).status_code == 403
    client = console.signed_in("responder", "an")
    assert client.get(f"/api/hosts/{host}").json()["quarantine"]["reason"] == "flood"
    console.clock.now = time.time_ns()
    with Bell(console.services.paths.run, "gateway") as gateway:
        assert client.post(f"/api/hosts/{host}/release", json={}).json() == {"id": host, "released": True}
        assert gateway.hush(), "it is heard at once"
    assert client.get(f"/api/hosts/{host}").json()["quarantine"] is None
    assert client.post(f"/api/hosts/{host}/release", json={}).json()["released"] is False
    with database.reading(console.engine) as s:
        done = [row.action for row in audit.page(s)]
        assert (done[0], "host.quarantine" in done) == ("host.release", True)
