"""`tramgac tokens`: create, list, revoke."""

import sys
from typing import Annotated, Any

import typer

from tramgac_collector.cli.groups import attach, group
from tramgac_collector.cli.headings import Heading, Nothing
from tramgac_collector.cli.options import Json, State, client_of, done, show, write
from tramgac_collector.cli.times import duration, local
from tramgac_collector.cli.words import Word, say

_HEADS = (Heading.ID, Heading.USED, Heading.EXPIRES, Heading.REVOKED, Heading.SITE)
_LONGEST = "365d"


def register(app: typer.Typer) -> None:
    """Add the commands; `tramgac tokens` alone lists."""
    made = group(app, "tokens", Word.ABOUT_TOKENS, alone)
    attach(made, "list", Word.ABOUT_TOKENS_LIST, listing)
    attach(made, "create", Word.ABOUT_TOKENS_CREATE, create)
    attach(made, "revoke", Word.ABOUT_TOKENS_REVOKE, revoke)


def alone(ctx: typer.Context, *, json: Json = False, state: State = None) -> None:
    """List, unless a command follows."""
    ctx.obj = state or ctx.obj
    if ctx.invoked_subcommand is None:
        listing(ctx, json=json)


def listing(ctx: typer.Context, *, json: Json = False, state: State = None) -> None:
    """List tokens, newest first."""
    found = client_of(ctx, state).get("/api/tokens")["items"]
    show(found, _columns, json=json, heads=_HEADS, empty=Nothing.TOKENS)


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
    made = client_of(ctx, state).send("/api/tokens", {"uses": uses, "ttl_s": duration(valid, _LONGEST), "site": site})
    if json:
        write(made)
    else:
        sys.stdout.write(made["ticket"] + "\n")


def revoke(
    ctx: typer.Context,
    token: Annotated[int, typer.Argument(metavar="ID", help=say(Word.ARGUMENT_TOKEN))],
    *,
    json: Json = False,
    state: State = None,
) -> None:
    """Take a token back."""
    client_of(ctx, state).send(f"/api/tokens/{token}", {}, method="DELETE")
    done({"id": token}, Word.TOKEN_REVOKED, json=json, id=token)


def _columns(row: dict[str, Any]) -> list[object]:
    used = f"{row['used']}/{row['uses']}"
    return [row["id"], used, local(row["expires"]), local(row["revoked"]), row["site"]]
