import json

from tramgac_collector import database, hosts, tokens

from tests.tools.console import HOST, HOSTILE, Console, Run

KEYS = {"id", "name", "os", "agent_version", "last_seen", "skew_ms", "sensors", "completeness", "bundle"}


def enrol(running: Console) -> None:
    with database.session(running.engine) as s:
        _, token = tokens.create(s, uses=1, ttl_s=60, site="", by="an", now=running.clock())
        hosts.enrol(s, HOST, HOSTILE, "linux", "0.1.0", "01", token, running.clock())


def test_hosts(running: Console, tramgac: Run):
    enrol(running)
    row = json.loads(tramgac("hosts", "--json")[1])
    assert set(row) >= KEYS
    assert {"emitted", "acked", "spooled", "dropped", "missed", "gaps"} <= set(row["completeness"])
    assert tramgac("hosts", "list", "--json")[1] == tramgac("hosts", "--json")[1]
    out = tramgac("hosts")[1]
    assert HOST in out
    assert "\x1b" not in out


def test_revoke_and_allow(running: Console, tramgac: Run):
    enrol(running)
    assert tramgac("hosts", "revoke", HOST) == (0, f"Host {HOST} may speak no longer.\n", "")
    assert not json.loads(tramgac("hosts", "--json")[1])["active"]
    assert tramgac("hosts", "allow", HOST) == (0, f"Host {HOST} may speak again.\n", "")
    assert json.loads(tramgac("hosts", "--json")[1])["active"]
    assert tramgac("hosts", "revoke", "0" * 32)[0] == 1
    assert tramgac("hosts", "revoke", "pc-1")[0] == 1
