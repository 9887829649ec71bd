import pytest
from tramgac_collector import audit, database
from tramgac_collector.events import hold
from tramgac_collector.refusals import HoldUnknown

HOST = "ab" * 16


def test_a_hold_stands_until_it_is_taken_back_and_each_step_is_audited(store, now):
    with database.session(store) as s:
        first = hold.place(s, host=HOST, since=1, until=9, by="an", why="vụ án 17", now=now)
        second = hold.place(s, host=HOST, since=0, until=hold.ALWAYS, by="an", why="x", now=now)
        assert list(hold.standing(s)) == [first, second]
        hold.release(s, first.id, by="binh", why="closed", now=now + 1)
        assert list(hold.standing(s)) == [second]
        assert list(hold.listing(s)) == [second, first]
        assert (first.released, first.released_by, first.released_why) == (now + 1, "binh", "closed")
        rows = audit.page(s)
        assert [(row.actor, row.action, row.object) for row in rows[:1]] == [("binh", "hold.release", HOST)]
        assert "vụ án 17" in rows[-1].detail
        for number in (first.id, 999):
            with pytest.raises(HoldUnknown):
                hold.release(s, number, by="an", why="", now=now)
