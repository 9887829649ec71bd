"""`tramgac hosts`: hosts, their sensors, and whether everything of theirs is here."""

from typing import Any

import typer

from tramgac_collector.cli.options import Json, State, client_of, show
from tramgac_collector.cli.words import Word, say


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("hosts", help=say(Word.ABOUT_HOSTS))(hosts)


def hosts(ctx: typer.Context, *, json: Json = False, state: State = None) -> None:
    """List hosts, by name."""
    show(client_of(ctx, state).get("/api/hosts")["items"], _columns, json=json)


def _columns(row: dict[str, Any]) -> list[object]:
    sensors = " ".join(f"{sensor['capability']}={sensor['rung']}" for sensor in row["sensors"])
    kept = row["completeness"]
    lost = sum(kept["dropped"].values()) + sum(kept["missed"].values())
    complete = f"{kept['acked']}/{kept['emitted']}" + (f" -{lost}" if lost else "")
    return [row["id"], row["name"], row["last_seen"] or "-", complete, row["bundle"], sensors]
