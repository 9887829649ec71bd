"""`tramgac tokens`: create, list, revoke."""

import sys
from typing import Annotated, Any

import typer

from tramgac_collector.cli.options import Json, State, client_of, show, tell, write
from tramgac_collector.cli.times import duration
from tramgac_collector.cli.words import Word, say


def register(app: typer.Typer) -> None:
    """Add the commands; `tramgac tokens` alone lists."""
    group = typer.Typer(help=say(Word.ABOUT_TOKENS), callback=alone, invoke_without_command=True, rich_markup_mode=None)
    group.command("list", help=say(Word.ABOUT_TOKENS))(listing)
    group.command("create", help=say(Word.ABOUT_TOKENS_CREATE))(create)
    group.command("revoke", help=say(Word.ABOUT_TOKENS_REVOKE))(revoke)
    app.add_typer(group, name="tokens")


def alone(ctx: typer.Context, *, json: Json = False, state: State = None) -> None:
    """List, unless a command follows."""
    ctx.obj = state or ctx.obj
    if ctx.invoked_subcommand is None:
        listing(ctx, json=json)


def listing(ctx: typer.Context, *, json: Json = False, state: State = None) -> None:
    """List tokens, newest first."""
    show(client_of(ctx, state).get("/api/tokens")["items"], _columns, json=json)


def create(
    ctx: typer.Context,
    *,
    uses: Annotated[int, typer.Option(min=1, max=100_000, metavar="N", help=say(Word.OPTION_USES))] = 1,
    valid: Annotated[str, typer.Option(metavar="24h", help=say(Word.OPTION_VALID))] = "24h",
    site: Annotated[str, typer.Option(metavar="NAME", help=say(Word.OPTION_SITE))] = "",
    json: Json = False,
    state: State = None,
) -> None:
    """Make a token and print its ticket, which is shown this once."""
    made = client_of(ctx, state).send("/api/tokens", {"uses": uses, "ttl_s": duration(valid), "site": site})
    if json:
        write(made)
    else:
        sys.stdout.write(made["ticket"] + "\n")


def revoke(ctx: typer.Context, token: Annotated[int, typer.Argument(metavar="ID")], *, state: State = None) -> None:
    """Take a token back."""
    client_of(ctx, state).send(f"/api/tokens/{token}", {}, method="DELETE")
    tell(Word.TOKEN_REVOKED, id=token)


def _columns(row: dict[str, Any]) -> list[object]:
    return [row["id"], f"{row['used']}/{row['uses']}", row["expires"], row["revoked"] or "", row["site"]]
