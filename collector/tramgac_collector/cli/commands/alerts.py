"""`tramgac alerts`: list, show, verdict, verdict-all."""

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tramgac_collector.cli.complaints import Complaint
from tramgac_collector.cli.cut import Counted, Cut, tell_cut
from tramgac_collector.cli.errors import Misuse
from tramgac_collector.cli.groups import attach, group
from tramgac_collector.cli.headings import Cell, Heading, Nothing
from tramgac_collector.cli.hints import hint
from tramgac_collector.cli.misuse import choose
from tramgac_collector.cli.options import Json, State, client_of, done, show, tell, write
from tramgac_collector.cli.said import said
from tramgac_collector.cli.terminal import table, visible
from tramgac_collector.cli.times import local
from tramgac_collector.cli.titles import titled
from tramgac_collector.cli.twins import called, twins
from tramgac_collector.cli.verdict_all import close, require
from tramgac_collector.cli.verdict_words import VerdictWord
from tramgac_collector.cli.words import Word, say
from tramgac_collector.vocabulary import LEVELS, REASONED, STATUSES, VERDICTS
from tramgac_collector.vocabulary_words import in_words, typed

if TYPE_CHECKING:
    from tramgac_collector.cli.client import Client

_MOST = 1_000_000
_VERDICTS = typed("verdict", VERDICTS)
_REASONED = ", ".join(word for word in VERDICTS if word in REASONED)
_Status = Annotated[str, typer.Option(metavar="open|closed|all", help=say(Word.OPTION_STATUS))]
_Severity = Annotated[
    str | None, typer.Option(metavar="LEVEL,...", help=say(Word.OPTION_SEVERITY, levels=typed("level", LEVELS)))
]
_Host = Annotated[str | None, typer.Option(metavar="H", help=say(Word.OPTION_HOST))]
_Rule = Annotated[str | None, typer.Option(metavar="ID", help=say(Word.OPTION_RULE))]
_Limit = Annotated[int, typer.Option(min=1, max=_MOST, metavar="N", help=say(Word.OPTION_LIMIT))]
_Id = Annotated[str, typer.Argument(metavar="ALERT", help=say(Word.ARGUMENT_ALERT))]
_Verdict = Annotated[str, typer.Argument(metavar="VERDICT", help=say(Word.ARGUMENT_VERDICT, verdicts=_VERDICTS))]
_Note = Annotated[str, typer.Option(metavar="TEXT", help=say(Word.OPTION_NOTE, reasoned=_REASONED))]
_Yes = Annotated[bool, typer.Option("--yes", help=say(VerdictWord.OPTION_YES))]
_ID = re.compile("[0-9a-f]{8,32}")
_HEADS = (Heading.ID, Heading.TIME, Heading.SEVERITY, Heading.HOST, Heading.STATUS, Heading.TITLE)
_FACTS = {
    "id": Heading.ID,
    "title": Heading.TITLE,
    "rule": Heading.RULE,
    "level": Heading.SEVERITY,
    "hostname": Heading.HOST,
    "user": Heading.USER,
    "time": Heading.TIME,
    "status": Heading.STATUS,
    "verdict": Heading.VERDICT,
}
_STAGES = {"provisional": Cell.PROVISIONAL, "confirmed": Cell.CONFIRMED, "withdrawn": Cell.WITHDRAWN}


def register(app: typer.Typer) -> None:
    """Add the commands; `tramgac alerts` alone lists."""
    made = group(app, "alerts", Word.ABOUT_ALERTS, alone)
    attach(made, "list", Word.ABOUT_ALERTS_LIST, listing)
    attach(made, "show", Word.ABOUT_ALERTS_SHOW, one)
    attach(made, "verdict", Word.ABOUT_ALERTS_VERDICT, verdict)
    attach(made, "verdict-all", VerdictWord.ABOUT, verdict_all)


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
    given = {"--severity": severity, "--host": host, "--rule": rule, "--status": status != "all"}
    if ctx.invoked_subcommand is not None and (lost := [option for option, value in given.items() if value]):
        raise Misuse(say(VerdictWord.BEFORE, option=lost[0], command=ctx.invoked_subcommand))
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
    choose("--status", status, STATUSES, "status")
    _require_levels(severity)
    asked = {"status": status, "severity": severity, "host": host, "rule": rule}
    empty = Nothing.ALERTS_MATCH if severity or host or rule or status != "all" else Nothing.ALERTS
    client = client_of(ctx, state)
    found = Counted(client.lines("/api/alerts/export", **asked, limit=limit, known="true"))
    rows: Iterable[dict[str, Any]] = found
    shared: frozenset[str] = frozenset()
    if not json:
        rows = known = list(found)
        shared = _shared(client, known)
    show(rows, partial(_columns, shared), json=json, heads=_HEADS, empty=empty)
    tell_cut(found.count, limit, _MOST, lambda: client.get("/api/alerts", **asked, limit=1)["total"], Cut.ALERTS)
    hint(client)


