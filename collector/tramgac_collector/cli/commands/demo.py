"""`tramgac demo`: everything on this machine."""

from pathlib import Path
from typing import Annotated

import typer

from tramgac_collector.cli.groups import attach
from tramgac_collector.cli.options import Json
from tramgac_collector.cli.words import Word, say


def register(app: typer.Typer) -> None:
    """Add the command."""
    attach(app, "demo", Word.ABOUT_DEMO, demo)


def demo(
    ctx: typer.Context,
    *,
    check: Annotated[bool, typer.Option("--check", help=say(Word.OPTION_CHECK))] = False,
    json: Json = False,
    require: Annotated[str, typer.Option(metavar="CAPABILITY=RUNG,...", help=say(Word.OPTION_REQUIRE))] = "",
    rules: Annotated[list[Path] | None, typer.Option(metavar="PATH", help=say(Word.OPTION_RULES))] = None,
    more: Annotated[list[Path] | None, typer.Argument(metavar="[PATH]...", help=say(Word.OPTION_RULES))] = None,
    scoped: Annotated[bool, typer.Option("--scoped", help=say(Word.OPTION_SCOPED))] = False,
    state: Annotated[Path | None, typer.Option("--state", metavar="DIR", help=say(Word.OPTION_DEMO_STATE))] = None,
) -> None:
    """Run the demonstration; `--rules A B` gives both, so paths may stand after the flag's own."""
    from tramgac_collector.demo import command

    wanted = state or ctx.obj
    paths = [*(rules or []), *(more or [])]
    raise typer.Exit(command.run(state=wanted, check=check, json=json, require=require, rules=paths, scoped=scoped))
