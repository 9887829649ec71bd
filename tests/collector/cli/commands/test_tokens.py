import json

from tramgac_collector.cli.headings import Nothing
from tramgac_wire.ticket import decode

from tests.tools.console import Console, Run


def test_create_list_revoke(running: Console, authority, tramgac: Run):
    assert tramgac("tokens")[1] == Nothing.TOKENS.en + "\n"
    status, out, _ = tramgac("tokens", "create", "--uses", "3", "--valid", "2h", "--site", "hà-nội")
    assert status == 0
    assert decode(out).collector == "127.0.0.1:18443"
    [row] = [json.loads(line) for line in tramgac("tokens", "--json")[1].splitlines()]
    assert (row["uses"], row["site"], row["revoked"]) == (3, "hà-nội", None)
    assert tramgac("tokens", "revoke", str(row["id"]))[0] == 0
    assert json.loads(tramgac("tokens", "list", "--json")[1])["revoked"]
    assert tramgac("tokens", "revoke", str(row["id"]), "--json")[1] == f'{{"id": {row["id"]}}}\n'
    assert tramgac("tokens", "revoke", "99")[0] == 1
    heads, shown = tramgac("tokens")[1].splitlines()
    assert heads.split() == ["ID", "USED", "EXPIRES", "REVOKED", "SITE"]
    assert shown.split()[1] == "0/3"
    assert "hà-nội" in shown


def test_a_ticket_as_json(running: Console, authority, tramgac: Run):
    made = json.loads(tramgac("tokens", "create", "--json")[1])
    assert decode(made["ticket"]).secret


def test_misuse(running: Console, tramgac: Run):
    assert tramgac("tokens", "create", "--uses", "0")[0] == 2
    assert tramgac("tokens", "create", "--valid", "soon")[0] == 2
    assert tramgac("tokens", "create", "--valid", "366d")[::2] == (2, "366d is too long: 365d at most.\n")
    status, _, err = tramgac("tokens", "create", "--site", "x" * 101)
    assert (status, err) == (2, "--site has more than 100 characters.\n")
    assert tramgac("tokens", "revoke", "x")[0] == 2
