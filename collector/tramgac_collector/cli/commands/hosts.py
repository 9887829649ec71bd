"""`tramgac hosts`: hosts, their sensors, and whether everything of theirs is here; revoke, allow."""

from typing import Annotated, Any

import typer

from tramgac_collector.cli.options import Json, State, client_of, show, tell
from tramgac_collector.cli.words import Word, say

_Id = Annotated[str, typer.Argument(metavar="ID")]


def register(app: typer.Typer) -> None:
    """Add the commands; `tramgac hosts` alone lists."""
    group = typer.Typer(help=say(Word.ABOUT_HOSTS), callback=alone, invoke_without_command=True, rich_markup_mode=None)
    group.command("list", help=say(Word.ABOUT_HOSTS))(listing)
    group.command("revoke", help=say(Word.ABOUT_HOSTS_REVOKE))(revoke)
    group.command("allow", help=say(Word.ABOUT_HOSTS_ALLOW))(allow)
    app.add_typer(group, name="hosts")


def alone(ctx: typer.Context, *, json: Json = False, state: State = None) -> None:
    """List, unless a command follows."""
    ctx.obj = state or ctx.obj
    if ctx.invoked_subcommand is None:
        listing(ctx, json=json)


def revoke(ctx: typer.Context, host: _Id, *, state: State = None) -> None:
    """Let a host speak no longer."""
    client_of(ctx, state).send(f"/api/hosts/{host}/revoke", {})
    tell(Word.HOST_REVOKED, id=host)


def allow(ctx: typer.Context, host: _Id, *, state: State = None) -> None:
    """Let a host speak again."""
    client_of(ctx, state).send(f"/api/hosts/{host}/allow", {})
    tell(Word.HOST_ALLOWED, id=host)


def listing(ctx: typer.Context, *, json: Json = False, state: State = None) -> None:
    """List hosts, by name."""
    show(client_of(ctx, state).get("/api/hosts")["items"], _columns, json=json)


def _columns(row: dict[str, Any]) -> list[object]:
    sensors = " ".join(f"{sensor['capability']}={sensor['rung']}" for sensor in row["sensors"])
    kept = row["completeness"]
    lost = sum(kept["dropped"].values()) + sum(kept["missed"].values())
    complete = f"{kept['acked']}/{kept['emitted']}" + (f" -{lost}" if lost else "")
    return [row["id"], row["name"], row["last_seen"] or "-", complete, row["bundle"], sensors]
