"""`tramgac metrics`: show, and the tokens with which a monitoring system reads them."""

import sys
from typing import Annotated, Any

import typer

from tramgac_collector.cli.groups import attach, group
from tramgac_collector.cli.headings import Heading
from tramgac_collector.cli.notify_words import MetricsWord, NotifyHead
from tramgac_collector.cli.options import Json, State, client_of, done, show, tell, write
from tramgac_collector.cli.pairs import say
from tramgac_collector.cli.times import duration, local

_HEADS = (Heading.ID, NotifyHead.NAME, NotifyHead.LAST_USED, Heading.EXPIRES, Heading.REVOKED)
_LONGEST = "1826d"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    made = group(app, "metrics", MetricsWord.ABOUT)
    attach(made, "show", MetricsWord.SHOW, shown)
    attach(made, "grant", MetricsWord.GRANT, grant)
    attach(made, "tokens", MetricsWord.TOKENS, tokens)
    attach(made, "revoke", MetricsWord.REVOKE, revoke)


def shown(ctx: typer.Context, *, state: State = None) -> None:
    """Print the metrics."""
    sys.stdout.write(client_of(ctx, state).text("/api/metrics"))


def grant(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help=say(MetricsWord.NAME))],
    *,
    valid: Annotated[str, typer.Option(metavar="365d", help=say(MetricsWord.VALID))] = "365d",
    json: Json = False,
    state: State = None,
) -> None:
    """Make a token and print it."""
    body = {"name": name, "ttl_s": duration(valid, _LONGEST)}
    made = client_of(ctx, state).send("/api/access-tokens", body)
    if json:
        write(made)
    else:
        sys.stdout.write(made["secret"] + "\n")


def tokens(ctx: typer.Context, *, json: Json = False, state: State = None) -> None:
    """List the tokens."""
    found = client_of(ctx, state).get("/api/access-tokens")["items"]
    show(found, _columns, json=json, heads=_HEADS)
    if not found and not json:
        tell(MetricsWord.NONE)


def revoke(
    ctx: typer.Context,
    token: Annotated[int, typer.Argument(metavar="ID", help=say(MetricsWord.TOKEN))],
    *,
    json: Json = False,
    state: State = None,
) -> None:
    """Take a token back."""
    client_of(ctx, state).send(f"/api/access-tokens/{token}", {}, method="DELETE")
    done({"id": token}, MetricsWord.REVOKED, json=json, id=token)


def _columns(row: dict[str, Any]) -> list[object]:
    return [row["id"], row["name"], local(row["last_used"]), local(row["expires"]), local(row["revoked"])]
