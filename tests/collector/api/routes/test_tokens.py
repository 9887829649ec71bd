import pytest
from tramgac_collector import database, tokens
from tramgac_wire.ticket import decode

from tests.tools.console import Console


def test_a_token_lets_a_host_in_and_its_secret_is_shown_once(console: Console, authority):
    client = console.signed_in("admin", "root")
    made = client.post("/api/tokens", json={"uses": 2, "ttl_s": 60, "site": "hà-nội"})
    assert made.status_code == 201
    secret = decode(made.json()["ticket"]).secret
    [row] = client.get("/api/tokens").json()["items"]
    assert (row["uses"], row["used"], row["site"], row["created_by"]) == (2, 0, "hà-nội", "root")
    assert secret not in str(row)
    with database.session(console.engine) as s:
        assert tokens.redeem(s, secret, console.clock()).id == row["id"]


def test_a_revoked_token(console: Console, authority):
    client = console.signed_in("admin")
    made = client.post("/api/tokens", json={}).json()
    assert client.request("DELETE", f"/api/tokens/{made['id']}", json={}).status_code == 204
    assert client.get("/api/tokens").json()["items"][0]["revoked"] is not None
    assert client.delete("/api/tokens/99").status_code == 404
    actions = [row["action"] for row in client.get("/api/audit").json()["items"]]
    assert actions[:2] == ["token.revoke", "token.create"]


@pytest.mark.parametrize(
    "body", [{"uses": 0}, {"uses": 10**6}, {"ttl_s": 0}, {"ttl_s": 10**9}, {"site": "x" * 101}, {"a": 1}]
)
def test_what_is_no_token(console: Console, authority, body):
    client = console.signed_in("admin")
    assert client.post("/api/tokens", json=body).status_code == 422
    assert client.get("/api/tokens").json()["items"] == []
