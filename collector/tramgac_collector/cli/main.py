"""`tramgac`: the collector's command line. Commands import what they need when they run, so that `--help` is quick."""

import sys

import typer

from tramgac_collector.cli.commands import alerts, audit, collector, demo, events, hosts, match, rules, tokens, users
from tramgac_collector.cli.errors import CommandError
from tramgac_collector.cli.options import State
from tramgac_collector.cli.terminal import complain
from tramgac_collector.cli.words import Word, say

COMMANDS = (demo, collector, match, rules, events, alerts, hosts, users, tokens, audit)
"""The commands, in the order in which `--help` shows them; each module has `register(app)`."""


def build() -> typer.Typer:
    """Put the command line together, in the language of the locale."""
    app = typer.Typer(
        name="tramgac",
        help=say(Word.ABOUT),
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )

    @app.callback()
    def common(ctx: typer.Context, *, state: State = None) -> None:
        ctx.obj = state

    for command in COMMANDS:
        command.register(app)
    return app


def main() -> None:
    """Run the command of `sys.argv`; ends the process with 0 (fine), 1 (failed) or 2 (misuse)."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)  # absent where a test captures
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        build()()
    except CommandError as error:
        complain(str(error))
        sys.exit(error.status)
