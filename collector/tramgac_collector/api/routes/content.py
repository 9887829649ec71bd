"""`/api/content` and `/api/rules`: what is on offer, and taking in what an author signed."""

import base64
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import select
from tramgac_proto.names import time_text

from tramgac_collector import audit, bell, content, exception_book, host_parked, samples, training
from tramgac_collector.api.answers import answer
from tramgac_collector.api.errors import NotFound
from tramgac_collector.api.exposure import beyond_loopback
from tramgac_collector.api.permissions import Actor, Permission, requires
from tramgac_collector.api.services import Here, Services
from tramgac_collector.api.standing import states_of
from tramgac_collector.database import reading, session
from tramgac_collector.refusals import ContentRefused
from tramgac_collector.rule_lookup import find_rules
from tramgac_collector.schema import ContentRow, HostRow, RoleContentRow

router: Final = APIRouter(prefix="/api", tags=["content"])

_Reader = Annotated[Actor, Depends(requires(Permission.RULES_READ))]
_Pusher = Annotated[Actor, Depends(requires(Permission.CONTENT_PUSH))]


@router.get("/content")
def current(here: Here, _actor: _Reader) -> Response:
    """Give what is on offer and until when it may be taken, and what each role of the collector has in force."""
    with reading(here.engine) as s:
        newest = s.scalars(select(ContentRow).order_by(ContentRow.version.desc()).limit(1)).one_or_none()
        roles = [_role(row) for row in s.scalars(select(RoleContentRow).order_by(RoleContentRow.role))]
        scans = samples.standing(s)
    if newest is None:
        return answer({"version": 0, "roles": roles, "scans": scans})
    until = content.valid_until(here.paths)
    return answer(
        {**_published(newest), "expires": time_text(until) if until else None, "roles": roles, "scans": scans}
    )


@router.post("/content")
async def push(here: Here, actor: _Pusher, request: Request) -> Response:
    """Take in a signed repository: the body is a zip of `metadata/...` and `targets/...`."""
    body = await request.body()
    version = await run_in_threadpool(_publish, here, actor, body)
    await here.hub.look()
    return answer({"version": version}, 201)


@router.post("/content/dictionaries/{system}")
def dictionary(here: Here, actor: _Pusher, system: Annotated[Literal["linux", "windows"], Path()]) -> Response:
    """Train a dictionary for batches of a system out of stored ones, for an author to sign; takes some seconds."""
    with reading(here.engine) as s:
        hosts = frozenset(s.scalars(select(HostRow.id).where(HostRow.os_type == system)))
    made = training.trained(here.paths, hosts)
    number, content_ = made.dictionary.number, made.dictionary.content
    with session(here.engine) as s:
        audit.write(s, actor.name, "content.train", system, {"number": number, "hosts": made.hosts}, here.now())
    told = {"system": system, "number": number, "hosts": made.hosts, "events": made.events, "bytes": len(content_)}
    return answer({**told, "content": base64.b64encode(content_).decode()})


@router.get("/rules")
def rules(here: Here, _actor: _Reader) -> Response:
    """Give the rules on offer with their states, without their texts."""
    known = here.rulebook.rules()
    with reading(here.engine) as s:
        states, there = states_of(s, known), host_parked.parked_on(s, known)
        excepted = exception_book.naming(s, known, here.now())
    short = [
        {name: value for name, value in rule.items() if name != "source_text"}
        | {"state": states.of(number), "sites": states.sites(number), "parked_hosts": len(there.get(number, ()))}
        | {"exceptions": excepted.get(number, 0)}
        for number, rule in known.items()
    ]
    return answer({"items": short})


@router.get("/rules/{rule:path}")
def rule(here: Here, _actor: _Reader, rule: Annotated[str, Path(max_length=300)]) -> Response:
    """Give one rule that is on offer, by its id or how it begins."""
    known = here.rulebook.rules()
    with reading(here.engine) as s:
        number = find_rules(s, known, [rule])[0]
    if number not in known:
        raise NotFound(rule=rule, refusal="rule_gone", id=number)
    return answer(known[number])


def _publish(here: Services, actor: Actor, body: bytes) -> int:
    allowed = not beyond_loopback(here.config)
    try:
        with session(here.engine) as s:
            version = content.publish(s, here.paths, body, actor.name, here.now(), demo_allowed=allowed)
            audit.write(s, actor.name, "content.push", str(version), {}, here.now())
    except ContentRefused as error:
        with session(here.engine) as s:
            audit.write(s, actor.name, "content.refused", "", {"reason": str(error)}, here.now())
        raise
    bell.ring(here.paths.run, "gateway")
    bell.ring_judges(here.paths.run)
    return version


def _published(row: ContentRow) -> dict[str, Any]:
    told = {"version": row.version, "published": time_text(row.published), "by": row.by, "marked": row.marked}
    return {**told, "digest": row.digest, "rules": row.rules, "yara": row.yara, "indicators": row.indicators}


def _role(row: RoleContentRow) -> dict[str, Any]:
    told = {"role": row.role, "version": row.version, "refused": row.refused, "reason": row.reason}
    return {**told, "time": time_text(row.time)}
