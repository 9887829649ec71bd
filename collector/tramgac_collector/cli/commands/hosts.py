"""`tramgac hosts`: hosts, their sensors, and whether everything of theirs is here; and who may speak."""

from typing import Annotated, Any

import typer

from tramgac_collector.cli.groups import attach, group
from tramgac_collector.cli.headings import Heading, Nothing
from tramgac_collector.cli.hints import hint
from tramgac_collector.cli.host_ledger_text import write_ledger
from tramgac_collector.cli.host_text import lost, rules, standing, write_host
from tramgac_collector.cli.ledger_words import LedgerWord
from tramgac_collector.cli.options import Json, State, client_of, done, show, write
from tramgac_collector.cli.times import local
from tramgac_collector.cli.words import Word, say

_Ledger = Annotated[bool, typer.Option("--ledger", help=say(LedgerWord.OPTION_LEDGER))]
_Id = Annotated[str, typer.Argument(metavar="HOST", help=say(Word.ARGUMENT_HOST))]
_HEADS = (
    Heading.ID,
    Heading.NAME,
    Heading.CONNECTED,
    Heading.LAST_SEEN,
    Heading.ACKED,
    Heading.LOST,
    Heading.FINDINGS,
    Heading.RULES,
    Heading.SENSORS,
)


def register(app: typer.Typer) -> None:
    """Add the commands; `tramgac hosts` alone lists."""
    made = group(app, "hosts", Word.ABOUT_HOSTS, alone)
    attach(made, "list", Word.ABOUT_HOSTS_LIST, listing)
    attach(made, "show", Word.ABOUT_HOSTS_SHOW, one)
    attach(made, "revoke", Word.ABOUT_HOSTS_REVOKE, revoke)
    attach(made, "allow", Word.ABOUT_HOSTS_ALLOW, allow)
    attach(made, "release", Word.ABOUT_HOSTS_RELEASE, release)
    attach(made, "forget", Word.ABOUT_HOSTS_FORGET, forget)


def alone(ctx: typer.Context, *, json: Json = False, state: State = None) -> None:
    """List, unless a command follows."""
    ctx.obj = state or ctx.obj
    if ctx.invoked_subcommand is None:
        listing(ctx, json=json)


def one(ctx: typer.Context, host: _Id, *, ledger: _Ledger = False, json: Json = False, state: State = None) -> None:
    """Show one host, or its ledger."""
    found = client_of(ctx, state).get(f"/api/hosts/{host}" + "/ledger" * ledger)
    if json:
        write(found)
    elif ledger:
        write_ledger(found)
    else:
        write_host(found)


def revoke(ctx: typer.Context, host: _Id, *, json: Json = False, state: State = None) -> None:
    """Let a host speak no longer."""
    stands = client_of(ctx, state).send(f"/api/hosts/{host}/revoke", {})
    done(stands, Word.HOST_REVOKED, json=json, id=stands["id"])


def allow(ctx: typer.Context, host: _Id, *, json: Json = False, state: State = None) -> None:
    """Let a host speak again."""
    stands = client_of(ctx, state).send(f"/api/hosts/{host}/allow", {})
    done(stands, Word.HOST_ALLOWED, json=json, id=stands["id"])


def release(ctx: typer.Context, host: _Id, *, json: Json = False, state: State = None) -> None:
    """End a host's quarantine."""
    told = client_of(ctx, state).send(f"/api/hosts/{host}/release", {})
    done(told, Word.HOST_RELEASED if told["released"] else Word.HOST_IN_NONE, json=json, id=told["id"])


def forget(ctx: typer.Context, host: _Id, *, json: Json = False, state: State = None) -> None:
    """Remove a host that never spoke."""
    told = client_of(ctx, state).send(f"/api/hosts/{host}/forget", {})
    done(told, Word.HOST_FORGOTTEN, json=json, id=told["id"])


def listing(ctx: typer.Context, *, json: Json = False, state: State = None) -> None:
    """List hosts, by name."""
    client = client_of(ctx, state)
    found = client.get("/api/hosts")["items"]
    show(found, _columns, json=json, heads=_HEADS, empty=Nothing.HOSTS)
    hint(client)


def _columns(row: dict[str, Any]) -> list[object]:
    sensors = " ".join(f"{sensor['capability']}={sensor['rung']}" for sensor in row["sensors"])
    complete = f"{row['completeness']['acked']}/{row['completeness']['emitted']}"
    seen = [standing(row), local(row["last_seen"]), complete, lost(row)]
    return [row["id"], row["name"], *seen, len(row["findings"]), rules(row), sensors]
