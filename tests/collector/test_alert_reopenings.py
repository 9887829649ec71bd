from contextlib import nullcontext
from itertools import count
from types import SimpleNamespace

import pytest
from tramgac_collector import alert_reopenings, alert_verdicts, alerts, database, outbox
from tramgac_collector.alert_reopenings import Reopening
from tramgac_collector.alert_verdicts import Order, Outcome
from tramgac_collector.alerts import Filters

from tests.collector.test_alerts import NOW, detection, event

LATER = NOW + 1_000


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Few alerts are many here."""
    monkeypatch.setattr(alert_verdicts, "AT_FIRST", 2)
    monkeypatch.setattr(alert_verdicts, "FEWEST", 1)
    monkeypatch.setattr(alert_verdicts, "MOST", 2)
    monkeypatch.setattr(alert_verdicts, "_LOOK", 3)


def fill(engine, many=5):
    numbers = []
    with database.session(engine) as s:
        for n in range(many):
            told = detection(event(n + 1))
            alerts.raise_alert(s, told, "may", NOW + n)
            numbers.append(told.number)
    return numbers


def mark(engine):
    with database.reading(engine) as s:
        return alert_reopenings.mark(s)


def closed(engine, verdict="duplicate", user="an"):
    """Close all; what takes it back."""
    after = mark(engine)
    order = Order(Filters(until=LATER), verdict, "vì sao")
    alert_verdicts.decide_all(engine, order, user, lambda: LATER + 1, nullcontext(), 20.0)
    return Reopening(user, verdict, after, mark(engine))


def sweep(engine, work):
    return alert_verdicts.sweep(engine, work, work.by, lambda: LATER + 2, nullcontext(), 20.0)


def standing(engine, numbers):
    with database.reading(engine) as s:
        return [(told["status"], told["verdict"]) for told in (alerts.detail(s, number) for number in numbers)]


def test_all_are_open_again_as_if_each_had_been_reopened(store):
    numbers = fill(store)
    with database.session(store) as s:
        alerts.decide(s, numbers[0], "benign", "", "an", LATER)
    back = closed(store)
    assert sweep(store, back) == Outcome(4, 0, 0)
    assert standing(store, numbers) == [("closed", "benign"), *[("open", None)] * 4]
    with database.session(store) as s:
        alerts.decide(s, numbers[0], "duplicate", "vì sao", "an", LATER + 1)
        alerts.reopen(s, numbers[0], "an", LATER + 2)
    with database.reading(store) as s:
        alone, other = (alerts.detail(s, number) for number in (numbers[0], numbers[4]))
        assert other["history"][1:] == alone["history"][2:]
        assert other["version"] == alone["version"] - 1
        told = [row.payload for row in outbox.after(s, 0) if row.payload["id"] == numbers[4]]
    assert [(row["status"], row["version"]) for row in told] == [("open", 1), ("closed", 2), ("open", 3)]
    assert sweep(store, back) == Outcome(0, 0, 0)


def test_a_look_that_takes_all_the_time_is_not_for_nothing(store, monkeypatch):
    fill(store)
    back, clock = closed(store), count(0, 0.6)
    monkeypatch.setattr(alert_verdicts, "time", SimpleNamespace(monotonic=lambda: next(clock), sleep=lambda _: None))
    done = alert_verdicts.sweep(store, back, "an", lambda: LATER + 2, nullcontext(), 1.0)
    assert (done.decided, done.left) == (2, 3)


def test_what_somebody_did_something_to_since_stays_as_it_is(store):
    numbers = fill(store, 4)
    back = closed(store)
    with database.session(store) as s:
        alerts.decide(s, numbers[1], "true_positive", "", "binh", LATER + 1)
        alerts.reopen(s, numbers[2], "binh", LATER + 1)
        alerts.decide(s, numbers[2], "duplicate", "x", "binh", LATER + 1)
    assert sweep(store, back) == Outcome(2, 0, 1)
    assert [row[0] for row in standing(store, numbers)] == ["open", "closed", "closed", "open"]


def test_nobody_takes_back_anothers_verdict_nor_another_of_ones_own(store):
    numbers = fill(store, 3)
    back = closed(store)
    for other in (
        Reopening("binh", back.verdict, back.after, back.until),
        Reopening("an", "benign", back.after, back.until),
        Reopening("an", back.verdict, back.until, back.until + 9),
    ):
        assert sweep(store, other) == Outcome(0, 0, 0)
    assert {row[0] for row in standing(store, numbers)} == {"closed"}
