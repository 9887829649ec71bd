"""`/api/tokens`: enrolment tokens, and the tickets that carry them."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, ConfigDict, Field
from tramgac_proto.names import time_text

from tramgac_collector import audit, tokens
from tramgac_collector.api.answers import answer, done
from tramgac_collector.api.permissions import Actor, Permission, requires
from tramgac_collector.api.services import Here
from tramgac_collector.api.tickets import ticket
from tramgac_collector.database import reading, session
from tramgac_collector.schema import TokenRow

router: Final = APIRouter(prefix="/api/tokens", tags=["tokens"])

_Manager = Annotated[Actor, Depends(requires(Permission.TOKENS_MANAGE))]
_YEAR_S: Final = 365 * 24 * 3600


class TokenBody(BaseModel):
    """A token for `uses` hosts of a site, good for `ttl_s` seconds."""

    model_config = ConfigDict(extra="forbid")

    uses: Annotated[int, Field(ge=1, le=100_000)] = 1
    ttl_s: Annotated[int, Field(ge=1, le=_YEAR_S)] = 86_400
    site: Annotated[str, Field(max_length=100)] = ""


@router.get("")
def listing(here: Here, _actor: _Manager) -> Response:
    """Give all tokens, newest first; no secret is kept, so none is shown."""
    with reading(here.engine) as s:
        return answer({"items": [_form(row) for row in tokens.listing(s)]})


@router.post("")
def create(here: Here, actor: _Manager, body: TokenBody) -> Response:
    """Make a token; its ticket is in this answer and nowhere else."""
    now = here.now()
    with session(here.engine) as s:
        secret, row = tokens.create(s, uses=body.uses, ttl_s=body.ttl_s, site=body.site, by=actor.name, now=now)
        audit.write(s, actor.name, "token.create", str(row.id), {"uses": body.uses, "site": body.site}, now)
        form = _form(row)
    return answer({**form, "ticket": ticket(here.paths, here.config, secret)}, 201)


@router.delete("/{token}")
def revoke(here: Here, actor: _Manager, token: Annotated[int, Path(ge=1, lt=1 << 63)]) -> Response:
    """Take a token back."""
    with session(here.engine) as s:
        tokens.revoke(s, token, here.now())
        audit.write(s, actor.name, "token.revoke", str(token), {}, here.now())
    return done()


def _form(row: TokenRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "uses": row.uses,
        "used": row.used,
        "site": row.site,
        "expires": time_text(row.expires),
        "created": time_text(row.created),
        "created_by": row.created_by,
        "revoked": None if row.revoked is None else time_text(row.revoked),
    }
