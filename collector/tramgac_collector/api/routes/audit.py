"""`/api/audit`: who did what, newest first."""

import json
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Response
from tramgac_proto.names import time_text

from tramgac_collector import audit
from tramgac_collector.api.answers import answer
from tramgac_collector.api.permissions import Permission, requires
from tramgac_collector.api.services import Here
from tramgac_collector.database import reading

router: Final = APIRouter(prefix="/api/audit", tags=["audit"], dependencies=[Depends(requires(Permission.AUDIT_READ))])


@router.get("")
def page(
    here: Here,
    before: Annotated[int | None, Query(ge=1)] = None,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> Response:
    """Give up to `limit` rows with ids below `before`."""
    with reading(here.engine) as s:
        rows = audit.page(s, before=before, limit=limit)
    items = [
        {
            "id": row.id,
            "time": time_text(row.time),
            "actor": row.actor,
            "action": row.action,
            "object": row.object,
            "detail": json.loads(row.detail),
        }
        for row in rows
    ]
    return answer({"items": items, "next": items[-1]["id"] if len(items) == limit else None})


@router.get("/verify")
def verify(here: Here) -> Response:
    """Walk the whole trail; tells the first row that is not as it was written."""
    with reading(here.engine) as s:
        broken = audit.verify(s)
    told = None if broken is None else {"id": broken.id, "what": broken.what}
    return answer({"ok": broken is None, "broken": told})
