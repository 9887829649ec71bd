import pytest
from tramgac_collector import database, hosts, tokens

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


def test_no_hosts(console: Console):
    client = console.signed_in("viewer")
    assert client.get("/api/hosts").json() == {"items": []}
    assert client.get(f"/api/hosts/{HOST}").status_code == 404
    assert client.get("/api/hosts/..%2fx").status_code in {404, 422}
