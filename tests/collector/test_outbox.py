from concurrent.futures import ThreadPoolExecutor

from tramgac_collector import database, outbox


def test_rows_are_followed_by_number(store, now):
    with database.session(store) as s:
        assert [outbox.add(s, "host", {"id": str(n)}, now) for n in range(5)] == [1, 2, 3, 4, 5]
    with database.reading(store) as s:
        assert [(row.id, row.payload["id"]) for row in outbox.after(s, 2, 2)] == [(3, "2"), (4, "3")]
        assert outbox.after(s, 5) == []


def test_many_rows_take_as_many_numbers(store, now):
    with database.session(store) as s:
        assert outbox.add(s, "host", {}, now) == 1
        assert outbox.add_many(s, "alert", [{"n": 2}, {"n": 3}, {"n": 4}], now) == 4
        assert outbox.next_number(s, "outbox", 0) == 4, "none is taken"
        assert outbox.add(s, "host", {}, now) == 5
        assert [row.id for row in outbox.after(s, 0) if row.payload.get("n") == row.id] == [2, 3, 4]


def test_what_is_rolled_back_leaves_no_hole(store, now):
    with database.Session(store) as s:
        outbox.add(s, "host", {}, now)
        s.rollback()
    with database.session(store) as s:
        assert outbox.add(s, "host", {}, now) == 1


def test_numbers_become_visible_in_order(store, now):
    """A follower that reads while many write never sees a number above one that it has not seen."""

    def write(_):
        for _ in range(5):
            with database.session(store) as s:
                outbox.add(s, "host", {}, now)

    seen: list[int] = []
    with ThreadPoolExecutor(3) as pool:
        writers = [pool.submit(write, n) for n in range(3)]
        while len(seen) < 15:
            with database.reading(store) as s:
                seen += [row.id for row in outbox.after(s, seen[-1] if seen else 0)]
        for writer in writers:
            writer.result()
    assert seen == list(range(1, 16))


def test_bounds_tell_a_follower_what_it_missed(store, now):
    with database.session(store) as s:
        assert outbox.bounds(s) == (1, 0)
        for step in range(4):
            outbox.add(s, "host", {}, now + step)
        assert outbox.bounds(s) == (1, 4)
        outbox.trim(s, now + 2)
        assert outbox.bounds(s) == (3, 4)
        outbox.trim(s, now + 100)
        assert outbox.bounds(s) == (5, 4)
        assert outbox.add(s, "host", {}, now) == 5


def test_much_is_forgotten_bit_by_bit(store, now, monkeypatch):
    monkeypatch.setattr(outbox, "TRIMMED", 3)
    with database.session(store) as s:
        for step in (0, 1, 9, 2, 3, 4):  # times are not always in the order of numbers
            outbox.add(s, "host", {}, now + step)
        assert outbox.trim(s, now + 5)
        assert [row.id for row in outbox.after(s, 0)] == [3, 5, 6]
        assert not outbox.trim(s, now + 5)
        assert [row.id for row in outbox.after(s, 0)] == [3]
        assert not outbox.trim(s, now + 5)


def test_what_somebody_still_wants_is_kept_for_a_while(store, now):
    with database.session(store) as s:
        for step in range(5):
            outbox.add(s, "alert", {}, now + step)
        outbox.trim(s, now + 4, needed=2)
        assert outbox.bounds(s) == (3, 5)
        outbox.trim(s, now + 4, needed=2, at_last=now + 3)
        assert outbox.bounds(s) == (4, 5)
        outbox.trim(s, now + 4, needed=9)
        assert outbox.bounds(s) == (5, 5)
