import json

from tests.tools.console import Console, Run


def test_grant_list_revoke(running: Console, tramgac: Run):
    assert tramgac("metrics", "tokens")[1].startswith("No tokens yet.")
    secret = tramgac("metrics", "grant", "prometheus", "--valid", "30d")[1].strip()
    answer = running.stranger().get("/api/metrics", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    made = json.loads(tramgac("metrics", "grant", "zabbix", "--json")[1])
    assert made["secret"].startswith("tramgac_")
    heads, first, second = tramgac("metrics", "tokens")[1].splitlines()
    assert heads.split() == ["ID", "NAME", "LAST", "USED", "EXPIRES", "REVOKED"]
    assert [first.split()[1], second.split()[1]] == ["zabbix", "prometheus"]
    assert tramgac("metrics", "revoke", str(made["id"]))[1] == f"Token {made['id']} lets nobody in any more.\n"
    assert tramgac("metrics", "revoke", "99")[::2] == (
        1,
        "There is no access token 99; `tramgac metrics tokens` lists them.\n",
    )
    assert tramgac("metrics", "grant", "x", "--valid", "1827d")[0] == 2


def test_show(running: Console, tramgac: Run):
    status, out, _ = tramgac("metrics", "show")
    assert status == 0
    assert "# TYPE tramgac_disk_free_bytes gauge\n" in out
