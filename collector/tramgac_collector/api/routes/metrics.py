"""`/api/metrics`: what the collector tells a monitoring system; `/api/access-tokens`: what lets that in."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, ConfigDict, Field
from tramgac_proto.names import time_text

from tramgac_collector import access_tokens, audit
from tramgac_collector.access_schema import AccessTokenRow
from tramgac_collector.api.answers import answer, done
from tramgac_collector.api.permissions import Actor, Permission, requires
from tramgac_collector.api.services import Here
from tramgac_collector.database import reading, session

router: Final = APIRouter(prefix="/api", tags=["metrics"])

_Manager = Annotated[Actor, Depends(requires(Permission.TOKENS_MANAGE))]
_LONGEST_S: Final = 5 * 366 * 24 * 3600


class AccessTokenBody(BaseModel):
    """A token for one program, good for `ttl_s` seconds."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=100)]
    ttl_s: Annotated[int, Field(ge=60, le=_LONGEST_S)] = 365 * 24 * 3600


@router.get("/metrics", dependencies=[Depends(requires(Permission.METRICS_READ))])
def metrics(here: Here) -> Response:
    """Give all metrics, Prometheus' text format 0.0.4."""
    from tramgac_collector.metrics.exposition import MEDIA_TYPE, exposed  # at the first scrape, if there ever is one

    return Response(exposed(here), media_type=MEDIA_TYPE)


@router.get("/access-tokens")
def listing(here: Here, _actor: _Manager) -> Response:
    """Give all access tokens, newest first; no secret is kept, so none is shown."""
    with reading(here.engine) as s:
        return answer({"items": [_form(row) for row in access_tokens.listing(s)]})


@router.post("/access-tokens")
def create(here: Here, actor: _Manager, body: AccessTokenBody) -> Response:
    """Make a token that reads the metrics; its secret is in this answer and nowhere else."""
    now, role = here.now(), access_tokens.MONITOR
    with session(here.engine) as s:
        secret, row = access_tokens.create(s, name=body.name, role=role, ttl_s=body.ttl_s, by=actor.name, now=now)
        audit.write(s, actor.name, "access_token.create", str(row.id), {"name": body.name, "role": role}, now)
        form = _form(row)
    return answer({**form, "secret": secret}, 201)


@router.delete("/access-tokens/{token}")
def revoke(here: Here, actor: _Manager, token: Annotated[int, Path(ge=1, lt=1 << 63)]) -> Response:
    """Take a token back."""
    with session(here.engine) as s:
        access_tokens.revoke(s, token, here.now())
        audit.write(s, actor.name, "access_token.revoke", str(token), {}, here.now())
    return done()


def _form(row: AccessTokenRow) -> dict[str, Any]:
    def moment(ns: int | None) -> str | None:
        return None if ns is None else time_text(ns)

    return {
        "id": row.id,
        "name": row.name,
        "role": row.role,
        "expires": time_text(row.expires),
        "created": time_text(row.created),
        "created_by": row.created_by,
        "revoked": moment(row.revoked),
        "last_used": moment(row.last_used),
    }
