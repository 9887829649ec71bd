import pytest
from sqlalchemy import select
from tramgac_collector import database, exception_book
from tramgac_collector.errors import QueryError
from tramgac_collector.exception_book import Wanted
from tramgac_collector.exceptions import ANY
from tramgac_collector.refusals import (
    ExceptionLasting,
    ExceptionRefused,
    ExceptionThere,
    ExceptionUnknown,
    ExceptionWide,
)
from tramgac_collector.rule_states import key_of
from tramgac_collector.schema import AuditRow
from tramgac_proto.names import time_text

from tests.collector.control_store import NOW


def wanted(query="user.name:an", rule="r", **more):
    return Wanted(rule, query, "an", "harmless", **more)


def test_stated_read_and_ended(store):
    long = "indicator:" + "x" * 100
    with database.session(store) as s:
        first = exception_book.state(s, wanted(site="Huế", expires=NOW + 5), NOW)
        second = exception_book.state(s, wanted(rule=long), NOW + 1)
        every = exception_book.state(s, wanted(rule=ANY), NOW + 2)
        assert (second.rule, second.name, every.rule) == (key_of(long), long, "*")
        assert exception_book.number(s) == 3
        assert [row.id for row in exception_book.listing(s)] == [every.id, second.id, first.id]
        assert [exception_book.standing(first, NOW + at) for at in (4, 5)] == ["active", "expired"]
        ended = exception_book.end(s, second.id, by="binh", why="gone", now=NOW + 3)
        assert exception_book.standing(ended, NOW + 3) == "ended"
        assert exception_book.number(s) == 4
        for which, now in ((second.id, NOW), (first.id, NOW + 5), (99, NOW)):
            with pytest.raises(ExceptionUnknown):
                exception_book.end(s, which, by="binh", why="gone", now=now)
        trail = [(row.actor, row.action, row.object) for row in s.scalars(select(AuditRow).order_by(AuditRow.id))]
        stated = [("an", "exception.state", rule) for rule in ("r", long, "*")]
        assert trail == [*stated, ("binh", "exception.end", long)]
        assert exception_book.get(s, second.id).ended_why == "gone"
        with pytest.raises(ExceptionUnknown):
            exception_book.get(s, 99)


def test_what_nobody_can_state(store):
    with database.session(store) as s:
        for bad, error in (
            (wanted("(user.name:x"), QueryError),
            (wanted("*"), ExceptionWide),
            (wanted(rule="tramgac:host-silent"), ExceptionRefused),
            (wanted(expires=NOW), ExceptionRefused),
        ):
            with pytest.raises(error):
                exception_book.state(s, bad, NOW)
        assert exception_book.listing(s) == []
        assert exception_book.number(s) == 0
        assert exception_book.state(s, wanted("*", force=True), NOW).query == "*"


def test_what_stands_already_is_not_stated_again(store):
    with database.session(store) as s:
        first = exception_book.state(s, wanted("user.name:an Image:x", site="Huế", expires=NOW + 9), NOW).id
        wide = exception_book.state(s, wanted("User:binh", ANY, expires=NOW + 9), NOW).id
        for again, there in (
            (wanted("( user.name:an  and Image:x )", site="Huế", expires=NOW + 99, force=True), first),
            (wanted("User:binh", ANY, expires=NOW + 99), wide),
            (wanted("User:binh", "q", site="Huế", expires=NOW + 9), wide),
        ):
            with pytest.raises(ExceptionThere) as raised:
                exception_book.state(s, again, NOW)
            assert raised.value.params == {"id": there}
        for other in (
            wanted("user.name:an Image:x", expires=NOW + 9),
            wanted("user.name:an Image:y", site="Huế"),
            wanted("User:binh", "q", expires=NOW + 10),
            wanted("User:binh", "s"),
        ):
            assert exception_book.same(s, other, NOW) == 0
            exception_book.state(s, other, NOW)
        assert exception_book.same(s, wanted("User:binh", ANY), NOW + 9) == 0


def test_one_is_prolonged_and_says_by_whom(store):
    with database.session(store) as s:
        row = exception_book.state(s, wanted(expires=NOW + 5), NOW)
        later = Wanted("r", "user.name:an", "binh", "still so", expires=NOW + 9)
        exception_book.prolong(s, row.id, later, NOW + 1)
        assert (row.expires, row.by, row.prolonged, row.prolonged_by) == (NOW + 9, "an", NOW + 1, "binh")
        assert (row.prolonged_why, exception_book.number(s)) == ("still so", 2)
        trail = s.scalars(select(AuditRow).order_by(AuditRow.id.desc())).first()
        assert trail.action == "exception.prolong"
        assert f'"before": {NOW + 5},' in trail.detail
        with pytest.raises(ExceptionLasting) as raised:
            exception_book.prolong(s, row.id, later, NOW + 2)
        assert raised.value.params == {"id": row.id, "expires": time_text(NOW + 9)}
        with pytest.raises(ExceptionWide):
            exception_book.prolong(s, row.id, wanted("*", expires=NOW + 99), NOW + 2)
        with pytest.raises(ExceptionUnknown):
            exception_book.prolong(s, row.id, wanted(expires=NOW + 99), NOW + 9)
        ever = exception_book.state(s, wanted("user.name:chi"), NOW)
        with pytest.raises(ExceptionLasting):
            exception_book.prolong(s, ever.id, wanted(expires=NOW + 99), NOW)


def test_those_in_force_are_those_that_nobody_ended(store):
    with database.session(store) as s:
        exception_book.state(s, wanted(), NOW)
        gone = exception_book.state(s, wanted(rule="q"), NOW)
        exception_book.end(s, gone.id, by="an", why="", now=NOW)
        found = exception_book.load(s)
    assert (found.concern("r"), found.concern("q")) == (True, False)


def test_how_many_are_of_which_rule(store):
    with database.session(store) as s:
        for rule, user in (("r", "an"), ("r", "binh"), ("q", "an")):
            exception_book.state(s, wanted(f"user.name:{user}", rule, expires=NOW + 9), NOW)
        exception_book.end(s, 3, by="an", why="", now=NOW)
        assert exception_book.naming(s, ["r", "q", "x"], NOW) == {"r": 2}
        exception_book.state(s, wanted("user.name:chi", ANY), NOW)
        assert exception_book.naming(s, ["r", "q", "tramgac:host-silent"], NOW + 9) == {"r": 1, "q": 1}
