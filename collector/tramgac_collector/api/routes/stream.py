"""`/api/stream`: what happens, as server-sent events."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from tramgac_collector.api.frames import stream
from tramgac_collector.api.permissions import Permission, requires
from tramgac_collector.api.services import Here

router: Final = APIRouter(prefix="/api", tags=["stream"], dependencies=[Depends(requires(Permission.ALERTS_READ))])


@router.get("/stream")
async def follow(
    here: Here,
    request: Request,
    last_event_id: Annotated[str, Header(max_length=20)] = "",
    last: Annotated[int | None, Query(ge=0, lt=1 << 63, description="For pages that cannot set the header.")] = None,
) -> StreamingResponse:
    """Give alert, alert_changed, host and content events after `Last-Event-ID`; `reset` when that is too long ago."""
    # A header that is no number is another server's: it counts as one that is too old.
    seen = last if not last_event_id else int(last_event_id) if last_event_id.isdecimal() else -1

    async def allowed() -> bool:
        return bool(await run_in_threadpool(request.app.state.authenticator.still, request))

    return StreamingResponse(stream(here.hub, seen, allowed), media_type="text/event-stream")
