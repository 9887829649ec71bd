from tramgac_collector import alerts
from tramgac_collector.api import export

from tests.tools.console import Console


def test_alerts_are_given_newest_first_in_blocks(console: Console, monkeypatch):
    monkeypatch.setattr(export, "_BLOCK", 2)
    ids = []
    for number in range(1, 6):
        console.clock.forward(1)
        ids.append(console.raise_alert(number))
    found = list(export.exported(console.engine, alerts.Filters(), 100))
    assert [row["id"] for row in found] == ids[::-1]
    assert len(list(export.exported(console.engine, alerts.Filters(), 3))) == 3
    assert list(export.exported(console.engine, alerts.Filters(status="closed"), 100)) == []


def test_the_form_is_that_of_the_command(console: Console):
    console.raise_alert(3)
    [row] = export.exported(console.engine, alerts.Filters(), 10)
    assert row["rule"] == {"id": "rule-3", "title": "Rule 3", "level": "high", "tags": ["attack.t1059.004"]}
    assert row["events"] == [{"host": row["host"], "epoch": "0000000000000007", "lane": 1, "sequence": 3}]
    assert row["why"][0]["spans"] == [[0, 2]]
    assert (row["status"], row["verdict"]) == ("open", None)
    assert row["time"].endswith("Z")
    assert row["created"] > row["time"]
