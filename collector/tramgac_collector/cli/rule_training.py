"""`tramgac rules train`: dictionaries for batches, out of what the collector has stored."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Annotated

import typer
from tramgac_wire import whole

from tramgac_collector.cli.errors import Failed
from tramgac_collector.cli.groups import attach
from tramgac_collector.cli.options import Json, State, client_of, tell, write
from tramgac_collector.cli.pairs import say
from tramgac_collector.cli.rule_words import RuleWord
from tramgac_collector.cli.terminal import complain

_SYSTEMS = ("linux", "windows")


def attach_to(made: typer.Typer) -> None:
    """Add the command to `tramgac rules`."""
    attach(made, "train", RuleWord.ABOUT_TRAIN, train)


def train(
    ctx: typer.Context,
    *,
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help=say(RuleWord.OPTION_TRAIN_TO))],
    json: Json = False,
    state: State = None,
) -> None:
    """Write DIR/SYSTEM.dictionary for each system of which there is enough; fails if there is none."""
    client, done = client_of(ctx, state), 0
    for system in _SYSTEMS:
        try:
            made = client.send(f"/api/content/dictionaries/{system}", {})
        except Failed as error:
            complain(say(RuleWord.NOT_TRAINED, system=system, why=error))
            continue
        path = to / f"{system}.dictionary"
        to.mkdir(parents=True, exist_ok=True)
        whole.write(path, base64.b64decode(made.pop("content")), mode=0o644)
        done += 1
        if json:
            write({**made, "path": str(path)})
        else:
            tell(RuleWord.TRAINED, path=path, bytes=made["bytes"], events=made["events"], hosts=made["hosts"])
    raise typer.Exit(0 if done else 1)
