"""`tramgac hosts`: hosts, their sensors, and whether everything of theirs is here."""

from typing import Any

import typer

from tramgac_collector.cli.options import Json, State, client_of, write
from tramgac_collector.cli.terminal import table
from tramgac_collector.cli.words import Word, say


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command(help=say(Word.ABOUT_HOSTS))
    def hosts(ctx: typer.Context, json: Json = False, state: State = None) -> None:
        found = client_of(ctx, state).get("/api/hosts")["items"]
        if json:
            for row in found:
                write(row)
        else:
            table(_columns(row) for row in found)


def _columns(row: dict[str, Any]) -> list[object]:
    sensors = " ".join(f"{sensor['capability']}={sensor['rung']}" for sensor in row["sensors"])
    kept = row["completeness"]
    lost = sum(kept["dropped"].values()) + sum(kept["missed"].values())
    return [row["id"], row["name"], row["last_seen"] or "-", f"{kept['emitted']}-{lost}", row["bundle"], sensors]
