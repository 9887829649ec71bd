"""`tramgac users`: list, add, once."""

import getpass
import sys
from typing import Annotated

import typer

from tramgac_collector.cli.errors import Failed
from tramgac_collector.cli.options import Json, State, client_of, tell, write
from tramgac_collector.cli.terminal import table
from tramgac_collector.cli.words import Word, say

_Name = Annotated[str, typer.Argument(metavar="NAME")]


def register(app: typer.Typer) -> None:
    """Add the commands; `tramgac users` alone lists."""
    group = typer.Typer(help=say(Word.ABOUT_USERS), invoke_without_command=True, rich_markup_mode=None)
    app.add_typer(group, name="users")

    @group.callback()
    def alone(ctx: typer.Context, json: Json = False, state: State = None) -> None:
        ctx.obj = state or ctx.obj
        if ctx.invoked_subcommand is None:
            listing(ctx, json, state)

    @group.command("list", help=say(Word.ABOUT_USERS))
    def listing(ctx: typer.Context, json: Json = False, state: State = None) -> None:
        found = client_of(ctx, state).get("/api/users")["items"]
        if json:
            for row in found:
                write(row)
        else:
            table([row["name"], row["role"], row["created"]] for row in found)

    @group.command(help=say(Word.ABOUT_USERS_ADD))
    def add(
        ctx: typer.Context,
        name: _Name,
        role: Annotated[str, typer.Option(metavar="ROLE", help=say(Word.OPTION_ROLE))] = "analyst",
        state: State = None,
    ) -> None:
        client = client_of(ctx, state)
        client.send("/api/users", {"name": name, "role": role, "password": _password()})
        tell(Word.USER_ADDED, name=name, role=role)

    @group.command(help=say(Word.ABOUT_USERS_ONCE))
    def once(ctx: typer.Context, name: _Name, json: Json = False, state: State = None) -> None:
        made = client_of(ctx, state).send(f"/api/users/{name}/once", {})
        if json:
            write(made)
        else:
            sys.stdout.write(made["url"] + "\n")


def _password() -> str:
    """Ask twice on a terminal, else read one line. Raises Failed."""
    if not sys.stdin.isatty():
        given = sys.stdin.readline().rstrip("\n")
        if not given:
            raise Failed(say(Word.NO_PASSWORD))
        return given
    given = getpass.getpass(say(Word.PASSWORD))
    if getpass.getpass(say(Word.PASSWORD_AGAIN)) != given:
        raise Failed(say(Word.PASSWORDS_DIFFER))
    return given
