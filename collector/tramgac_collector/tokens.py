"""Enrolment tokens: a secret of 192 bits lets so many hosts in until so long. Only its hash is stored."""

import hashlib
import secrets
from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tramgac_collector.refusals import TokenExpired, TokenRevoked, TokenUnknown, TokenUsed
from tramgac_collector.schema import HostRow, TokenRow

SECRET_BYTES = 24
"""192 bits: not to be guessed, and short enough to be read out once over a telephone."""


def create(s: Session, *, uses: int, ttl_s: int, site: str, by: str, now: int) -> tuple[str, TokenRow]:
    """Make a token for `uses` hosts of `site`, good for `ttl_s` seconds; return its secret, shown once, and its row.

    `now` is nanoseconds since 1970 UTC. ValueError if uses or ttl_s is not above zero.
    """
    if uses < 1 or ttl_s < 1:
        message = f"a token needs at least one use and one second, not {uses} and {ttl_s}"
        raise ValueError(message)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    expires = now + ttl_s * 1_000_000_000
    row = TokenRow(secret_hash=_hash(secret), uses=uses, site=site, expires=expires, created=now, created_by=by)
    s.add(row)
    s.flush()
    return secret, row


def redeem(s: Session, secret: str, now: int, *, host: str = "") -> TokenRow:
    """Take one use of the token with this secret; return its row.

    A `host` (proven by its key) that this token let in, and that may still speak, takes no second use: the answer to
    its first request may have been lost.

    Raises TokenUnknown, TokenRevoked, TokenExpired or TokenUsed. The gateway answers all of them alike on the wire.
    """
    found = select(TokenRow).where(TokenRow.secret_hash == _hash(secret)).with_for_update()
    row = s.scalars(found).one_or_none()
    if row is None:
        message = "no enrolment token has this secret; make one with `tramgac tokens create`"
        raise TokenUnknown(message)
    if row.revoked is not None:
        message = f"enrolment token {row.id} was revoked; make another with `tramgac tokens create`"
        raise TokenRevoked(message)
    if now >= row.expires:
        message = f"enrolment token {row.id} has expired; make another with `tramgac tokens create`"
        raise TokenExpired(message)
    known = s.get(HostRow, host) if host else None
    if known is not None and known.active and known.token_id == row.id:
        return row
    if row.used >= row.uses:
        message = f"enrolment token {row.id} has been used {row.uses} times, as often as it may; make another"
        raise TokenUsed(message)
    row.used += 1
    s.flush()
    return row


def revoke(s: Session, token_id: int, now: int) -> None:
    """Take a token back; hosts that it let in stay. Raises TokenUnknown."""
    changed = s.execute(
        update(TokenRow)
        .where(TokenRow.id == token_id, TokenRow.revoked.is_(None))
        .values(revoked=now)
        .returning(TokenRow.id)
    ).first()
    if changed is None and s.get(TokenRow, token_id) is None:
        message = f"there is no enrolment token {token_id}; `tramgac tokens` lists them"
        raise TokenUnknown(message, id=token_id)


def listing(s: Session) -> Sequence[TokenRow]:
    """Return all tokens, newest first."""
    return s.scalars(select(TokenRow).order_by(TokenRow.id.desc())).all()


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "backslashreplace")).hexdigest()