def one(ctx: typer.Context, alert: _Id, *, json: Json = False, state: State = None) -> None:
    """Show one alert."""
    client = client_of(ctx, state)
    found = client.get(f"/api/alerts/{_id(alert)}")
    if json:
        write(found)
    else:
        _show(found, called(found["host"], found["hostname"], _shared(client, [found])))


def verdict(
    ctx: typer.Context,
    alert: _Id,
    word: _Verdict,
    *,
    note: _Note = "",
    json: Json = False,
    state: State = None,
) -> None:
    """Decide one alert."""
    require(word, note)
    decided = client_of(ctx, state).send(f"/api/alerts/{_id(alert)}/verdict", {"verdict": word, "note": note})
    done(decided, Word.ALERT_DECIDED, json=json, id=decided["id"], verdict=in_words("verdict", word))


def verdict_all(  # noqa: PLR0913 - a flag each
    ctx: typer.Context,
    word: _Verdict,
    *,
    note: _Note = "",
    severity: _Severity = None,
    host: _Host = None,
    rule: _Rule = None,
    yes: _Yes = False,
    json: Json = False,
    state: State = None,
) -> None:
    """Decide all that the filters let through."""
    require(word, note)
    _require_levels(severity)
    asked = {"severity": severity or "", "host": host or "", "rule": rule or ""}
    close(client_of(ctx, state), asked, word, note, yes=yes, json=json)


def _require_levels(severity: str | None) -> None:
    for level in filter(None, (severity or "").split(",")):
        choose("--severity", level, LEVELS, "level")


def _id(text: str) -> str:
    """Give an alert's id, or its beginning, as the collector writes it. Raises Misuse."""
    if not _ID.fullmatch(text.lower()):
        raise Misuse(say(Complaint.BAD_ALERT, text=text))
    return text.lower()


def _shared(client: "Client", rows: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """Give the names that several hosts have: those of the alerts, which keep the name of their day, and of today."""
    hosts = client.get("/api/hosts")["items"] if rows else []
    today = ((host["id"], host["name"]) for host in hosts)
    return twins([*((row["host"], row["hostname"]) for row in rows), *today])


def _columns(shared: frozenset[str], row: Mapping[str, Any]) -> list[object]:
    decided, rule = _outcome(row), row["rule"]
    if row["stage"] != "confirmed":
        decided = f"{decided} ({_stage(row)})"
    host = called(row["host"], row["hostname"], shared)
    level, title = in_words("level", rule["level"]), titled({**row, "title": rule["title"]})
    return [row["id"], local(row["time"]), level, host, decided, title]


def _outcome(row: Mapping[str, Any]) -> str:
    return in_words("verdict", row["verdict"]) if row["verdict"] else in_words("status", row["status"])


def _stage(told: Mapping[str, Any]) -> str:
    """Give how sure it is that it was so: only correlations raise alerts that may still change."""
    known = _STAGES.get(told["stage"])
    return str(told["stage"]) if known is None else say(known)


def _plain(value: object) -> object:
    """Give a value as a search is written: truths in small letters, lists without brackets."""
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def _decided(found: dict[str, Any]) -> str:
    """Give the note that came with the verdict in force: written by whoever decided, in the same moment."""
    steps = [step for step in found["history"] if step["verdict"]]
    if not found["verdict"] or not steps:
        return ""
    last = steps[-1]["by"], steps[-1]["time"]
    return next((str(note["text"]) for note in found["notes"] if (note["by"], note["time"]) == last), "")


def _show(found: dict[str, Any], host: str) -> None:
    told = {
        **found,
        "rule": found["rule"]["id"],
        "hostname": host,
        "level": in_words("level", found["level"]),
        "status": in_words("status", found["status"]),
        "verdict": in_words("verdict", found["verdict"] or "-"),
        "time": local(found["time"], fine=True),
        "title": titled(found),
    }
    note = [[say(Heading.NOTE), text]] if (text := _decided(found)) else []
    stage = [[say(Heading.STAGE), _stage(found)]] if found["stage"] != "confirmed" else []
    table([*([say(head), told[name]] for name, head in _FACTS.items()), *stage, *note])
    for condition in found["why"]:
        sign = "✗" if condition["negated"] else "✓"
        value = condition["value"] if condition["spans"] else said(condition["value"])
        line = f"{sign} {condition['field']}: {value}  ←  {said(condition['pattern'])}"
        sys.stdout.write(visible(line) + "\n")
        if condition.get("note"):
            tell(Word.LIST_SAYS, source=condition.get("source") or "-", note=condition["note"])
    for event in found["events"]:
        sys.stdout.write(f"\n{visible(event['kind'])} {local(event['time'], fine=True)}\n")
        table(["", name, _plain(value)] for name, value in sorted(event["fields"].items()))
    for note in found["notes"]:
        sys.stdout.write(visible(f"{local(note['time'])} {note['by']}: {note['text']}") + "\n")
