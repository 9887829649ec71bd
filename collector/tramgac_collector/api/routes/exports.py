"""`/api/exports`: how alerts and events for other systems stand."""

from typing import Final

from fastapi import APIRouter, Depends, Response

from tramgac_collector.api.answers import answer
from tramgac_collector.api.permissions import Permission, requires
from tramgac_collector.api.services import Here
from tramgac_collector.database import reading
from tramgac_collector.export.status import status

router: Final = APIRouter(
    prefix="/api/exports", tags=["exports"], dependencies=[Depends(requires(Permission.STATUS_READ))]
)


@router.get("")
def standing(here: Here) -> Response:
    """Give what `export.toml` says, and how far each target is."""
    with reading(here.engine) as s:
        return answer(status(s, here.paths))
