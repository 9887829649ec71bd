"""`/api/hosts`: what is watched, how, and whether all of it is here."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Response

from tramgac_collector import hosts
from tramgac_collector.api.answers import answer
from tramgac_collector.api.permissions import Permission, requires
from tramgac_collector.api.services import Here
from tramgac_collector.database import reading

router: Final = APIRouter(prefix="/api/hosts", tags=["hosts"], dependencies=[Depends(requires(Permission.HOSTS_READ))])


@router.get("")
def listing(here: Here) -> Response:
    """Give all hosts, by name."""
    with reading(here.engine) as s:
        return answer({"items": hosts.listing(s)})


@router.get("/{host}")
def one(here: Here, host: Annotated[str, Path(pattern="^[0-9a-f]{32}$")]) -> Response:
    """Give one host."""
    with reading(here.engine) as s:
        return answer(hosts.get(s, host))
