import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from tramgac_collector import database, tokens
from tramgac_collector.refusals import TokenExpired, TokenRefused, TokenRevoked, TokenUnknown, TokenUsed
from tramgac_collector.schema import TokenRow


def make(store, now, **changed):
    told = {"uses": 1, "ttl_s": 60, "site": "hue", "by": "an", "now": now, **changed}
    with database.session(store) as s:
        secret, row = tokens.create(s, **told)
    return secret, row.id


def test_a_token_lets_in_as_many_as_it_says(store, now):
    secret, number = make(store, now, uses=2)
    with database.session(store) as s:
        assert tokens.redeem(s, secret, now).site == "hue"
        assert tokens.redeem(s, secret, now + 1).id == number
        with pytest.raises(TokenUsed, match="2 times"):
            tokens.redeem(s, secret, now + 2)


def test_only_the_hash_is_stored(store, now):
    secret, _ = make(store, now)
    assert len(secret) == 32
    with database.reading(store) as s:
        row = s.scalars(select(TokenRow)).one()
        assert row.secret_hash == hashlib.sha256(secret.encode()).hexdigest()
        assert secret not in repr(vars(row))


@pytest.mark.parametrize("secret", ["", "x", "\x00", "\ud800", "a" * 100_000])
def test_an_unknown_secret(store, now, secret):
    with database.session(store) as s, pytest.raises(TokenUnknown, match="tokens create"):
        tokens.redeem(s, secret, now)


def test_an_expired_token(store, now):
    secret, _ = make(store, now)
    with database.session(store) as s, pytest.raises(TokenExpired, match="has expired; make another"):
        tokens.redeem(s, secret, now + 60_000_000_000)


def test_a_revoked_token(store, now):
    secret, number = make(store, now)
    with database.session(store) as s:
        tokens.revoke(s, number, now)
        tokens.revoke(s, number, now + 5)
    with database.session(store) as s, pytest.raises(TokenRevoked, match="was revoked; make another"):
        tokens.redeem(s, secret, now)
    with database.reading(store) as s:
        assert s.scalars(select(TokenRow)).one().revoked == now


def test_revoking_what_is_not_there(store, now):
    with database.session(store) as s, pytest.raises(TokenUnknown):
        tokens.revoke(s, 7, now)


@pytest.mark.parametrize("wrong", [{"uses": 0}, {"ttl_s": 0}])
def test_a_token_that_lets_nobody_in_is_not_made(store, now, wrong):
    with pytest.raises(ValueError, match="at least one"):
        make(store, now, **wrong)


def test_parallel_tries_pass_no_limit(store, now):
    secret, _ = make(store, now, uses=3)

    def redeem(_):
        try:
            with database.session(store) as s:
                tokens.redeem(s, secret, now)
        except TokenRefused:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(redeem, range(12))) == 3


def test_a_listing_is_newest_first(store, now):
    numbers = [make(store, now)[1] for _ in range(3)]
    with database.reading(store) as s:
        assert [row.id for row in tokens.listing(s)] == numbers[::-1]
