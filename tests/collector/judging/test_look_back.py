import hashlib
import json

import pytest
from sqlalchemy import select
from tramgac_collector import database
from tramgac_collector.judging import look_back, writing
from tramgac_collector.judging.detect import examine
from tramgac_collector.judging.loading import InForce
from tramgac_collector.judging.look_back import ACTION, LookBack, LookBackThread
from tramgac_collector.schema import AuditRow

from tests.collector.authored import Author
from tests.collector.judging.feed import HOST, NOW, OTHER, Feed, add_hosts, alerts_of, publish, start, write

BAD = hashlib.sha256(b"bad")
GOOD = hashlib.sha256(b"good")
SECOND = 1_000_000_000


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(look_back, "PAUSE_S", 0)


@pytest.fixture
def author(tmp_path):
    made = Author(tmp_path / "author")
    made.sigma("evil")
    return made


@pytest.fixture
def in_force(store, state, author):
    add_hosts(store, HOST, OTHER)
    publish(store, state, author.sign())
    made = InForce(state, store)
    made.begin()
    made.refresh(NOW)
    return made


@pytest.fixture
def feed(state):
    made = Feed(state)
    yield made
    made.log.close()


@pytest.fixture
def see(store, feed, in_force):
    def see(*events, host=HOST):
        found = examine(feed.entry(events, host=host), in_force.rules, "linux")
        with database.session(store) as s:
            writing.write(s, found, in_force.rules.yara, writing.Written(), NOW)

    return see


@pytest.fixture
def back(store, state, in_force):
    return LookBack(state, store, in_force, clock=lambda: NOW + SECOND)


def push(store, state, author, in_force, *values):
    author.listing(*values)
    publish(store, state, author.sign())
    assert in_force.refresh(NOW)


def trail(store):
    with database.reading(store) as s:
        rows = s.scalars(select(AuditRow).where(AuditRow.action == ACTION).order_by(AuditRow.id)).all()
        return [json.loads(row.detail) for row in rows]


def test_a_hash_listed_today_meets_the_hosts_that_had_the_file_before(store, state, author, in_force, see, back):
    see(write("/tmp/x", BAD.digest(), time=NOW + 5), start("/tmp/x", sha256=BAD.digest(), time=NOW + 9))
    see(start("/tmp/x", sha256=BAD.digest()), start("ls", sha256=GOOD.digest()), host=OTHER)
    assert not back.look()
    push(store, state, author, in_force, f"{BAD.hexdigest()},critical,seen in an attack")
    assert back.look()
    found = {alert.host: alert for alert in alerts_of(store)}
    assert set(found) == {HOST, OTHER}
    alert = found[HOST]
    assert (alert.rule_id, alert.level) == (f"indicator:sha256:{BAD.hexdigest()}", "critical")
    assert [event["kind"] for event in alert.events] == ["file_write"], "its first sighting"
    assert alert.why[0]["note"] == "seen in an attack"
    assert trail(store) == [{"bundle": 2, "files": 2, "listed": 1, "alerts": 2, "not_raised": 0}]
    assert back.counts["alerts"] == 2


def test_each_set_is_looked_with_once_even_after_a_restart(store, state, author, in_force, see, back):
    see(start("/tmp/x", sha256=BAD.digest()))
    push(store, state, author, in_force, BAD.hexdigest())
    assert back.look()
    assert not back.look()
    author.sigma("evil2", number=2)
    push(store, state, author, in_force, BAD.hexdigest())  # other rules, the same list
    assert not LookBack(state, store, in_force).look()
    push(store, state, author, in_force, BAD.hexdigest(), GOOD.hexdigest())
    assert back.look()
    assert len(trail(store)) == 2
    assert len(alerts_of(store)) == 1, "what was alerted stays one alert"


def test_what_was_alerted_as_it_happened_is_the_same_alert(store, state, author, in_force, see, back):
    push(store, state, author, in_force, BAD.hexdigest())
    see(start("/tmp/x", sha256=BAD.digest()))
    assert len(alerts_of(store)) == 1
    assert back.look()
    assert len(alerts_of(store)) == 1
    assert trail(store)[0]["alerts"] == 0


def test_an_indicator_counts_until_it_expires_by_the_sightings_time(store, state, author, in_force, see, back):
    see(start("/tmp/x", sha256=BAD.digest(), time=NOW), host=HOST)
    see(start("/tmp/x", sha256=BAD.digest(), time=NOW + 2 * SECOND), host=OTHER)
    push(store, state, author, in_force, f"{BAD.hexdigest()},,,{(NOW + SECOND) // SECOND}")
    assert back.look()
    assert [alert.host for alert in alerts_of(store)] == [HOST]


def test_a_list_with_a_mistake_buries_nobody_and_what_was_left_is_counted(
    store, state, author, in_force, see, back, monkeypatch
):
    monkeypatch.setattr(look_back, "MAX_HOSTS", 1)
    for host in (HOST, OTHER):
        see(start("/tmp/x", sha256=BAD.digest()), start("/tmp/y", sha256=GOOD.digest()), host=host)
    push(store, state, author, in_force, BAD.hexdigest(), GOOD.hexdigest())
    assert back.look()
    assert len(alerts_of(store)) == 2
    assert trail(store)[0]["not_raised"] == 2
    monkeypatch.setattr(look_back, "MAX_HOSTS", 9)
    monkeypatch.setattr(look_back, "MAX_ALERTS", 1)
    push(store, state, author, in_force, BAD.hexdigest(), GOOD.hexdigest(), "evil.example")
    assert back.look()
    assert len(alerts_of(store)) == 3


def test_very_many_files_are_looked_at_piece_by_piece(store, state, author, in_force, see, back, monkeypatch):
    monkeypatch.setattr(look_back, "PAGE", 2)
    files = [hashlib.sha256(bytes([number])) for number in range(7)]
    see(*(start(f"/{file.hexdigest()}", sha256=file.digest()) for file in files))
    push(store, state, author, in_force, *(file.hexdigest() for file in files))
    assert back.look()
    assert len(alerts_of(store)) == 7
    assert trail(store)[0]["files"] == 7


def test_it_ends_when_asked_and_begins_afresh_with_other_content(store, state, author, in_force, see, back):
    see(start("/tmp/x", sha256=BAD.digest()))
    push(store, state, author, in_force, BAD.hexdigest())
    back.stopping = lambda: True
    assert not back.look()
    assert trail(store) == []
    back.stopping = lambda: False
    assert back.look()


def test_the_thread_looks_by_itself(store, state, author, in_force, see):
    see(start("/tmp/x", sha256=BAD.digest()))
    push(store, state, author, in_force, BAD.hexdigest())
    thread = LookBackThread(state, store, in_force)
    thread.start()
    thread.wake()
    try:
        for _ in range(200):
            if trail(store):
                break
            thread.join(0.05)
    finally:
        thread.stop()
    assert len(alerts_of(store)) == 1
