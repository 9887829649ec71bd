import threading
import time

import pytest
from sqlalchemy import select
from tramgac_collector import database
from tramgac_collector.schema import CounterRow, CursorRow
from tramgac_collector.write_times import LONG_S, SPELL_S, WRITES, WriteTimes


class Clock:
    """Seconds that pass when told to."""

    now = 100.0

    def __call__(self):
        return self.now


def long(writes=WRITES):
    return writes.counters()["writes_long"]


def longest(writes=WRITES):
    return writes.gauges()["write_longest_s"]


@pytest.fixture
def fresh(monkeypatch):
    """As in a process that has written nothing."""
    monkeypatch.setattr(WRITES, "_now", 0.0)
    monkeypatch.setattr(WRITES, "_before", 0.0)


def wrote(store, name, pause_s=0.0):
    with database.session(store) as s:
        database.insert_new(s, CursorRow, {"name": name, "position": 1})
        time.sleep(pause_s)


@pytest.mark.usefixtures("fresh")
def test_a_write_is_timed_from_its_lock_to_its_end(store):
    before = long()
    wrote(store, "slow", 2 * LONG_S)
    assert long() == before + 1
    assert 2 * LONG_S <= longest() < 60


@pytest.mark.usefixtures("fresh")
def test_so_is_one_that_is_rolled_back(store):
    before = long()
    with pytest.raises(ZeroDivisionError), database.session(store) as s:  # noqa: PT012
        database.insert_new(s, CursorRow, {"name": "x", "position": 1})
        time.sleep(2 * LONG_S)
        raise ZeroDivisionError
    assert long() == before + 1


@pytest.mark.usefixtures("fresh")
def test_who_reads_keeps_nobody_waiting(store):
    with database.reading(store) as s:
        s.scalars(select(CounterRow)).all()
        time.sleep(2 * LONG_S)
    assert longest() == 0.0


def test_what_one_waits_for_others_in_sqlite_is_theirs(sqlite_template, monkeypatch):
    notes, entered, asking, released = [], threading.Event(), threading.Event(), []
    monkeypatch.setattr(WRITES, "note", notes.append)
    store = database.open_database(f"sqlite:///{sqlite_template}")

    def hold():
        with database.session(store) as s:
            s.execute(select(CounterRow))
            entered.set()
            asking.wait(30)
            time.sleep(0.5)  # the other one waits by now, mostly
            released.append(time.monotonic())

    holder = threading.Thread(target=hold)
    holder.start()
    entered.wait(30)
    asking.set()
    with database.session(store) as s:
        s.execute(select(CounterRow))
    ended = time.monotonic()
    holder.join()
    store.dispose()
    assert len(notes) == 2
    assert max(notes) >= 0.5, "the holder's"
    assert min(notes) <= ended - released[0], "nobody has the lock before it is let go"


def test_on_postgresql_it_begins_with_what_locks(postgresql_lent, fresh):
    store = database.open_database(postgresql_lent.renew())
    with database.session(store) as s:
        s.scalars(select(CounterRow)).all()
        time.sleep(4 * LONG_S)
        asked = time.monotonic()
        s.scalars(select(CounterRow).with_for_update()).all()
    assert 0.0 < longest() <= time.monotonic() - asked
    store.dispose()


def test_the_longest_is_told_for_a_spell_at_least_and_two_at_most():
    clock = Clock()
    writes = WriteTimes(clock)
    writes.note(0.02)
    writes.note(LONG_S)
    writes.note(0.07)
    assert (longest(writes), long(writes)) == (0.07, 1)
    clock.now += SPELL_S
    writes.note(0.01)
    assert longest(writes) == 0.07
    clock.now += SPELL_S
    assert longest(writes) == 0.01
    clock.now += 2 * SPELL_S
    assert (longest(writes), long(writes)) == (0.0, 1)
