import json

from tramgac_wire.ticket import decode

from tests.tools.console import Console, Run


def test_create_list_revoke(running: Console, authority, tramgac: Run):
    status, out, _ = tramgac("tokens", "create", "--uses", "3", "--valid", "2h", "--site", "hà-nội")
    assert status == 0
    assert decode(out).collector == "127.0.0.1:18443"
    [row] = [json.loads(line) for line in tramgac("tokens", "--json")[1].splitlines()]
    assert (row["uses"], row["site"], row["revoked"]) == (3, "hà-nội", None)
    assert tramgac("tokens", "revoke", str(row["id"]))[0] == 0
    assert json.loads(tramgac("tokens", "list", "--json")[1])["revoked"]
    assert tramgac("tokens", "revoke", "99")[0] == 1
    assert "hà-nội" in tramgac("tokens")[1]


def test_a_ticket_as_json(running: Console, authority, tramgac: Run):
    made = json.loads(tramgac("tokens", "create", "--json")[1])
    assert decode(made["ticket"]).secret


def test_misuse(running: Console, tramgac: Run):
    assert tramgac("tokens", "create", "--uses", "0")[0] == 2
    assert tramgac("tokens", "create", "--valid", "soon")[0] == 2
    assert tramgac("tokens", "revoke", "x")[0] == 2
