"""The command line put together. Commands import what they need when they run, so that `--help` is quick."""

from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated, Any

import typer

from tramgac_collector.cli.commands import (
    alerts,
    audit,
    collector,
    demo,
    events,
    exceptions,
    export,
    hosts,
    hunt,
    match,
    metrics,
    notify,
    rules,
    store,
    tokens,
    users,
)
from tramgac_collector.cli.groups import top
from tramgac_collector.cli.help import Group
from tramgac_collector.cli.help_words import Frame
from tramgac_collector.cli.options import State
from tramgac_collector.cli.pairs import say
from tramgac_collector.cli.words import Word

COMMANDS = (
    demo,
    collector,
    match,
    rules,
    events,
    hunt,
    store,
    alerts,
    exceptions,
    hosts,
    users,
    tokens,
    notify,
    export,
    metrics,
    audit,
)
"""The commands, in the order in which `--help` shows them; each module has `register(app)`."""


class _Top(Group):
    """Commands and groups among each other, as listed; typer would put the groups last."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - typer's signature
        return [module.__name__.rpartition(".")[2] for module in COMMANDS]


def build() -> typer.Typer:
    """Put the command line together, in the language of the locale."""
    app = top(Word.ABOUT, _Top)
    shown: Callable[[bool], None] = _version

    @app.callback()
    def common(
        ctx: typer.Context,
        *,
        version: Annotated[  # noqa: ARG001 - its callback acts
            bool, typer.Option("--version", is_eager=True, callback=shown, help=say(Frame.VERSION))
        ] = False,
        state: State = None,
    ) -> None:
        ctx.obj = state

    for command in COMMANDS:
        command.register(app)
    return app


def _version(wanted: bool) -> None:  # noqa: FBT001 - typer's signature
    if wanted:
        typer.echo(version("tramgac"))
        raise typer.Exit
