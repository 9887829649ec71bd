from dataclasses import replace

import pytest
from tramgac_collector import alert_stages, alerts, database, outbox
from tramgac_collector.schema import AlertRow

from tests.collector.test_alerts import NOW, detection, event

EARLY = replace(detection(event(1), event(2)), id="c1" * 16, time=NOW + 7)
AMENDED = replace(detection(event(1), event(2), event(3)), id="c1" * 16, time=NOW + 9)


def put(engine, told=EARLY, *, final=False, now=NOW):
    with database.session(engine) as s:
        return alert_stages.put(s, told, "máy-1", now, final=final)


def withdraw(engine, instead=""):
    with database.session(engine) as s:
        return alert_stages.withdraw(s, EARLY.id, instead, NOW + 5)


def seen(engine):
    """The alert: stage, status, verdict, sequences of its events, what was done to it, what followers were told."""
    with database.reading(engine) as s:
        row, told = s.query(AlertRow).one(), alerts.detail(s, EARLY.id)
        topics = [row.topic for row in outbox.after(s, 0)]
        events = [each["id"]["sequence"] for each in row.events]
        return row.stage, row.status, row.verdict, events, [step["action"] for step in told["history"]], topics


def test_what_fires_is_provisional_and_then_confirmed(store):
    assert put(store)
    assert not put(store), "the same again changes nothing"
    assert seen(store) == ("provisional", "open", None, [1, 2], ["provisional"], ["alert"])
    assert not put(store, final=True)
    assert not put(store, final=True)
    assert not put(store, AMENDED), "nothing provisional changes what is confirmed"
    assert seen(store) == (
        "confirmed", "open", None, [1, 2], ["provisional", "confirmed"], ["alert", "alert_changed"],
    )  # fmt: skip
    with database.reading(store) as s:
        assert s.query(AlertRow).one().time == NOW + 7, "the time of its last event"


def test_what_is_confirmed_at_once_is_raised_as_any_alert(store):
    assert put(store, final=True)
    assert seen(store)[0:5] == ("confirmed", "open", None, [1, 2], ["raised"])


def test_what_came_later_amends_it(store):
    put(store)
    put(store, AMENDED, final=True)
    assert seen(store)[:5] == ("confirmed", "open", None, [1, 2, 3], ["provisional", "amended"])
    put(store, EARLY, final=True)
    assert seen(store)[3:5] == ([1, 2], ["provisional", "amended", "amended"])


@pytest.mark.parametrize("instead", ["", "d2" * 16])
def test_what_did_not_come_true_is_closed_with_a_note_in_both_languages(store, instead):
    put(store)
    assert withdraw(store, instead)
    assert not withdraw(store, instead)
    assert seen(store)[:5] == ("withdrawn", "closed", None, [1, 2], ["provisional", "withdrawn"])
    with database.reading(store) as s:
        (note,) = alerts.detail(s, EARLY.id)["notes"]
    assert note["by"] == alert_stages.BY
    assert instead in note["text"]
    assert "đến muộn" in note["text"]


def test_what_was_withdrawn_can_come_true_after_all(store):
    put(store)
    withdraw(store)
    put(store)
    assert seen(store)[:3] == ("provisional", "open", None)
    withdraw(store)
    put(store, final=True)
    assert seen(store)[:3] == ("confirmed", "open", None)


def test_what_a_person_decided_stays(store):
    put(store)
    with database.session(store) as s:
        alerts.decide(s, EARLY.id, "true_positive", "", "an", NOW)
    put(store, AMENDED, final=True)
    assert seen(store)[:4] == ("confirmed", "closed", "true_positive", [1, 2, 3])
    withdraw(store)
    put(store, final=True)
    assert seen(store)[:3] == ("confirmed", "closed", "true_positive")


def test_what_is_not_there_cannot_be_withdrawn(store):
    assert not withdraw(store)


def test_text_that_no_database_holds_is_no_change(store):
    odd = replace(detection(event(1, **{"user.name": "a\x00\udc80"})), id="c1" * 16)
    put(store, odd, final=True)
    put(store, odd, final=True)
    assert seen(store)[4] == ["raised"]
