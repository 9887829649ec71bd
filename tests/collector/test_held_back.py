from sqlalchemy import select
from tramgac_collector import database, held_back
from tramgac_collector.alerts import Detection, EventCopy
from tramgac_collector.exception_schema import ExceptionRow, HeldCountRow, HeldRow
from tramgac_collector.held_back import SHOWN, Held
from tramgac_collector.rule_decisions import DAY

from tests.collector.control_store import NOW

HOST = "a1" * 16


def detection(sequence, rule="r"):
    copy = EventCopy(HOST, 7, 2, sequence, "process_start", NOW, NOW, {"user.name": "an"})
    return Detection({"id": rule, "title": "Rule"}, "1", (copy,))


def made(store, *numbers):
    with database.session(store) as s:
        for number in numbers:
            texts = dict.fromkeys(("site", "query", "by", "why", "ended_by", "ended_why"), "")
            figures = dict.fromkeys(("time", "expires", "ended", "held", "last"), 0)
            s.add(ExceptionRow(id=number, rule="r", name="r", **texts, **figures))


def written(store, *held, now=NOW):
    with database.session(store) as s:
        return held_back.write(s, held, now)


def totals(store):
    with database.reading(store) as s:
        return {row.id: (row.held, row.last) for row in s.scalars(select(ExceptionRow))}


def test_all_are_counted_and_the_newest_few_kept(store):
    made(store, 1, 2)
    assert written(store, *(Held(1, detection(n), "pc") for n in range(SHOWN + 10)), Held(2, detection(0, "x"), "pc"))
    written(store, *(Held(1, detection(n, "q"), "pc") for n in range(5)), now=NOW + DAY)
    assert totals(store) == {1: (SHOWN + 15, NOW + DAY), 2: (1, NOW)}
    with database.reading(store) as s:
        assert held_back.by_rule(s, 1) == {"r": SHOWN + 10, "q": 5}
        assert held_back.since(s, NOW // DAY + 1) == {1: 5}
        shown = held_back.recent(s, 1)
        assert len(shown) == SHOWN
        assert {row.told["rule"] for row in shown[:5]} == {"q"}
        assert shown[0].told["event"]["fields"] == {"user.name": "an"}
        assert len(held_back.recent(s, 2)) == 1


def test_a_window_counts_once_and_is_taken_off_again(store):
    made(store, 1)
    window = Held(1, detection(1), "pc", correlated=True)
    assert [written(store, window), written(store, window, now=NOW + DAY)] == [1, 0]
    assert totals(store)[1] == (1, NOW)
    with database.session(store) as s:
        assert [held_back.release(s, window.detection.number) for _ in range(2)] == [True, False]
        assert held_back.by_rule(s, 1) == {}
    assert totals(store)[1][0] == 0
    assert written(store, window) == 1


def test_what_is_old_goes(store):
    made(store, 1)
    written(store, Held(1, detection(1), "pc", correlated=True), Held(1, detection(2), "pc"))
    with database.session(store) as s:
        held_back.trim(s, NOW + held_back.KEEP_WINDOWS + 1)
        assert [row.correlated for row in s.scalars(select(HeldRow))] == [False]
        held_back.trim(s, NOW + (held_back.KEEP_COUNTS + 1) * DAY)
        assert s.scalars(select(HeldCountRow)).all() == []
    assert totals(store)[1][0] == 2
