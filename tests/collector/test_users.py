import unicodedata

import pytest
from tramgac_collector import database, logins, users
from tramgac_collector.refusals import PasswordWeak, RoleUnknown, UserExists, UserUnknown

from tests.collector.control_store import DATABASES

PASSWORD = "mật khẩu đủ dài 2026"


@pytest.mark.parametrize("store_url", DATABASES[:1], indirect=True)  # they are slow by design
def test_passwords_are_argon2id_hashes(store, now):
    with database.session(store) as s:
        row = users.create(s, "an", "analyst", now, password=PASSWORD)
        assert row.password.startswith("$argon2id$")
        assert PASSWORD not in row.password
    assert users.is_password(row.password, PASSWORD)
    assert users.is_password(row.password, unicodedata.normalize("NFD", PASSWORD)), "however the keyboard writes it"
    assert not users.is_password(row.password, PASSWORD + "x")
    assert not users.is_password(row.password, "")
    assert not users.is_password(row.password, "\ud800\x00")


def test_an_account_without_a_password_has_none_that_fits():
    assert not users.is_password(None, "nobody has this password, and it takes as long to find that out")
    assert not users.is_password("$argon2id$broken", PASSWORD)


@pytest.mark.parametrize("password", ["", "short", "a" * 40, "abcde" * 10, "x" * 14, "abcdefgh" * 200])
def test_weak_passwords(store, now, password):
    with database.session(store) as s, pytest.raises(PasswordWeak, match="15"):
        users.create(s, "an", "analyst", now, password=password)


@pytest.mark.parametrize("name", ["", "x" * 129, "a\nb", "a\x1b[31m", "\u202eroot"])
def test_names_that_are_none(store, now, name):
    with database.session(store) as s, pytest.raises(ValueError, match="printable"):
        users.create(s, name, "analyst", now)


def test_a_name_is_taken_in_whatever_form_it_is_written(store, now):
    with database.session(store) as s:
        users.create(s, "Hạnh", "analyst", now)
        with pytest.raises(UserExists):
            users.create(s, unicodedata.normalize("NFD", "Hạnh"), "viewer", now)


def test_roles(store, now):
    with database.session(store) as s:
        for role in users.ROLES:
            users.create(s, role, role, now)
        with pytest.raises(RoleUnknown, match="viewer"):
            users.create(s, "x", "root", now)
        with pytest.raises(RoleUnknown):
            users.set_role(s, "viewer", "")
        users.set_role(s, "viewer", "analyst")
        assert [row.role for row in users.listing(s) if row.name == "viewer"] == ["analyst"]


def test_another_password_and_a_closed_account_end_sessions(store, now, quick_passwords):
    with database.session(store) as s:
        row = users.create(s, "an", "analyst", now)
        person = users.Person(row.id, row.name, row.role)
        first = logins.open_session(s, person, now)
        users.set_password(s, "an", PASSWORD)
        assert logins.find_session(s, first, now) is None
        second = logins.open_session(s, person, now)
        once = logins.once_token(s, "an", 60, now)
        users.disable(s, "an", now)
        assert logins.find_session(s, second, now) is None
        users.enable(s, "an")
        assert logins.find_session(s, second, now) is None
        with pytest.raises(logins.LoginRefused):
            logins.redeem_once(s, once, now)


def test_nobody(store, now, quick_passwords):
    with database.session(store) as s:
        for act in (
            lambda: users.get(s, "x"),
            lambda: users.set_role(s, "x", "viewer"),
            lambda: users.set_password(s, "x", PASSWORD),
            lambda: users.disable(s, "\ud800", now),
        ):
            with pytest.raises(UserUnknown):
                act()
