"""Access tokens: a secret of 192 bits lets a program use part of the API until so long. Only its hash is stored."""

import hashlib
import secrets
from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tramgac_collector.access_schema import AccessTokenRow
from tramgac_collector.refusals import AccessTokenUnknown

PREFIX = "tramgac_"
"""By which a secret is known where it should not be, in a repository say."""
MONITOR = "monitor"
"""The role of a program that reads the metrics."""
_TOUCH = 3_600_000_000_000


def create(s: Session, *, name: str, role: str, ttl_s: int, by: str, now: int) -> tuple[str, AccessTokenRow]:
    """Make a token that is good for `ttl_s` seconds; return its secret, shown once, and its row. `now` in ns."""
    secret = PREFIX + secrets.token_urlsafe(24)
    expires = now + ttl_s * 1_000_000_000
    row = AccessTokenRow(secret_hash=_hash(secret), name=name, role=role, expires=expires, created=now, created_by=by)
    s.add(row)
    s.flush()
    return secret, row


def find(s: Session, secret: str, now: int) -> AccessTokenRow | None:
    """Return the token with this secret if it holds now."""
    if not secret.startswith(PREFIX):
        return None
    row = s.scalars(select(AccessTokenRow).where(AccessTokenRow.secret_hash == _hash(secret))).one_or_none()
    return None if row is None or row.revoked is not None or now >= row.expires else row


def unused(row: AccessTokenRow, now: int) -> bool:
    """Tell whether it is time to write down that a token is used."""
    return row.last_used is None or now - row.last_used >= _TOUCH


def touch(s: Session, token_id: int, now: int) -> None:
    """Write down that a token is used."""
    s.execute(update(AccessTokenRow).where(AccessTokenRow.id == token_id).values(last_used=now))


def revoke(s: Session, token_id: int, now: int) -> None:
    """Take a token back. Raises AccessTokenUnknown."""
    row = s.get(AccessTokenRow, token_id)
    if row is None:
        message = f"there is no access token {token_id}; `tramgac metrics tokens` lists them"
        raise AccessTokenUnknown(message, id=token_id)
    row.revoked = row.revoked or now


def listing(s: Session) -> Sequence[AccessTokenRow]:
    """Return all tokens, newest first."""
    return s.scalars(select(AccessTokenRow).order_by(AccessTokenRow.id.desc())).all()


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "backslashreplace")).hexdigest()
