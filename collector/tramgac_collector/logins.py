"""Logging in: passwords with a growing delay, tokens that work once, sessions. Secrets are stored as hashes only."""

import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Session

from tramgac_collector import database, users
from tramgac_collector.refusals import LoginDelayed, LoginRefused, UserClosed
from tramgac_collector.schema import AttemptRow, OnceRow, SessionRow, UserRow
from tramgac_collector.users import Person

SECOND = 1_000_000_000
IDLE = 1_800 * SECOND
"""A session ends when it was not used for so long, nanoseconds."""
ABSOLUTE = 36_000 * SECOND
"""A session ends after so long whatever happens, nanoseconds."""
TOUCH = 60 * SECOND
"""Use of a session is written down at most so often, nanoseconds."""
FREE_USER, FREE_SOURCE = 5, 50
"""Failures of an account and of an address (many people may share one) that cost no waiting; each more doubles it."""
LONGEST = 900
"""Longest wait, seconds. Nobody is locked out for good: an attacker could do that to others."""
FORGET = 86_400 * SECOND
"""Failures are forgotten so long after the last, nanoseconds."""


@dataclass(frozen=True, slots=True)
class Found:
    """A session that stands. `touch`: its use should be written down (touch_session)."""

    person: Person
    touch: bool


def check_password(engine: Engine, name: str, password: str, source: str, now: int) -> Person:
    """Return who logs in with name and password from the address `source`.

    Each try is counted as failed, for the account and for the address, in one transaction before the password is
    looked at, so that parallel tries pass no limit; a right one clears the account's count. Slow (0.3 s), and no
    transaction is open meanwhile.

    Raises:
        LoginDelayed: too many failures; says how long to wait.
        LoginRefused: name or password are wrong, or the account is closed. Never says which.

    """
    account = f"user:{users.normal(name)}"[:200]
    with database.session(engine) as s:
        waits = (_count(s, account, FREE_USER, now), _count(s, f"source:{source}"[:200], FREE_SOURCE, now))
    if max(waits) > 0:
        raise LoginDelayed(max(waits))
    with database.reading(engine) as s:
        row = s.scalars(select(UserRow).where(UserRow.name == users.normal(name))).one_or_none()
    right = users.is_password(None if row is None else row.password, password)
    if row is None or not right or row.disabled is not None:
        message = "name or password are wrong"
        raise LoginRefused(message)
    with database.session(engine) as s:
        s.execute(delete(AttemptRow).where(AttemptRow.key == account))
    return Person(row.id, row.name, row.role)


def once_token(s: Session, name: str, ttl_s: int, now: int) -> str:
    """Make a token that logs `name` in once within `ttl_s` seconds. Raises UserUnknown, UserClosed."""
    user = users.get(s, name)
    if user.disabled is not None:
        message = f"the account of {name!r} is closed; `tramgac users enable` opens it"
        raise UserClosed(message, name=name)
    token = secrets.token_urlsafe(32)
    row = OnceRow(token_hash=_hash(token), user_id=user.id, expires=now + ttl_s * SECOND)
    s.add(row)
    s.flush()
    return token


def redeem_once(s: Session, token: str, now: int) -> Person:
    """Return who a login token logs in, and take the token. Raises LoginRefused."""
    taken = delete(OnceRow).where(OnceRow.token_hash == _hash(token)).returning(OnceRow.user_id, OnceRow.expires)
    found = s.execute(taken).one_or_none()
    row = None if found is None or found.expires <= now else s.get(UserRow, found.user_id)
    if row is None or row.disabled is not None:
        message = "the login token is wrong, used or too old; make another with `tramgac users once`"
        raise LoginRefused(message)
    return Person(row.id, row.name, row.role)


def open_session(s: Session, person: Person, now: int) -> str:
    """Begin a session; return the secret for its cookie. What has ended is swept out."""
    ended = (SessionRow.created <= now - ABSOLUTE) | (SessionRow.last_used <= now - IDLE)
    s.execute(delete(SessionRow).where(ended))
    s.execute(delete(AttemptRow).where(AttemptRow.until < now - FORGET))
    s.execute(delete(OnceRow).where(OnceRow.expires <= now))
    token = secrets.token_urlsafe(32)
    s.add(SessionRow(token_hash=_hash(token), user_id=person.id, created=now, last_used=now))
    s.flush()
    return token


def find_session(s: Session, token: str, now: int) -> Found | None:
    """Return the session of a cookie, None if it has ended or never was; writes nothing."""
    query = select(SessionRow, UserRow).join(UserRow, UserRow.id == SessionRow.user_id)
    found = s.execute(query.where(SessionRow.token_hash == _hash(token))).one_or_none()
    if found is None:
        return None
    session, user = found
    if user.disabled is not None or now >= min(session.created + ABSOLUTE, session.last_used + IDLE):
        return None
    return Found(Person(user.id, user.name, user.role), touch=now - session.last_used >= TOUCH)


def touch_session(s: Session, token: str, now: int) -> None:
    """Write down that a session was used."""
    mine = (SessionRow.token_hash == _hash(token), SessionRow.last_used < now)
    s.execute(update(SessionRow).where(*mine).values(last_used=now))


def close_session(s: Session, token: str) -> None:
    """End a session."""
    s.execute(delete(SessionRow).where(SessionRow.token_hash == _hash(token)))


def _count(s: Session, key: str, free: int, now: int) -> int:
    """Count a try; return how many seconds it comes too early, 0 if it may be looked at."""
    database.insert_new(s, AttemptRow, {"key": key, "count": 0, "until": now})
    row = s.get_one(AttemptRow, key, with_for_update=True)
    if row.until > now:
        return (row.until - now + SECOND - 1) // SECOND
    row.count = 1 if row.until < now - FORGET else row.count + 1
    over = row.count - free
    row.until = now if over < 0 else now + min(LONGEST, 1 << min(over, 20)) * SECOND
    s.flush()
    return 0


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "backslashreplace")).hexdigest()
