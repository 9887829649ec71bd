import json

from tramgac_collector import database, hosts, tokens

from tests.tools.console import HOST, HOSTILE, Console, Run

KEYS = {"id", "name", "os", "agent_version", "last_seen", "skew_ms", "sensors", "completeness", "bundle"}


def test_hosts(running: Console, tramgac: Run):
    with database.session(running.engine) as s:
        _, token = tokens.create(s, uses=1, ttl_s=60, site="", by="an", now=running.clock())
        hosts.enrol(s, HOST, HOSTILE, "linux", "0.1.0", "01", token, running.clock())
    row = json.loads(tramgac("hosts", "--json")[1])
    assert set(row) >= KEYS
    assert {"emitted", "acked", "spooled", "dropped", "missed", "gaps"} <= set(row["completeness"])
    out = tramgac("hosts")[1]
    assert HOST in out
    assert "\x1b" not in out
