"""`tramgac demo`: everything on this machine."""

from pathlib import Path
from typing import Annotated

import typer

from tramgac_collector.cli.options import Json, State
from tramgac_collector.cli.words import Word, say


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command(help=say(Word.ABOUT_DEMO))
    def demo(
        ctx: typer.Context,
        state: State = None,
        json: Json = False,
        check: Annotated[bool, typer.Option("--check", help=say(Word.OPTION_CHECK))] = False,
        require: Annotated[str, typer.Option(metavar="CAPABILITY=RUNG,...", help=say(Word.OPTION_REQUIRE))] = "",
        rules: Annotated[list[Path] | None, typer.Option(metavar="PATH", help=say(Word.OPTION_RULES))] = None,
        scoped: Annotated[bool, typer.Option("--scoped", help=say(Word.OPTION_SCOPED))] = False,
        more: Annotated[list[Path] | None, typer.Argument(metavar="[PATH]...", help=say(Word.OPTION_RULES))] = None,
    ) -> None:
        from tramgac_collector.demo import command

        wanted = state or ctx.obj
        paths = [*(rules or []), *(more or [])]  # `--rules A B`: the shell's habit of one flag and many paths
        raise typer.Exit(command.run(state=wanted, check=check, json=json, require=require, rules=paths, scoped=scoped))
