from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from tramgac_collector import database, logins, users
from tramgac_collector.logins import ABSOLUTE, FREE_USER, IDLE, LONGEST, SECOND
from tramgac_collector.refusals import LoginDelayed, LoginRefused
from tramgac_collector.schema import AttemptRow, OnceRow, SessionRow

PASSWORD = "mật khẩu đủ dài 2026"


@pytest.fixture
def an(store, now, quick_passwords):
    """A store with one analyst, an."""
    with database.session(store) as s:
        users.create(s, "an", "analyst", now, password=PASSWORD)
    return store


@pytest.fixture
def quick(monkeypatch):
    """Passwords compared at once: for tests of the counters around the comparison."""
    monkeypatch.setattr(users, "is_password", lambda stored, password: stored is not None and password == PASSWORD)


def attempt(engine, now, *, name="an", password="wrong", source="10.0.0.9"):
    return logins.check_password(engine, name, password, source, now)


def test_the_right_password(an, now):
    assert attempt(an, now, password=PASSWORD).role == "analyst"


@pytest.mark.parametrize(
    ("name", "password"), [("an", "wrong"), ("nobody", PASSWORD), ("\ud800\x00", PASSWORD), ("", "")]
)
def test_what_is_wrong_is_not_told(an, now, name, password):
    with pytest.raises(LoginRefused, match="name or password are wrong"):
        attempt(an, now, name=name, password=password)


def test_a_closed_account(an, now, quick):
    with database.session(an) as s:
        users.disable(s, "an", now)
    with pytest.raises(LoginRefused):
        attempt(an, now, password=PASSWORD)


def test_failures_make_waits_grow_and_a_success_clears_them(an, now, quick):
    for _ in range(2 * FREE_USER):
        with pytest.raises(LoginRefused):
            attempt(an, now)
        assert attempt(an, now, password=PASSWORD)
    waits, clock = [], now
    for _ in range(FREE_USER + 4):
        try:
            attempt(an, clock)
        except LoginDelayed as delayed:
            waits.append(delayed.seconds)
            clock += delayed.seconds * SECOND
        except LoginRefused:
            pass
    assert waits == [1, 2]
    assert attempt(an, clock + LONGEST * SECOND, password=PASSWORD).name == "an"
    with database.reading(an) as s:
        assert [row.key for row in s.scalars(select(AttemptRow))] == ["source:10.0.0.9"]


def test_a_wait_holds_for_the_right_password_too(an, now, quick):
    for _ in range(FREE_USER):
        with pytest.raises(LoginRefused):
            attempt(an, now)
    with pytest.raises(LoginDelayed, match="1 s"):
        attempt(an, now, password=PASSWORD)
    assert attempt(an, now + SECOND, password=PASSWORD)


def test_parallel_tries_pass_no_limit(an, now, monkeypatch):
    """The count stands before the password is looked at: a hundred at once are no more than five."""
    looked = []
    monkeypatch.setattr(users, "is_password", lambda _stored, _password: bool(looked.append(1)))

    def one(number):
        try:
            attempt(an, now, source=f"10.0.0.{number}")
        except LoginRefused:
            return

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(30)))
    assert len(looked) == FREE_USER


def test_one_address_that_tries_many_names_waits_too(an, now, quick, monkeypatch):
    monkeypatch.setattr(logins, "FREE_SOURCE", 3)
    for number in range(3):
        with pytest.raises(LoginRefused):
            attempt(an, now, name=f"user {number}")
    with pytest.raises(LoginDelayed):
        attempt(an, now, name="another")
    assert attempt(an, now, password=PASSWORD, source="10.0.0.10")


def test_failures_are_forgotten_after_a_day(an, now, quick):
    for _ in range(FREE_USER):
        with pytest.raises(LoginRefused):
            attempt(an, now)
    with pytest.raises(LoginRefused):
        attempt(an, now + 2 * logins.FORGET)
    with database.reading(an) as s:
        assert s.get_one(AttemptRow, "user:an").count == 1


def test_a_login_token_works_once(an, now):
    with database.session(an) as s:
        token = logins.once_token(s, "an", 60, now)
        assert token not in repr([vars(row) for row in s.scalars(select(OnceRow))])
        assert logins.redeem_once(s, token, now + 59 * SECOND).name == "an"
        with pytest.raises(LoginRefused):
            logins.redeem_once(s, token, now + 59 * SECOND)


@pytest.mark.parametrize("token", ["", "x", "\ud800", "\x00"])
def test_a_login_token_that_is_none_or_too_old(an, now, token):
    with database.session(an) as s:
        with pytest.raises(LoginRefused):
            logins.redeem_once(s, token, now)
        old = logins.once_token(s, "an", 60, now)
        with pytest.raises(LoginRefused):
            logins.redeem_once(s, old, now + 60 * SECOND)


def test_a_session_lasts_while_it_is_used_and_not_for_ever(an, now):
    with database.session(an) as s:
        person = users.Person(users.get(s, "an").id, "an", "analyst")
        token = logins.open_session(s, person, now)
        assert token not in repr([vars(row) for row in s.scalars(select(SessionRow))])
        assert logins.find_session(s, token, now) == logins.Found(person, touch=False)
        assert logins.find_session(s, token, now + IDLE) is None
        clock = now
        while clock + IDLE - 1 < now + ABSOLUTE:
            clock += IDLE - 1
            found = logins.find_session(s, token, clock)
            assert found is not None
            assert found.touch
            logins.touch_session(s, token, clock)
            assert not logins.find_session(s, token, clock).touch
        assert logins.find_session(s, token, now + ABSOLUTE) is None


def test_a_role_changes_from_the_next_request(an, now):
    with database.session(an) as s:
        token = logins.open_session(s, users.Person(users.get(s, "an").id, "an", "analyst"), now)
        users.set_role(s, "an", "viewer")
        assert logins.find_session(s, token, now).person.role == "viewer"
        logins.close_session(s, token)
        assert logins.find_session(s, token, now) is None
        assert logins.find_session(s, "\ud800", now) is None


def test_what_has_ended_is_swept_out(an, now):
    with database.session(an) as s:
        person = users.Person(users.get(s, "an").id, "an", "analyst")
        logins.open_session(s, person, now)
        logins.once_token(s, "an", 60, now)
        s.add(AttemptRow(key="user:random", count=1, until=now))
        logins.open_session(s, person, now + 2 * logins.FORGET)
        counts = [len(s.scalars(select(table)).all()) for table in (SessionRow, OnceRow, AttemptRow)]
    assert counts == [1, 0, 0]
