"""People who use the console: their accounts and their passwords' hashes. What a role may do stands with the API."""

import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tramgac_collector.account_rules import (
    MAX_NAME,
    MAX_PASSWORD,
    MIN_DIFFERENT,
    MIN_PASSWORD,
    good_name,
    good_password,
)
from tramgac_collector.columns import clean
from tramgac_collector.refusals import PasswordWeak, RoleUnknown, UserExists, UserUnknown
from tramgac_collector.schema import OnceRow, SessionRow, UserRow
from tramgac_collector.vocabulary import ROLES

# argon2id, 64 MiB, 3 passes: 285 ms here. Two at a time: a hundred logins at once would take 6 GB otherwise.
_HASHER = PasswordHasher()
_HASHING = threading.BoundedSemaphore(2)
_NOBODY = _HASHER.hash("nobody has this password, and it takes as long to find that out")


@dataclass(frozen=True, slots=True)
class Person:
    """Who is logged in."""

    id: int
    name: str
    role: str


def create(s: Session, name: str, role: str, now: int, *, password: str | None = None) -> UserRow:
    """Make an account; without a password it is entered by a login token only.

    Raises:
        UserExists, RoleUnknown, PasswordWeak, or ValueError for a name that is none.

    """
    name = normal(name)
    if not good_name(name):
        message = f"a user's name has 1 to {MAX_NAME} printable characters"
        raise ValueError(message)
    _check_role(role)
    hashed = None if password is None else hash_password(password)  # before the transaction takes the database's lock
    if s.scalar(select(UserRow.id).where(UserRow.name == name)) is not None:
        message = f"there is a user {name!r} already"
        raise UserExists(message, name=name)
    row = UserRow(name=name, role=role, created=now, password=hashed)
    s.add(row)
    s.flush()
    return row


def get(s: Session, name: str) -> UserRow:
    """Return an account. Raises UserUnknown."""
    row = s.scalars(select(UserRow).where(UserRow.name == normal(name))).one_or_none()
    if row is None:
        message = f"there is no user {name!r}; `tramgac users` lists them"
        raise UserUnknown(message, name=name)
    return row


def listing(s: Session) -> Sequence[UserRow]:
    """Return all accounts by name."""
    return s.scalars(select(UserRow).order_by(UserRow.name)).all()


def set_role(s: Session, name: str, role: str) -> None:
    """Give a user another role, in force from the next request. Raises UserUnknown, RoleUnknown."""
    _check_role(role)
    get(s, name).role = role


def set_password(s: Session, name: str, password: str) -> None:
    """Give a user another password and end the user's sessions. Raises UserUnknown, PasswordWeak."""
    hashed = hash_password(password)  # before the transaction takes the database's lock
    row = get(s, name)
    row.password = hashed
    _end_all(s, row.id)


def disable(s: Session, name: str, now: int) -> None:
    """Close an account and end its sessions; what the user did stays. Raises UserUnknown."""
    row = get(s, name)
    row.disabled = now
    _end_all(s, row.id)


def enable(s: Session, name: str) -> None:
    """Open a closed account again. Raises UserUnknown."""
    get(s, name).disabled = None


def hash_password(password: str) -> str:
    """Return the argon2id hash of a new password. Slow (0.3 s): best before a transaction begins.

    Raises:
        PasswordWeak: it is too short, too long, or made of very few characters.

    """
    if not good_password(password):
        least = f"at least {MIN_DIFFERENT} different ones"
        message = f"a password has {MIN_PASSWORD} to {MAX_PASSWORD} characters, and {least}"
        raise PasswordWeak(message, least=MIN_PASSWORD, most=MAX_PASSWORD, different=MIN_DIFFERENT)
    with _HASHING:
        return _HASHER.hash(normal(password))


def is_password(stored: str | None, password: str) -> bool:
    """Tell whether the password is the stored one. As slow when there is none, so that time tells nothing."""
    with _HASHING:
        try:
            _HASHER.verify(stored or _NOBODY, normal(password[: MAX_PASSWORD + 1]))
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


def normal(text: str) -> str:
    """Return text in one form: keyboards write Vietnamese letters composed or decomposed."""
    return unicodedata.normalize("NFC", clean(text))


def _check_role(role: str) -> None:
    if role not in ROLES:
        message = f"{role!r} is no role; the roles are {', '.join(ROLES)}"
        raise RoleUnknown(message, field="role", value=role, allowed=ROLES)


def _end_all(s: Session, user_id: int) -> None:
    s.execute(delete(SessionRow).where(SessionRow.user_id == user_id))
    s.execute(delete(OnceRow).where(OnceRow.user_id == user_id))
