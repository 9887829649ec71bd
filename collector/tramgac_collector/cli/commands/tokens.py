"""`tramgac tokens`: create, list, revoke."""

import sys
from typing import Annotated

import typer

from tramgac_collector.cli.options import Json, State, client_of, tell, write
from tramgac_collector.cli.terminal import table
from tramgac_collector.cli.times import duration
from tramgac_collector.cli.words import Word, say


def register(app: typer.Typer) -> None:
    """Add the commands; `tramgac tokens` alone lists."""
    group = typer.Typer(help=say(Word.ABOUT_TOKENS), invoke_without_command=True, rich_markup_mode=None)
    app.add_typer(group, name="tokens")

    @group.callback()
    def alone(ctx: typer.Context, json: Json = False, state: State = None) -> None:
        ctx.obj = state or ctx.obj
        if ctx.invoked_subcommand is None:
            listing(ctx, json, state)

    @group.command("list", help=say(Word.ABOUT_TOKENS))
    def listing(ctx: typer.Context, json: Json = False, state: State = None) -> None:
        found = client_of(ctx, state).get("/api/tokens")["items"]
        if json:
            for row in found:
                write(row)
        else:
            table(
                [row["id"], f"{row['used']}/{row['uses']}", row["expires"], row["revoked"] or "", row["site"]]
                for row in found
            )

    @group.command(help=say(Word.ABOUT_TOKENS_CREATE))
    def create(
        ctx: typer.Context,
        uses: Annotated[int, typer.Option(min=1, max=100_000, metavar="N", help=say(Word.OPTION_USES))] = 1,
        valid: Annotated[str, typer.Option(metavar="24h", help=say(Word.OPTION_VALID))] = "24h",
        site: Annotated[str, typer.Option(metavar="NAME", help=say(Word.OPTION_SITE))] = "",
        json: Json = False,
        state: State = None,
    ) -> None:
        asked = {"uses": uses, "ttl_s": duration(valid), "site": site}
        made = client_of(ctx, state).send("/api/tokens", asked)
        if json:
            write(made)
        else:
            sys.stdout.write(made["ticket"] + "\n")

    @group.command(help=say(Word.ABOUT_TOKENS_REVOKE))
    def revoke(ctx: typer.Context, token: Annotated[int, typer.Argument(metavar="ID")], state: State = None) -> None:
        client_of(ctx, state).send(f"/api/tokens/{token}", {}, method="DELETE")
        tell(Word.TOKEN_REVOKED, id=token)
