"""`/api/users`: who may use the console."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, ConfigDict, Field
from tramgac_proto.names import time_text

from tramgac_collector import audit, logins, users
from tramgac_collector.account_rules import MAX_NAME, MAX_PASSWORD
from tramgac_collector.api.answers import answer, done
from tramgac_collector.api.errors import Refused
from tramgac_collector.api.permissions import Actor, Permission, requires
from tramgac_collector.api.services import Here
from tramgac_collector.database import reading, session
from tramgac_collector.schema import UserRow

router: Final = APIRouter(prefix="/api/users", tags=["users"])

_Manager = Annotated[Actor, Depends(requires(Permission.USERS_MANAGE))]
_Name = Annotated[str, Path(max_length=MAX_NAME)]
_Role = Annotated[str, Field(max_length=16)]
_Password = Annotated[str, Field(max_length=MAX_PASSWORD)]
ONCE_S: Final = 600
"""A one-time log-in is good for so long, seconds."""


class UserBody(BaseModel):
    """A new user; without a password only a one-time log-in lets the user in."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=MAX_NAME)]
    role: _Role
    password: _Password | None = None


class RoleBody(BaseModel):
    """A user's new role."""

    model_config = ConfigDict(extra="forbid")

    role: _Role


class PasswordBody(BaseModel):
    """A user's new password."""

    model_config = ConfigDict(extra="forbid")

    password: _Password


@router.get("")
def listing(here: Here, _actor: _Manager) -> Response:
    """Give all users, by name."""
    with reading(here.engine) as s:
        return answer({"items": [_form(row) for row in users.listing(s)]})


@router.post("")
def create(here: Here, actor: _Manager, body: UserBody) -> Response:
    """Make a user."""
    now = here.now()
    with session(here.engine) as s:
        try:
            row = users.create(s, body.name, body.role, now, password=body.password)
        except ValueError as error:
            raise Refused(field="name", refusal="user_name", most=MAX_NAME, reason=str(error)) from None
        audit.write(s, actor.name, "user.create", row.name, {"role": row.role}, now)
        form = _form(row)
    return answer(form, 201)


@router.post("/{name}/once")
def once(here: Here, actor: _Manager, name: _Name) -> Response:
    """Make a one-time log-in; its address is in this answer and nowhere else."""
    with session(here.engine) as s:
        token = logins.once_token(s, name, ONCE_S, here.now())
        audit.write(s, actor.name, "user.once", name, {}, here.now())
    # In the fragment, which browsers never send: it stays out of any proxy's log.
    return answer({"url": f"{here.origin}/#once={token}", "token": token, "valid_s": ONCE_S}, 201)


@router.post("/{name}/role")
def set_role(here: Here, actor: _Manager, name: _Name, body: RoleBody) -> Response:
    """Give a user another role, in force from the next request."""
    with session(here.engine) as s:
        users.set_role(s, name, body.role)
        audit.write(s, actor.name, "user.role", name, {"role": body.role}, here.now())
    return done()


@router.post("/{name}/password")
def set_password(here: Here, actor: _Manager, name: _Name, body: PasswordBody) -> Response:
    """Give a user another password; the user's sessions end at once."""
    with session(here.engine) as s:
        users.set_password(s, name, body.password)
        audit.write(s, actor.name, "user.password", name, {}, here.now())
    return done()


@router.post("/{name}/disable")
def disable(here: Here, actor: _Manager, name: _Name) -> Response:
    """Close an account; its sessions end at once."""
    with session(here.engine) as s:
        users.disable(s, name, here.now())
        audit.write(s, actor.name, "user.disable", name, {}, here.now())
    return done()


@router.post("/{name}/enable")
def enable(here: Here, actor: _Manager, name: _Name) -> Response:
    """Open a closed account again."""
    with session(here.engine) as s:
        users.enable(s, name)
        audit.write(s, actor.name, "user.enable", name, {}, here.now())
    return done()


def _form(row: UserRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "role": row.role,
        "created": time_text(row.created),
        "password": row.password is not None,
        "disabled": None if row.disabled is None else time_text(row.disabled),
    }
