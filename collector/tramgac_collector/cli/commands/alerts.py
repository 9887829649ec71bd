"""`tramgac alerts`: list, show, verdict."""

import sys
from typing import Annotated, Any

import typer

from tramgac_collector.cli.options import Json, State, client_of, show, tell, write
from tramgac_collector.cli.terminal import table, visible
from tramgac_collector.cli.words import Word, say

_Status = Annotated[str, typer.Option(metavar="open|closed|all", help=say(Word.OPTION_STATUS))]
_Severity = Annotated[str | None, typer.Option(metavar="LEVEL,...", help=say(Word.OPTION_SEVERITY))]
_Host = Annotated[str | None, typer.Option(metavar="H", help=say(Word.OPTION_HOST))]
_Rule = Annotated[str | None, typer.Option(metavar="ID", help=say(Word.OPTION_RULE))]
_Limit = Annotated[int, typer.Option(min=1, max=1_000_000, metavar="N", help=say(Word.OPTION_LIMIT))]
_Id = Annotated[str, typer.Argument(metavar="ALERT")]


def register(app: typer.Typer) -> None:
    """Add the commands; `tramgac alerts` alone lists."""
    group = typer.Typer(help=say(Word.ABOUT_ALERTS), callback=alone, invoke_without_command=True, rich_markup_mode=None)
    group.command("list", help=say(Word.ABOUT_ALERTS))(listing)
    group.command("show", help=say(Word.ABOUT_ALERTS_SHOW))(one)
    group.command("verdict", help=say(Word.ABOUT_ALERTS_VERDICT))(verdict)
    app.add_typer(group, name="alerts")


def alone(
    ctx: typer.Context,
    *,
    status: _Status = "all",
    severity: _Severity = None,
    host: _Host = None,
    rule: _Rule = None,
    limit: _Limit = 1000,
    json: Json = False,
    state: State = None,
) -> None:
    """List, unless a command follows."""
    ctx.obj = state or ctx.obj
    if ctx.invoked_subcommand is None:
        listing(ctx, status=status, severity=severity, host=host, rule=rule, limit=limit, json=json)


def listing(
    ctx: typer.Context,
    *,
    status: _Status = "all",
    severity: _Severity = None,
    host: _Host = None,
    rule: _Rule = None,
    limit: _Limit = 1000,
    json: Json = False,
    state: State = None,
) -> None:
    """List alerts, newest first."""
    asked = {"status": status, "severity": severity, "host": host, "rule": rule, "limit": limit}
    show(client_of(ctx, state).lines("/api/alerts/export", **asked), _columns, json=json)


def one(ctx: typer.Context, alert: _Id, *, json: Json = False, state: State = None) -> None:
    """Show one alert."""
    found = client_of(ctx, state).get(f"/api/alerts/{alert}")
    if json:
        write(found)
    else:
        _show(found)


def verdict(
    ctx: typer.Context,
    alert: _Id,
    word: Annotated[str, typer.Argument(metavar="VERDICT")],
    *,
    note: Annotated[str, typer.Option(metavar="TEXT", help=say(Word.OPTION_NOTE))] = "",
    state: State = None,
) -> None:
    """Decide one alert."""
    client_of(ctx, state).send(f"/api/alerts/{alert}/verdict", {"verdict": word, "note": note})
    tell(Word.ALERT_DECIDED, id=alert, verdict=word)


def _columns(row: dict[str, Any]) -> list[object]:
    decided = row["verdict"] or row["status"]
    return [row["id"], row["time"], row["rule"]["level"], row["hostname"], decided, row["rule"]["title"]]


def _show(found: dict[str, Any]) -> None:
    table([name, found[name]] for name in ("id", "title", "level", "hostname", "user", "time", "status", "verdict"))
    for condition in found["why"]:
        sign = "✗" if condition["negated"] else "✓"
        line = f"{sign} {condition['field']}: {condition['value']}  ←  {condition['pattern']}"
        sys.stdout.write(visible(line) + "\n")
    for event in found["events"]:
        sys.stdout.write(f"\n{visible(event['kind'])} {event['time']}\n")
        table(["", name, value] for name, value in sorted(event["fields"].items()))
    for note in found["notes"]:
        sys.stdout.write(visible(f"{note['time']} {note['by']}: {note['text']}") + "\n")
