"""`/api/hosts`: what is watched, how, whether all of it is here, and who may speak."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Response

from tramgac_collector import audit, bell, host_ledger, hosts
from tramgac_collector.api.answers import answer
from tramgac_collector.api.permissions import Actor, Permission, requires
from tramgac_collector.api.services import Here
from tramgac_collector.database import reading, session

router: Final = APIRouter(prefix="/api/hosts", tags=["hosts"])

_Reader = Annotated[Actor, Depends(requires(Permission.HOSTS_READ))]
_Manager = Annotated[Actor, Depends(requires(Permission.HOSTS_MANAGE))]
_Host = Annotated[str, Path(max_length=255, description="A host's id, how it begins, or its name.")]


@router.get("")
def listing(here: Here, _actor: _Reader) -> Response:
    """Give all hosts, by name."""
    with reading(here.engine) as s:
        return answer({"items": hosts.listing(s)})


@router.get("/{host}")
def one(here: Here, _actor: _Reader, host: _Host) -> Response:
    """Give one host."""
    with reading(here.engine) as s:
        return answer(hosts.get(s, hosts.find(s, host)))


@router.get("/{host}/ledger")
def ledger(here: Here, _actor: _Reader, host: _Host) -> Response:
    """Give what became of every event of one host: complete, or what is missing, since when and why."""
    with reading(here.engine) as s:
        return answer(host_ledger.ledger(s, hosts.find(s, host)))


@router.post("/{host}/revoke")
def revoke(here: Here, actor: _Manager, host: _Host) -> Response:
    """Let a host speak no longer (a stolen machine): its stream ends at once, its certificate opens none."""
    with session(here.engine) as s:
        found = hosts.find(s, host)
        hosts.deactivate(s, found, here.now())
        audit.write(s, actor.name, "host.revoke", found, {}, here.now())
    _tell(here)
    return answer({"id": found, "active": False})


@router.post("/{host}/allow")
def allow(here: Here, actor: _Manager, host: _Host) -> Response:
    """Let a host speak again."""
    with session(here.engine) as s:
        found = hosts.find(s, host)
        hosts.activate(s, found, here.now())
        audit.write(s, actor.name, "host.allow", found, {}, here.now())
    _tell(here)
    return answer({"id": found, "active": True})


@router.post("/{host}/release")
def release(here: Here, actor: _Manager, host: _Host) -> Response:
    """End a host's quarantine, after what brought it there is mended."""
    with session(here.engine) as s:
        found = hosts.find(s, host)
        released = hosts.release(s, found, here.now())
        if released:
            audit.write(s, actor.name, "host.release", found, {}, here.now())
    _tell(here)
    return answer({"id": found, "released": released})


@router.post("/{host}/forget")
def forget(here: Here, actor: _Manager, host: _Host) -> Response:
    """Remove a host that was enrolled and never spoke, such as one whose enrolment failed half way."""
    with session(here.engine) as s:
        found = hosts.find(s, host)
        name = hosts.get(s, found)["name"]
        hosts.forget(s, found, here.now())
        audit.write(s, actor.name, "host.forget", found, {"name": name}, here.now())
    _tell(here)
    return answer({"id": found, "forgotten": True})


def _tell(here: Here) -> None:
    bell.ring(here.paths.run, "gateway")  # it looks who may speak, and ends the streams of those who may not
    here.hub.nudge()
