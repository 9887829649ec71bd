import pytest
from tramgac_collector import alerts, database, outbox
from tramgac_collector.alerts import Detection, EventCopy
from tramgac_collector.export.places import Gap, Place
from tramgac_collector.export.sources.outbox import OutboxSource

from tests.collector.export import made


def raise_one(store, number, now, level="high"):
    rule = {"id": f"r{number}", "title": f"Rule {number}", "level": level}
    copy = EventCopy(made.HOST, 1, 1, number, "process_start", now, now, {"process.pid": number})
    with database.session(store) as s:
        detection = Detection(rule, "v1", [copy])
        alerts.raise_alert(s, detection, "pc-17", now)
        return detection.number


def drained(source, place=None):
    place, found, gaps = place or source.begin(), [], []
    while True:
        taken = source.take(place)
        found += [(record.row["rule"]["id"], record.row["status"]) for record in taken.records]
        gaps += taken.gaps
        place = taken.after
        if not taken.more:
            return found, place, gaps


def decide(store, number, now):
    with database.session(store) as s:
        alerts.decide(s, number, "true_positive", "", "an", now)


@pytest.mark.parametrize("most", [1, 50])
def test_alerts_and_their_changes_come_in_order(store, now, most):
    source = OutboxSource(store, most=most)
    place = source.begin()
    first = raise_one(store, 1, now)
    raise_one(store, 2, now + 1)
    decide(store, first, now + 2)
    assert source.behind(place) == 3
    found, place, gaps = drained(source, place)
    assert (found, gaps) == ([("r1", "open"), ("r2", "open"), ("r1", "closed")], [])
    assert source.take(place).records == []
    assert (source.behind(place), place.time) == (0, now + 2)


def test_an_alert_s_id_is_another_with_each_change(store, now):
    source = OutboxSource(store)
    place = source.begin()
    number = raise_one(store, 1, now)
    decide(store, number, now)
    assert [record.id for record in source.take(place).records] == [f"{number}/1", f"{number}/2"]


@pytest.mark.parametrize("most", [1, 50])
def test_all_begins_with_those_that_are_there(store, now, most):
    for number in (1, 2, 3):
        last = raise_one(store, number, now + number // 2)
    decide(store, last, now)
    assert sorted(drained(OutboxSource(store, since="all", most=most))[0]) == [
        ("r1", "open"),
        ("r2", "open"),
        ("r3", "closed"),
    ]
    assert drained(OutboxSource(store))[0] == []
    assert drained(OutboxSource(store, since="2030-01-01"))[0] == []


def test_a_severity_and_above(store, now):
    source = OutboxSource(store, "high")
    place = source.begin()
    for number, level in enumerate(("low", "high", "critical")):
        raise_one(store, number, now + number, level)
    with database.session(store) as s:
        outbox.add(s, "host", {"id": "x"}, now)
    assert [rule for rule, _ in drained(source, place)[0]] == ["r1", "r2"]
    assert [rule for rule, _ in drained(OutboxSource(store, "high", "all"))[0]] == ["r1", "r2"]


def test_what_the_outbox_no_longer_has_is_told_and_alerts_since_are_told_as_they_are(store, now):
    source = OutboxSource(store)
    raise_one(store, 1, now)
    place = Place(position=1, time=now)
    number = raise_one(store, 2, now + 1)
    decide(store, number, now + 2)
    with database.session(store) as s:
        outbox.trim(s, now + 2)
    found, after, gaps = drained(source, place)
    assert gaps == [Gap(2, 3, "outbox_trimmed")]
    assert ("r2", "closed") in found
    assert after.position == 3


def test_another_store_begins_anew(store, now):
    raise_one(store, 1, now)
    found, _, gaps = drained(OutboxSource(store), Place(position=70, time=now))
    assert (found, gaps) == ([("r1", "open")], [Gap(70, 70, "other_store")])
