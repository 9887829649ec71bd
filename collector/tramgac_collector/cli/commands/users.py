"""`tramgac users`: list, add, once, role, password, disable, enable."""

import getpass
import sys
import unicodedata
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tramgac_collector.account_rules import (
    MAX_NAME,
    MAX_PASSWORD,
    MIN_DIFFERENT,
    MIN_PASSWORD,
    good_name,
    good_password,
)
from tramgac_collector.cli.complaints import Complaint
from tramgac_collector.cli.errors import Failed, Misuse
from tramgac_collector.cli.groups import attach, group
from tramgac_collector.cli.headings import Heading, Nothing
from tramgac_collector.cli.misuse import choose
from tramgac_collector.cli.options import Json, State, client_of, done, show, write
from tramgac_collector.cli.times import local
from tramgac_collector.cli.words import Word, say
from tramgac_collector.vocabulary import ROLES

if TYPE_CHECKING:
    from tramgac_collector.cli.client import Client

_Name = Annotated[str, typer.Argument(metavar="NAME", help=say(Word.ARGUMENT_USER))]
_HEADS = (Heading.NAME, Heading.ROLE, Heading.CREATED, Heading.CLOSED)


def register(app: typer.Typer) -> None:
    """Add the commands; `tramgac users` alone lists."""
    made = group(app, "users", Word.ABOUT_USERS, alone)
    attach(made, "list", Word.ABOUT_USERS_LIST, listing)
    attach(made, "add", Word.ABOUT_USERS_ADD, add)
    attach(made, "once", Word.ABOUT_USERS_ONCE, once)
    attach(made, "role", Word.ABOUT_USERS_ROLE, role)
    attach(made, "password", Word.ABOUT_USERS_PASSWORD, password)
    attach(made, "disable", Word.ABOUT_USERS_DISABLE, disable)
    attach(made, "enable", Word.ABOUT_USERS_ENABLE, enable)


def alone(ctx: typer.Context, *, json: Json = False, state: State = None) -> None:
    """List, unless a command follows."""
    ctx.obj = state or ctx.obj
    if ctx.invoked_subcommand is None:
        listing(ctx, json=json)


def listing(ctx: typer.Context, *, json: Json = False, state: State = None) -> None:
    """List users, by name."""
    found = client_of(ctx, state).get("/api/users")["items"]
    show(found, _columns, json=json, heads=_HEADS, empty=Nothing.USERS)


def _columns(row: dict[str, Any]) -> list[object]:
    return [row["name"], row["role"], local(row["created"]), local(row["disabled"])]


def add(
    ctx: typer.Context,
    name: _Name,
    *,
    role: Annotated[str, typer.Option(metavar="ROLE", help=say(Word.OPTION_ROLE))] = "analyst",
    json: Json = False,
    state: State = None,
) -> None:
    """Make a user."""
    choose("--role", role, ROLES)
    if not good_name(name):
        raise Misuse(say(Complaint.USER_NAME, most=MAX_NAME))
    client = client_of(ctx, state)
    if _known(client, name):
        raise Failed(say(Complaint.USER_EXISTS, name=name))
    made = client.send("/api/users", {"name": name, "role": role, "password": _password()})
    done(made, Word.USER_ADDED, json=json, name=name, role=role)


def once(ctx: typer.Context, name: _Name, *, json: Json = False, state: State = None) -> None:
    """Make a one-time log-in."""
    made = client_of(ctx, state).send(f"/api/users/{name}/once", {})
    if json:
        write(made)
    else:
        sys.stdout.write(made["url"] + "\n")


def role(
    ctx: typer.Context,
    name: _Name,
    new: Annotated[str, typer.Argument(metavar="ROLE", help=say(Word.OPTION_ROLE))],
    *,
    json: Json = False,
    state: State = None,
) -> None:
    """Give a user another role."""
    choose("ROLE", new, ROLES)
    client_of(ctx, state).send(f"/api/users/{name}/role", {"role": new})
    done({"name": name, "role": new}, Word.USER_ROLE, json=json, name=name, role=new)


def password(ctx: typer.Context, name: _Name, *, json: Json = False, state: State = None) -> None:
    """Give a user another password."""
    client = client_of(ctx, state)
    if not _known(client, name):
        raise Failed(say(Complaint.USER_UNKNOWN, name=name))
    client.send(f"/api/users/{name}/password", {"password": _password()})
    done({"name": name}, Word.USER_PASSWORD, json=json, name=name)


def disable(ctx: typer.Context, name: _Name, *, json: Json = False, state: State = None) -> None:
    """Close an account."""
    client_of(ctx, state).send(f"/api/users/{name}/disable", {})
    done({"name": name, "enabled": False}, Word.USER_DISABLED, json=json, name=name)


def enable(ctx: typer.Context, name: _Name, *, json: Json = False, state: State = None) -> None:
    """Open a closed account again."""
    client_of(ctx, state).send(f"/api/users/{name}/enable", {})
    done({"name": name, "enabled": True}, Word.USER_ENABLED, json=json, name=name)


def _known(client: "Client", name: str) -> bool:
    """Tell whether there is such a user, however a keyboard writes the name."""
    wanted = unicodedata.normalize("NFC", name)
    return any(row["name"] == wanted for row in client.get("/api/users")["items"])


def _password() -> str:
    """Say what it has to be and ask twice on a terminal, else read one line. Raises Failed."""
    if not sys.stdin.isatty():
        given = sys.stdin.readline().rstrip("\r\n")
        if not given:
            raise Failed(say(Word.NO_PASSWORD))
        return given
    rule = say(Word.PASSWORD_RULE, least=MIN_PASSWORD, most=MAX_PASSWORD, different=MIN_DIFFERENT)
    sys.stderr.write(rule + "\n")
    given = getpass.getpass(say(Word.PASSWORD))
    if not good_password(given):
        weak = say(Complaint.PASSWORD_WEAK, least=MIN_PASSWORD, most=MAX_PASSWORD, different=MIN_DIFFERENT)
        raise Failed(weak)
    if getpass.getpass(say(Word.PASSWORD_AGAIN)) != given:
        raise Failed(say(Word.PASSWORDS_DIFFER))
    return given
