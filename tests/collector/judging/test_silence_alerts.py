import pytest
from tramgac_collector import alerts, database
from tramgac_collector.judging import silence_alerts
from tramgac_collector.judging.silence_facts import DARK, LOST
from tramgac_collector.schema import HostRow

from tests.collector.judging.feed import HOST, NOW, OTHER, add_hosts, alerts_of


@pytest.fixture
def hosts(store):
    """Two hosts that fell silent a minute apart."""
    add_hosts(store, HOST, OTHER)
    with database.session(store) as s:
        for minutes, host in enumerate((HOST, OTHER), 5):
            s.get_one(HostRow, host).silent = NOW - minutes * 60_000_000_000
    return store


def told(store, rule, *names):
    with database.session(store) as s:
        rows = [s.get_one(HostRow, name) for name in names]
        silence_alerts.tell(s, rule, rows, NOW)
        return {row.silence_alert for row in rows}


def test_one_hosts_alert(hosts):
    (number,) = told(hosts, LOST, HOST)
    (alert,) = alerts_of(hosts)
    assert (alert.id, alert.host, alert.hostname, alert.rule_id) == (number, HOST, "pc-0", LOST["id"])
    assert alert.why[0]["pattern"] == "nothing since, and no last words"


def test_a_story_names_its_hosts_and_the_first_of_them(hosts, monkeypatch):
    (number,) = told(hosts, DARK, HOST, OTHER)
    (alert,) = alerts_of(hosts)
    assert (alert.hostname, len(alert.events)) == ("pc-0 +1", 2)
    assert alert.why[0]["pattern"].startswith("2 hosts of site")
    assert alert.host == OTHER, "it went first"
    with database.session(hosts) as s:
        silence_alerts.join(s, number, [s.get_one(HostRow, HOST)], NOW)
        assert [note["text"] for note in alerts.detail(s, number)["notes"]] == ["1 more / thêm 1 máy: pc-0"]
        assert silence_alerts.over(s, number, 180_000_000_000).startswith(
            "All hosts speak again, the last after 3 min."
        )


def test_more_hosts_than_an_alert_holds_are_counted(hosts, monkeypatch):
    monkeypatch.setattr(silence_alerts, "MAX_NAMED", 1)
    assert len(told(hosts, DARK, HOST, OTHER)) == 1
    (alert,) = alerts_of(hosts)
    assert (len(alert.events), alert.hostname) == (1, "pc-0 +1")
