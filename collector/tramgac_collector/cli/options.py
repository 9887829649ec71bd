"""Options that many commands share, how they find their collector, and how they write."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tramgac_collector.cli.headings import Nothing
from tramgac_collector.cli.pairs import Pair, say
from tramgac_collector.cli.terminal import json_line, table
from tramgac_collector.cli.words import Word

if TYPE_CHECKING:
    from tramgac_collector.cli.client import Client

State = Annotated[
    Path | None,
    typer.Option("--state", metavar="DIR", readable=False, help=say(Word.OPTION_STATE)),  # the command says whose it is
]
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


def write(row: Mapping[str, Any]) -> None:
    """Write one object as a line of JSON on stdout, at once, so that a reader of a pipe sees it."""
    sys.stdout.write(json_line(row) + "\n")
    sys.stdout.flush()


def show(
    rows: Iterable[dict[str, Any]],
    columns: Callable[[dict[str, Any]], Sequence[object]],
    *,
    json: bool,
    heads: Sequence[Pair] = (),
    empty: Nothing | None = None,
) -> None:
    """Write rows as JSON lines; or as a table of these columns below their heads, or what is said when it is empty."""
    if json:
        for row in rows:
            write(row)
    elif not table(map(columns, rows), heads=[say(head) for head in heads]) and empty is not None:
        tell(empty)


def tell(word: Pair, **params: object) -> None:
    """Say a sentence on stdout."""
    sys.stdout.write(say(word, **params) + "\n")


def done(row: Mapping[str, Any], word: Pair, *, json: bool, **params: object) -> None:
    """Say that something was done: the row as a line of JSON, or the sentence."""
    if json:
        write(row)
    else:
        tell(word, **params)
