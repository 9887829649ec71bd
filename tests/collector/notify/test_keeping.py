from tramgac_collector import database
from tramgac_collector.notify import keeping
from tramgac_collector.notify_schema import ChannelRow, NoticeRow

from tests.collector.notify.briefs import HOSTILE, notice


def rows(store):
    with database.reading(store) as s:
        return [
            (row.channel, row.number, row.state, row.count) for row in s.query(NoticeRow).order_by(NoticeRow.number)
        ]


def channel(store):
    with database.reading(store) as s:
        return s.get(ChannelRow, "soc")


def some(number: int, count: int = 2):
    made = notice(count, summary=HOSTILE.replace("\x00", "").replace("\ud800", ""))
    made.number = number
    return made


def test_what_waits_comes_back_as_it_was(store):
    first, second = some(1), some(2, 30)
    second.tries, second.reason, second.due = 3, "down", 7
    with database.session(store) as s:
        keeping.numbered(s, "soc", 2)
        keeping.store(s, "soc", [first, second])
        keeping.store(s, "chat", [some(1)])
    with database.reading(store) as s:
        found, number = keeping.waiting(s, "soc")
        assert keeping.waiting(s, "nobody") == ([], 0)
    assert (sorted(found, key=lambda each: each.number), number) == ([first, second], 2)


def test_how_a_channel_fares(store):
    with database.session(store) as s:
        keeping.numbered(s, "soc", 3)
        keeping.store(s, "soc", [some(1), some(2), some(3)])
        keeping.failed(s, "soc", "down", 5)
    assert (channel(store).failed, channel(store).reason, channel(store).last_failed) == (1, "down", 5)
    with database.session(store) as s:
        keeping.sent(s, "soc", [some(1), some(3)], 9)
    assert rows(store) == [("soc", 2, "waiting", 2)]
    found = channel(store)
    assert (found.sent, found.alerts, found.last_sent, found.reason, found.number) == (1, 4, 9, "", 3)


def test_what_is_given_up_is_kept_and_counted_and_may_be_tried_again(store, monkeypatch):
    monkeypatch.setattr(keeping, "MOST_DEAD", 2)
    with database.session(store) as s:
        keeping.numbered(s, "soc", 3)
        keeping.store(s, "soc", [some(1), some(2), some(3)])
        keeping.given_up(s, "soc", [some(1), some(2), some(3)])
        keeping.given_up(s, "soc", [])
    assert rows(store) == [("soc", 2, "dead", 2), ("soc", 3, "dead", 2)]
    assert channel(store).given_up == 6, "the oldest is not kept, and counted all the same"
    with database.session(store) as s:
        assert not keeping.any_again(s)
        assert keeping.want_again(s, "chat") == 0
        assert keeping.want_again(s, "soc") == 4
        assert keeping.any_again(s)
        assert {name for name, _ in keeping.take_again(s)} == {"soc"}
        assert not keeping.any_again(s)
        assert keeping.forget(s, "soc") == 0
    assert [state for _, _, state, _ in rows(store)] == ["waiting", "waiting"]


def test_what_is_given_up_may_be_forgotten(store):
    with database.session(store) as s:
        keeping.numbered(s, "soc", 1)
        keeping.given_up(s, "soc", [some(1)])
        assert keeping.forget(s, "soc") == 2
    assert rows(store) == []


def test_the_place_in_the_outbox(store):
    with database.session(store) as s:
        assert keeping.position(s) is None
        keeping.move(s, 7)
        keeping.move(s, 9)
        assert keeping.position(s) == 9
