"""`/api/login`, `/api/logout`, `/api/session`, `/api/visitor`: beginning, ending and looking at a session."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from tramgac_collector import audit, logins
from tramgac_collector.api.answers import answer, done
from tramgac_collector.api.identity import clear_cookie, cookie_of, set_cookie
from tramgac_collector.api.permissions import Actor, Authenticator, Permission, public, requires
from tramgac_collector.api.services import Here, Services
from tramgac_collector.database import session
from tramgac_collector.refusals import LoginRefused
from tramgac_collector.users import Person

router: Final = APIRouter(prefix="/api", tags=["session"])


class Password(BaseModel):
    """A log-in by name and password."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=128)]
    password: Annotated[str, Field(max_length=1024)]


class Once(BaseModel):
    """A log-in by a token that works once."""

    model_config = ConfigDict(extra="forbid")

    once: Annotated[str, Field(max_length=128)]


@router.post("/login", dependencies=[Depends(public("whoever signs in has no session yet"))])
async def login(here: Here, request: Request, body: Password | Once) -> Response:
    """Begin a session; its cookie is in the answer. An earlier session of the same browser ends."""
    return await here.logins.run(_begin, here, request, body)


def _begin(here: Services, request: Request, body: Password | Once) -> Response:
    person = _person(here, request, body)
    now = here.now()
    with session(here.engine) as s:
        if earlier := cookie_of(request, here.config):
            logins.close_session(s, earlier)
        token = logins.open_session(s, person, now)
        audit.write(s, person.name, "login", person.name, {"from": _address(request)}, now)
    response = done()
    set_cookie(response, here.config, token)
    return response


@router.post("/logout")
def logout(here: Here, request: Request, actor: Annotated[Actor, Depends(requires(Permission.SELF))]) -> Response:
    """End the session."""
    with session(here.engine) as s:
        if token := cookie_of(request, here.config):
            logins.close_session(s, token)
        audit.write(s, actor.name, "logout", actor.name, {}, here.now())
    response = done()
    clear_cookie(response, here.config)
    return response


@router.get("/session")
def mine(actor: Annotated[Actor, Depends(requires(Permission.SELF))]) -> Response:
    """Give who is signed in and what the role allows."""
    return answer(_told(actor))


@router.get("/visitor", dependencies=[Depends(public("says of whoever asks only whether that is somebody"))])
def visitor(request: Request) -> Response:
    """Give the same of whoever asks, and no user for a stranger: a page asks it before it knows."""
    authenticator: Authenticator = request.app.state.authenticator
    actor = authenticator.actor(request)
    return answer({"user": None, "permissions": []} if actor is None else _told(actor))


def _told(actor: Actor) -> dict[str, Any]:
    allowed = sorted(permission.value for permission in actor.permissions)
    return {"user": {"name": actor.name, "role": actor.role}, "permissions": allowed}


def _person(here: Services, request: Request, body: Password | Once) -> Person:
    now = here.now()
    try:
        if isinstance(body, Once):
            with session(here.engine) as s:
                return logins.redeem_once(s, body.once, now)
        return logins.check_password(here.engine, body.name, body.password, _address(request), now)
    except LoginRefused as error:
        here.counts.add("logins_refused")
        name = body.name if isinstance(body, Password) else ""
        with session(here.engine) as s:
            audit.write(s, name, "login.refused", type(error).__name__, {"from": _address(request)}, now)
        raise


def _address(request: Request) -> str:
    # The peer itself: a header that says otherwise is anybody's to write.
    return "local" if request.client is None else request.client.host
