"""`/api/rules/backtest`: what rules would have alerted on, over the events that are stored. It raises nothing.

In a process of its own: the judge must not wait for it, nor lose its memory to it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from sqlalchemy import select
from starlette.types import Receive, Scope, Send
from tramgac_proto.names import parse_time

from tramgac_collector import exception_book
from tramgac_collector.api.answers import NDJSON, encode
from tramgac_collector.api.errors import Refused, Unavailable
from tramgac_collector.api.permissions import Actor, Permission, requires
from tramgac_collector.api.services import Here, Services
from tramgac_collector.api.standing import offered
from tramgac_collector.api.trial import Trial
from tramgac_collector.api.wanted import gone
from tramgac_collector.database import reading
from tramgac_collector.rule_lookup import find_rules
from tramgac_collector.schema import HostRow

router: Final = APIRouter(prefix="/api", tags=["rules"])

_Manager = Annotated[Actor, Depends(requires(Permission.RULES_MANAGE))]


class _Body(msgspec.Struct, forbid_unknown_fields=True):
    """Rules to try: the compiled form of some, or ids of those on offer."""

    pack: dict[str, Any] | None = None
    rules: list[str] = []


@router.post("/rules/backtest")
async def backtest(
    here: Here,
    _actor: _Manager,
    request: Request,
    since: Annotated[str, Query(max_length=40)],
    until: Annotated[str, Query(max_length=40)] = "",
    *,
    exceptions: Annotated[bool, Query(description="Ask those in force, as the judge does.")] = True,
) -> Response:
    """Give lines: `progress` now and then, one for each rule at the end, and `summary`; or `error` and `params`.

    Of each rule, and in the summary, `held` is what exceptions that are in force now would hold back.
    """
    if here.backtests.locked():
        raise Unavailable(refusal="backtest_busy", reason="another backtest runs; try again when it is done")
    begin, end = _time("since", since), _time("until", until) if until else here.now()
    if end <= begin:
        raise Refused(field="until", value=until)
    await here.backtests.acquire()
    with contextlib.ExitStack() as held:
        held.callback(here.backtests.release)
        span = {"since": begin, "until": end}
        task = await run_in_threadpool(_task, here, await request.body(), span, exceptions=exceptions)
        trial = await _begun(request, task)
        held.pop_all()  # the answer holds it now
    return _Followed(trial, here)


async def _begun(request: Request, task: bytes) -> Trial:
    """Start it. Raises Unavailable where the client is gone before it told anything, and what `Trial.begin` raises."""
    beginning = asyncio.ensure_future(Trial.begin(task))
    try:
        left = await gone(request, beginning)
    finally:
        if not beginning.done():
            beginning.cancel()  # which ends the process
            await asyncio.wait({beginning})
    if left:
        raise Unavailable(reason="nobody waits for the answer")
    return beginning.result()


class _Followed(StreamingResponse):
    """A backtest's lines. However it ends, also before the first line was sent, the process ends with it."""

    def __init__(self, trial: Trial, here: Services) -> None:
        super().__init__(trial.lines(), media_type=NDJSON)
        self._trial, self._here = trial, here

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._here.backtests.release()
            await self._trial.end()


def _time(field: str, text: str) -> int:
    try:
        return parse_time(text)
    except ValueError:
        raise Refused(field=field, value=text) from None


def _task(here: Services, body: bytes, span: dict[str, int], *, exceptions: bool) -> bytes:
    try:
        asked = msgspec.json.decode(body, type=_Body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise Refused(field="body", value="") from None
    with reading(here.engine) as s:
        rows = s.execute(select(HostRow.id, HostRow.os_type, HostRow.hostname, HostRow.site))
        hosts = {host: about for host, *about in rows}
        names = find_rules(s, here.rulebook.rules(), asked.rules) if asked.pack is None else []
        stated = exception_book.stated(s) if exceptions else []
    pack = here.rulebook.pack(names) if asked.pack is None else asked.pack
    if not pack.get("rules"):
        raise Refused(
            refusal="backtest_none", reason="no Sigma rule was named; YARA rules and indicators are not tried"
        )
    known = offered(here.rulebook)
    titles = {rule["id"]: (known.get(rule["id"]) or {}).get("title_vi", "") for rule in _all(pack)}
    told = {"exceptions": stated, "now": here.now(), "titles_vi": titles}
    return encode({"state": str(here.paths.root), **span, "pack": pack, "hosts": hosts, **told})


def _all(pack: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return rules and correlations of a compiled set, as far as it is one: the process looks closely."""
    found = [*_list(pack.get("rules")), *_list(pack.get("correlations"))]
    return [one for one in found if isinstance(one, dict) and isinstance(one.get("id"), str)]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
