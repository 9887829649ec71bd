import pytest
from tramgac_collector import access_tokens, database
from tramgac_collector.access_schema import AccessTokenRow
from tramgac_collector.access_tokens import MONITOR
from tramgac_collector.refusals import AccessTokenUnknown

HOUR = 3_600_000_000_000


def made(s, now):
    return access_tokens.create(s, name="prometheus", role=MONITOR, ttl_s=3_600, by="an", now=now)


def test_a_token_lets_in_until_its_end(store, now):
    with database.session(store) as s:
        secret, row = made(s, now)
        other, _ = made(s, now)
        assert secret not in (row.secret_hash, other)
        assert access_tokens.find(s, secret, now).name == "prometheus"
        assert access_tokens.find(s, secret, now + HOUR - 1) is not None
        for wrong in ("", "x", secret[:-1], secret.removeprefix("tramgac_"), secret + "\ud800", "tramgac_"):
            assert access_tokens.find(s, wrong, now) is None
        assert access_tokens.find(s, secret, now + HOUR) is None


def test_one_that_was_taken_back_lets_nobody_in(store, now):
    with database.session(store) as s:
        secret, row = made(s, now)
        access_tokens.revoke(s, row.id, now)
        access_tokens.revoke(s, row.id, now + 1)
        assert row.revoked == now
        assert access_tokens.find(s, secret, now) is None
        with pytest.raises(AccessTokenUnknown, match="metrics tokens"):
            access_tokens.revoke(s, 99, now)


def test_its_use_is_written_down_by_the_hour(store, now):
    with database.session(store) as s:
        _, row = made(s, now)
        assert access_tokens.unused(row, now)
        access_tokens.touch(s, row.id, now)
    with database.reading(store) as s:
        row = s.get_one(AccessTokenRow, row.id)
        assert [access_tokens.unused(row, now + later) for later in (0, HOUR - 1, HOUR)] == [False, False, True]
        assert access_tokens.listing(s) == [row]
