"""`tramgac audit`: who did what."""

from typing import Annotated

import typer

from tramgac_collector.cli.options import Json, State, client_of, show
from tramgac_collector.cli.words import Word, say


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("audit", help=say(Word.ABOUT_AUDIT))(audit)


def audit(
    ctx: typer.Context,
    *,
    limit: Annotated[int, typer.Option(min=1, max=1000, metavar="N", help=say(Word.OPTION_LIMIT))] = 100,
    json: Json = False,
    state: State = None,
) -> None:
    """List what was done, newest first."""
    found = client_of(ctx, state).get("/api/audit", limit=limit)["items"]
    show(found, lambda row: [row["time"], row["actor"], row["action"], row["object"]], json=json)
