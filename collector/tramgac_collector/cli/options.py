"""Options that many commands share, and how they find their collector."""

import json as json_module
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tramgac_collector.cli.words import Word, say

if TYPE_CHECKING:
    from tramgac_collector.cli.client import Client

State = Annotated[Path | None, typer.Option("--state", metavar="DIR", help=say(Word.OPTION_STATE))]
Json = Annotated[bool, typer.Option("--json", help=say(Word.OPTION_JSON))]


def state_of(ctx: typer.Context, given: Path | None) -> Path:
    """Give the state directory: the command's --state, else the one before the command, else the environment's."""
    from tramgac_collector.cli.client import state_directory

    before: Path | None = ctx.obj
    return state_directory(given or before)


def client_of(ctx: typer.Context, given: Path | None) -> "Client":
    """Give a client of the collector at that state directory."""
    from tramgac_collector.cli.client import Client

    return Client(state_of(ctx, given))


def write(row: Mapping[str, object]) -> None:
    """Write one object as a line of JSON on stdout, at once, so that a reader of a pipe sees it."""
    sys.stdout.write(json_module.dumps(row, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def tell(word: Word, **params: object) -> None:
    """Say a sentence on stdout."""
    sys.stdout.write(say(word, **params) + "\n")
