"""`tramgac audit`: who did what."""

from typing import Annotated, Any

import typer

from tramgac_collector.cli.cut import tell_cut
from tramgac_collector.cli.groups import attach
from tramgac_collector.cli.headings import Heading, Nothing
from tramgac_collector.cli.options import Json, State, client_of, show
from tramgac_collector.cli.times import local
from tramgac_collector.cli.words import Word, say

_MOST = 1000
_HEADS = (Heading.TIME, Heading.WHO, Heading.ACTION, Heading.OBJECT)


def register(app: typer.Typer) -> None:
    """Add the command."""
    attach(app, "audit", Word.ABOUT_AUDIT, audit)


def audit(
    ctx: typer.Context,
    *,
    limit: Annotated[int, typer.Option(min=1, max=_MOST, metavar="N", help=say(Word.OPTION_LIMIT))] = 100,
    json: Json = False,
    state: State = None,
) -> None:
    """List what was done, newest first."""
    found = client_of(ctx, state).get("/api/audit", limit=limit)["items"]
    show(found, _columns, json=json, heads=_HEADS, empty=Nothing.AUDIT)
    tell_cut(len(found), limit, _MOST, lambda: found[0]["id"])  # the trail is numbered from 1 without a hole


def _columns(row: dict[str, Any]) -> list[object]:
    reason = row["detail"].get("reason")  # why something was refused: the object alone says too little
    about = row["object"] if not reason else f"{row['object'] or '-'}: {reason}"
    return [local(row["time"]), row["actor"], row["action"], about]
