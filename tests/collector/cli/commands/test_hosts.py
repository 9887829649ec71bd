import json
import time

from tramgac_collector import database, hosts, quarantine, tokens
from tramgac_collector.cli.headings import Nothing
from tramgac_collector.cli.times import local
from tramgac_collector.host_streams import Began, began
from tramgac_proto.names import time_text

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
    assert json.loads(tramgac("hosts", "show", HOST, "--ledger", "--json")[1])["complete"] is True
    assert "as of -" in tramgac("hosts", "show", HOST[:8], "--ledger")[1]
    heads, row = tramgac("hosts")[1].splitlines()
    assert heads.startswith("ID ")
    assert HOST in row
    assert "\x1b" not in row


def test_whether_a_host_is_here_and_when_it_spoke_last(running: Console, tramgac: Run):
    assert tramgac("hosts")[1] == Nothing.HOSTS.en + "\n"
    enrol(running)

    def shown():
        heads, row = tramgac("hosts")[1].splitlines()
        at = heads.index("CONNECTED"), heads.index("LAST SEEN"), heads.index("STORED/MADE")
        return row[at[0] : at[1]].strip(), row[at[1] : at[2]].strip()

    assert shown() == ("no", "-")
    with database.session(running.engine) as s:
        began(s, [Began(HOST, running.clock(), "127.0.0.1:1")])
    assert shown() == ("yes", local(time_text(running.clock())))
    with database.session(running.engine) as s:
        hosts.deactivate(s, HOST, running.clock())
    assert shown()[0] == "revoked"


def test_a_bundle_that_a_host_refused_is_in_its_row(running: Console, tramgac: Run):
    enrol(running)
    with database.session(running.engine) as s:
        told = {"version": 7, "loaded": False, "reason": "older", "current": 6}
        hosts.record_content(s, HOST, **told, now=running.clock())
    heads, row = tramgac("hosts")[1].splitlines()
    at = heads.index("RULES"), heads.index("SENSORS")
    assert row[at[0] : at[1]].strip() == "6, refused 7"


def test_one_host(running: Console, tramgac: Run):
    enrol(running)
    with database.session(running.engine) as s:
        hosts.record_finding(s, HOST, "odd", "two agents \x1b take turns", running.clock())
    assert json.loads(tramgac("hosts", "show", HOST[:8], "--json")[1]) == json.loads(tramgac("hosts", "--json")[1])
    out = tramgac("hosts", "show", HOST)[1]
    assert "two agents \\x1b take turns" in out
    assert "\x1b" not in out
    assert tramgac("hosts", "show", "0" * 32)[0] == 1


def test_revoke_and_allow(running: Console, tramgac: Run):
    enrol(running)
    assert tramgac("hosts", "revoke", HOST) == (0, f"Host {HOST} may speak no longer.\n", "")
    assert not json.loads(tramgac("hosts", "--json")[1])["active"]
    assert tramgac("hosts", "allow", HOST) == (0, f"Host {HOST} may speak again.\n", "")
    assert json.loads(tramgac("hosts", "--json")[1])["active"]
    assert tramgac("hosts", "revoke", HOST[:8]) == (0, f"Host {HOST} may speak no longer.\n", "")
    assert tramgac("hosts", "allow", HOSTILE.replace("\x00", "\\x00"))[1] == f"Host {HOST} may speak again.\n"
    assert json.loads(tramgac("hosts", "revoke", HOST, "--json")[1]) == {"id": HOST, "active": False}
    assert tramgac("hosts", "revoke", "0" * 32)[0] == 1
    assert tramgac("hosts", "revoke", "pc-1") == (1, "", "There is no host pc-1; `tramgac hosts` lists them.\n")


def test_forget(running: Console, tramgac: Run):
    enrol(running)
    assert tramgac("hosts", "forget", HOST[:8]) == (0, f"Host {HOST} is forgotten.\n", "")
    assert tramgac("hosts")[1] == Nothing.HOSTS.en + "\n"
    enrol(running)
    with database.session(running.engine) as s:
        began(s, [Began(HOST, running.clock(), "127.0.0.1:1")])
    status, out, err = tramgac("hosts", "forget", HOST)
    assert (status, out) == (1, "")
    assert err.startswith(f"Host {HOST} has spoken")
    assert f"`tramgac hosts revoke {HOST}`" in err


def test_a_host_in_quarantine_says_so_and_is_released(running: Console, tramgac: Run):
    enrol(running)
    assert tramgac("hosts", "release", HOST) == (0, f"Host {HOST} is in no quarantine.\n", "")
    with database.session(running.engine) as s:
        quarantine.impose(s, HOST, "flood", "too \x1b much", time.time_ns(), 10**12)
    assert "in quarantine" in tramgac("hosts")[1]
    shown = tramgac("hosts", "show", HOST)[1]
    assert "it went on sending after it was told to wait (too \\x1b much)" in shown
    running.clock.now = time.time_ns()
    assert tramgac("hosts", "release", HOST) == (0, f"Host {HOST} is heard again.\n", "")
    assert json.loads(tramgac("hosts", "--json")[1])["quarantine"] is None
