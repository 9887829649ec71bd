import pytest
from sqlalchemy import update
from tramgac_collector import alerts, database, exception_trial
from tramgac_collector.alerts import Detection, EventCopy
from tramgac_collector.exceptions import ANY, Stated
from tramgac_collector.schema import AlertRow

from tests.collector.control_store import NOW
from tests.collector.judging.feed import HOST, OTHER, add_hosts

DAY = 86_400_000_000_000


def raised(store, sequence, user, *, rule="r", host=HOST, now=NOW):
    copy = EventCopy(host, 7, 2, sequence, "process_start", now, now, {"user.name": user})
    detection = Detection({"id": rule, "title": "Rule", "level": "low"}, "1", (copy,))
    with database.session(store) as s:
        alerts.raise_alert(s, detection, "pc", now)
    return detection.number


def looked(store, query="user.name:svc-*", rule="r", site="", since=NOW - DAY):
    with database.reading(store) as s:
        return exception_trial.look(s, rule, Stated(0, rule, site, query, 0), since)


def test_what_would_not_be_there(store, monkeypatch):
    add_hosts(store, HOST, OTHER)
    first = raised(store, 1, "svc-backup")
    raised(store, 2, "an")
    other = raised(store, 3, "svc-web", host=OTHER, now=NOW + 1)
    raised(store, 4, "svc-backup", rule="q")
    raised(store, 5, "svc-backup", now=NOW - 2 * DAY)
    past = looked(store)
    assert (past.looked, past.held, past.open, past.against, past.more) == (3, 2, 2, [], False)
    assert [told["id"] for told in past.some] == [other, first]
    assert looked(store, rule=ANY).held == 3
    assert looked(store, since=0).held == 3
    assert looked(store, site="Huế").held == 0
    with database.session(store) as s:
        alerts.decide(s, first, "true_positive", "", "an", NOW)
    past = looked(store)
    assert (past.open, past.against, past.contested) == (1, [first], 1)
    monkeypatch.setattr(exception_trial, "SHOWN", 0)
    past = looked(store)
    assert (past.against, past.contested) == ([], 1)


def test_the_open_ones_that_it_fits(store):
    add_hosts(store, HOST, OTHER)
    closed, first, second = (raised(store, n, "svc-backup", now=NOW + n) for n in (1, 2, 3))
    raised(store, 4, "an")
    raised(store, 5, "svc-backup", now=NOW - 2 * DAY)
    raised(store, 6, "svc-backup", rule="q")
    with database.session(store) as s:
        alerts.decide(s, closed, "benign", "", "an", NOW)
        stated = Stated(0, "r", "", "user.name:svc-*", 0)
        assert exception_trial.fitting(s, "r", stated, NOW - DAY) == [second, first]
        assert exception_trial.fitting(s, "r", stated._replace(site="Huế"), NOW - DAY) == []
        assert len(exception_trial.fitting(s, ANY, stated._replace(rule=ANY), NOW - DAY)) == 3


def test_what_was_withdrawn_is_none(store):
    add_hosts(store, HOST)
    raised(store, 1, "svc-backup")
    with database.session(store) as s:
        s.execute(update(AlertRow).values(stage="withdrawn"))
    assert looked(store).looked == 0


def test_it_ends_somewhere_and_says_so(store, monkeypatch):
    monkeypatch.setattr(exception_trial, "MOST", 2)
    add_hosts(store, HOST)
    for sequence in range(3):
        raised(store, sequence, "svc-backup")
    past = looked(store)
    assert (past.looked, past.held, past.more) == (2, 2, True)
    with database.reading(store) as s:
        assert len(exception_trial.fitting(s, "r", Stated(0, "r", "", "user.name:svc-*", 0), NOW - DAY)) == 2
    assert past.as_json()["more"] is True


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_what_cannot_be_told_is_told(store):
    add_hosts(store, HOST)
    copy = EventCopy(HOST, 7, 2, 1, "process_start", NOW, NOW, {"process.pid": "none"})
    with database.session(store) as s:
        alerts.raise_alert(s, Detection({"id": "r", "title": "Rule"}, "1", (copy,)), "pc", NOW)
    past = looked(store, "process.pid:>1")
    assert (past.held, past.unsure) == (0, 1)
