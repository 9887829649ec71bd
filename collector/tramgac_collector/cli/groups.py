"""How commands are added to the command line: with help in the person's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer

from tramgac_collector.cli.help import Command, Group
from tramgac_collector.cli.pairs import Pair, say


def top(about: Pair, kind: type[Group]) -> typer.Typer:
    """Give the program itself, without commands."""
    settings: dict[str, Any] = {"no_args_is_help": True, "pretty_exceptions_enable": False, "rich_markup_mode": None}
    return typer.Typer(name="tramgac", cls=kind, help=say(about), **settings)


def group(app: typer.Typer, name: str, about: Pair, alone: Callable[..., None] | None = None) -> typer.Typer:
    """Add a group of commands; `alone` runs where no command follows, else the help is shown."""
    settings: dict[str, Any] = {"no_args_is_help": True} if alone is None else {"invoke_without_command": True}
    made = typer.Typer(cls=Group, help=say(about), callback=alone, rich_markup_mode=None, **settings)
    app.add_typer(made, name=name)
    return made


def attach(app: typer.Typer, name: str, about: Pair, function: Callable[..., None]) -> None:
    """Add a command."""
    app.command(name, cls=Command, help=say(about))(function)
