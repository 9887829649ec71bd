"""`/api/notify`: how notifications fare; what was given up may be tried again or forgotten."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Response

from tramgac_collector import audit, bell
from tramgac_collector.api.answers import answer
from tramgac_collector.api.permissions import Actor, Permission, requires
from tramgac_collector.api.services import Here
from tramgac_collector.database import reading, session
from tramgac_collector.notify import keeping
from tramgac_collector.notify.status import status

router: Final = APIRouter(prefix="/api/notify", tags=["notify"])

_Manager = Annotated[Actor, Depends(requires(Permission.NOTIFY_MANAGE))]
_Channel = Annotated[str, Path(max_length=64)]


@router.get("", dependencies=[Depends(requires(Permission.STATUS_READ))])
def standing(here: Here) -> Response:
    """Give what `notify.toml` says, and how each channel fares."""
    with reading(here.engine) as s:
        return answer(status(s, here.paths))


@router.post("/{channel}/retry")
def retry(here: Here, actor: _Manager, channel: _Channel) -> Response:
    """Have all that was given up for a channel tried again; give how many alerts."""
    with session(here.engine) as s:
        alerts = keeping.want_again(s, channel)
        audit.write(s, actor.name, "notify.retry", channel, {"alerts": alerts}, here.now())
    bell.ring(here.paths.run, keeping.NAME)
    return answer({"channel": channel, "alerts": alerts})


@router.post("/{channel}/forget")
def forget(here: Here, actor: _Manager, channel: _Channel) -> Response:
    """Remove all that was given up for a channel; give how many alerts."""
    with session(here.engine) as s:
        alerts = keeping.forget(s, channel)
        audit.write(s, actor.name, "notify.forget", channel, {"alerts": alerts}, here.now())
    return answer({"channel": channel, "alerts": alerts})
