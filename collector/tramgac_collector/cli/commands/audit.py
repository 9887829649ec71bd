"""`tramgac audit`: who did what."""

from typing import Annotated

import typer

from tramgac_collector.cli.options import Json, State, client_of, write
from tramgac_collector.cli.terminal import table
from tramgac_collector.cli.words import Word, say


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command(help=say(Word.ABOUT_AUDIT))
    def audit(
        ctx: typer.Context,
        limit: Annotated[int, typer.Option(min=1, max=1000, metavar="N", help=say(Word.OPTION_LIMIT))] = 100,
        json: Json = False,
        state: State = None,
    ) -> None:
        found = client_of(ctx, state).get("/api/audit", limit=limit)["items"]
        if json:
            for row in found:
                write(row)
        else:
            table([row["time"], row["actor"], row["action"], row["object"]] for row in found)
