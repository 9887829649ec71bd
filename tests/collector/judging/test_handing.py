from sqlalchemy import func, select
from tramgac_collector import database, judges
from tramgac_collector.judge_schema import HandedRow
from tramgac_collector.judging import handing
from tramgac_collector.judging.correlation_rows import group_key
from tramgac_collector.judging.handing import Handing, Share

from tests.rules.correlation.making import correlation, match

OVER = correlation("event_count", ("gte", 2), number=1)
WITHIN = correlation("event_count", ("gte", 2), number=2, by_host=True)
ALL = correlation("event_count", ("gte", 2), number=3, group_by=())
SET = (OVER, WITHIN, ALL)
KNOWN = {each.rule.digest: index for index, each in enumerate(SET)}


def test_every_group_has_one_owner_and_rows_tell_the_same():
    shares = [Share(seat, SET) for seat in judges.seats(3)]
    for index in range(3):
        for number in range(40):
            host = f"{number:032x}"
            group = ((f"u{number}",), (host, "u"), ())[index]
            (owner,) = [share.seat.number for share in shares if share.owns(index, group)]
            where = (index, host if index == 1 else "", group_key(group))
            assert [share.owns_row(*where) for share in shares] == [share.seat.number == owner for share in shares]
    assert shares[0].owner(1, ("a1" * 16, "u")) == judges.number_of("a1" * 16, 3), "the judge of its host"
    assert Share(judges.Seat(), SET).owns(0, ("anybody",))


def handed(store, *items, content=5, now=9):
    made = Handing(Share(judges.Seat(1, 2), SET), content, now)
    with database.session(store) as s:
        for index, each, how in items:
            made.put(index, each, how)
        made.flush(s)
    return made


def waiting(store, owner=None, known=KNOWN, content=5):
    with database.reading(store) as s:
        return handing.waiting(s, owner, known, content)


def test_what_is_handed_over_comes_in_order_as_it_was(store, monkeypatch):
    odd = match(3, event=2**40, turn=1, group=("ế\x1f",), value=1.5)
    items = [
        (0, match(1, group=("x",)), "early"),
        (0, match(1, group=("x",)), "put"),
        (0, odd, "put"),
        (2, match(2, group=()), "drop"),
    ]
    made = handed(store, *items)
    found = waiting(store)
    assert [(each.index, each.match, each.how) for each in found] == items
    assert made.owners == {made.share.owner(index, each.group) for index, each, _ in items}
    assert made.count == 4
    mine = [each for owner in (1, 2) for each in waiting(store, owner)]
    assert sorted(each.id for each in mine) == [each.id for each in found]
    monkeypatch.setattr(handing, "AT_ONCE", 2)
    with database.session(store) as s:
        handing.taken(s, handing.waiting(s, None, KNOWN, 5))
        assert s.scalar(select(func.count()).select_from(HandedRow)) == 2


def test_what_newer_content_knows_waits_for_it(store):
    handed(store, (0, match(1), "put"))
    owner = Share(judges.Seat(1, 2), SET).owner(0, ("an",))
    with database.reading(store) as s:
        assert not handing.any_waits(s, owner, (), 4)
        assert handing.any_waits(s, owner, KNOWN, 4), "a correlation that both know"
        assert handing.any_waits(s, owner, (), 5)
    assert waiting(store, known={}, content=4) == []
    assert [each.index for each in waiting(store, known={})] == [None], "it is no longer in force"


def test_what_nobody_took_for_long_is_given_up(store):
    handed(store, (0, match(1), "put"), now=9)
    handed(store, (0, match(2), "put"), now=11)
    with database.session(store) as s:
        assert handing.trim(s, 10) == 1
    assert len(waiting(store)) == 1
