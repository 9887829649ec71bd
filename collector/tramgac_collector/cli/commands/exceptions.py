"""`tramgac exceptions`: list, show, try, add, prolong, close, end."""

import re
from typing import Annotated, Any

import typer

from tramgac_collector.cli.cut import number as figure
from tramgac_collector.cli.cut import tell_some
from tramgac_collector.cli.errors import Failed, Misuse
from tramgac_collector.cli.exception_words import ExceptionWord
from tramgac_collector.cli.groups import attach, group
from tramgac_collector.cli.headings import Heading
from tramgac_collector.cli.options import Json, State, client_of, done, tell, write
from tramgac_collector.cli.pairs import say
from tramgac_collector.cli.refusals import sentence, until
from tramgac_collector.cli.state_words import StateWord
from tramgac_collector.cli.terminal import table
from tramgac_collector.cli.times import local
from tramgac_collector.cli.titles import titled
from tramgac_collector.cli.verdict_all import require
from tramgac_collector.cli.verdict_words import VerdictWord
from tramgac_collector.cli.words import Word
from tramgac_collector.vocabulary import REASONED, VERDICTS
from tramgac_collector.vocabulary_words import in_words, typed

_MOST_DAYS = 366
_DAYS = re.compile(r"([1-9][0-9]{0,4})d")
_NEVER = "never"
_EVERY = "*"
_HEADS = (Heading.ID, Heading.HELD, Heading.A_DAY, Heading.LAST, Heading.EXPIRES, Heading.SITE, Heading.RULE,
          Heading.SEARCH)  # fmt: skip
_RECENT = (Heading.TIME, Heading.HOST, Heading.TITLE, Heading.ABOUT)
_Rule = Annotated[str, typer.Argument(metavar="RULE", help=say(ExceptionWord.ARGUMENT_RULE))]
_Query = Annotated[str, typer.Argument(metavar="QUERY", help=say(ExceptionWord.ARGUMENT_QUERY))]
_Number = Annotated[int, typer.Argument(metavar="ID", min=1, max=1 << 62, help=say(ExceptionWord.ARGUMENT_NUMBER))]
_Site = Annotated[str, typer.Option(metavar="NAME", help=say(StateWord.OPTION_SITE))]
_Days = Annotated[int, typer.Option(min=1, max=_MOST_DAYS, metavar="N", help=say(ExceptionWord.OPTION_DAYS))]
_Why = Annotated[str, typer.Option("--why", metavar="TEXT", help=say(StateWord.OPTION_WHY))]
_Valid = Annotated[str, typer.Option(metavar="90d|never", help=say(ExceptionWord.OPTION_VALID))]
_Force = Annotated[bool, typer.Option("--force", help=say(ExceptionWord.OPTION_FORCE))]
_Verdict = Annotated[
    str, typer.Argument(metavar="VERDICT", help=say(Word.ARGUMENT_VERDICT, verdicts=typed("verdict", VERDICTS)))
]
_Note = Annotated[str, typer.Option(metavar="TEXT", help=say(Word.OPTION_NOTE, reasoned=", ".join(sorted(REASONED))))]
_All = Annotated[bool, typer.Option("--all", help=say(ExceptionWord.OPTION_ALL))]


def register(app: typer.Typer) -> None:
    """Add the commands; `tramgac exceptions` alone lists."""
    made = group(app, "exceptions", ExceptionWord.ABOUT, alone)
    attach(made, "list", ExceptionWord.ABOUT_LIST, listing)
    attach(made, "show", ExceptionWord.ABOUT_SHOW, one)
    attach(made, "try", ExceptionWord.ABOUT_TRY, trial)
    attach(made, "add", ExceptionWord.ABOUT_ADD, add)
    attach(made, "prolong", ExceptionWord.ABOUT_PROLONG, prolong)
    attach(made, "close", ExceptionWord.ABOUT_CLOSE, close)
    attach(made, "end", ExceptionWord.ABOUT_END, end)


def alone(ctx: typer.Context, *, json: Json = False, state: State = None) -> None:
    """List, unless a command follows."""
    ctx.obj = state or ctx.obj
    if ctx.invoked_subcommand is None:
        listing(ctx, json=json)


def listing(ctx: typer.Context, *, all_: _All = False, json: Json = False, state: State = None) -> None:
    """List exceptions."""
    rows = client_of(ctx, state).get("/api/exceptions", all="true" if all_ else None)["items"]
    if json:
        for row in rows:
            write(row)
    elif not table(map(_columns, rows), heads=[say(head) for head in _HEADS]):
        tell(ExceptionWord.NONE)


def one(ctx: typer.Context, number: _Number, *, json: Json = False, state: State = None) -> None:
    """Show one exception."""
    row = client_of(ctx, state).get(f"/api/exceptions/{number}")
    if json:
        write(row)
        return
    table(_facts(row))
    if row["fault"]:
        params = row["fault_params"]
        tell(ExceptionWord.NOT_READ, fault=sentence(params.get("refusal", ""), params) or row["fault"])
    if row["recent"]:
        tell(ExceptionWord.RECENT)
        shown = ([local(each["time"]), each["hostname"], titled(each), each["summary"]] for each in row["recent"])
        table(shown, heads=[say(head) for head in _RECENT])
        tell_some(len(row["recent"]), row["held"])


def trial(
    ctx: typer.Context,
    rule: _Rule,
    query: _Query,
    *,
    site: _Site = "",
    days: _Days = 30,
    json: Json = False,
    state: State = None,
) -> None:
    """Tell what an exception would have held back."""
    body = {"rule": rule, "query": query, "site": site, "days": days}
    found = client_of(ctx, state).send("/api/exceptions/try", body)
    if json:
        write(found)
        return
    _tell_past(found["alerts"], days)
    if found["events"] is None:
        tell(ExceptionWord.NO_EVENTS)
    else:
        tell(ExceptionWord.EVENTS, events=found["events"])
    if found["wide"]:
        tell(ExceptionWord.WIDE)
    if found["same"]:
        tell(ExceptionWord.SAME, id=found["same"])


def add(  # noqa: PLR0913 - a flag each
    ctx: typer.Context,
    rule: _Rule,
    query: _Query,
    *,
    why: _Why,
    site: _Site = "",
    valid: _Valid = "90d",
    days: _Days = 30,
    force: _Force = False,
    json: Json = False,
    state: State = None,
) -> None:
    """Put an exception in force."""
    body = {"rule": rule, "query": query, "site": site, "days": days, "why": why, "force": force}
    made = client_of(ctx, state).send("/api/exceptions", {**body, "valid_days": _valid(valid)})
    if json:
        write(made)
        return
    _tell_past(made["alerts"], days)
    tell(ExceptionWord.STATED, id=made["id"], until=until(made["expires"]))


def prolong(
    ctx: typer.Context,
    number: _Number,
    *,
    why: _Why,
    valid: _Valid = "90d",
    force: _Force = False,
    json: Json = False,
    state: State = None,
) -> None:
    """Give an exception a later end."""
    body = {"why": why, "valid_days": _valid(valid), "force": force}
    row = client_of(ctx, state).send(f"/api/exceptions/{number}/prolong", body)
    done(row, ExceptionWord.PROLONGED, json=json, id=number, until=until(row["expires"]))


def close(
    ctx: typer.Context,
    number: _Number,
    word: _Verdict,
    *,
    note: _Note = "",
    json: Json = False,
    state: State = None,
) -> None:
    """Close the alerts that it fits."""
    require(word, note)
    client, decided, left = client_of(ctx, state), 0, 1
    while left:
        told = client.send(f"/api/exceptions/{number}/close", {"verdict": word, "note": note})
        decided, left = decided + told["decided"], told["left"]
        if not told["decided"]:
            break
    row = {"id": number, "verdict": word, "decided": decided, "left": left}
    done(row, VerdictWord.CLOSED, json=json, count=figure(decided), verdict=in_words("verdict", word))
    if left:
        raise Failed(say(VerdictWord.STILL_OPEN, count=figure(left)))


def end(
    ctx: typer.Context,
    number: _Number,
    *,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help=say(ExceptionWord.OPTION_WHY_END))],
    json: Json = False,
    state: State = None,
) -> None:
    """End an exception."""
    row = client_of(ctx, state).send(f"/api/exceptions/{number}/end", {"why": why})
    done(row, ExceptionWord.ENDED, json=json, id=number, held=row["held"])


def _valid(text: str) -> int | None:
    """Read for how many days, None for never. Raises Misuse."""
    if text == _NEVER:
        return None
    found = _DAYS.fullmatch(text)
    if found is None:
        raise Misuse(say(ExceptionWord.BAD_VALID, text=text))
    return int(found[1])


def _tell_past(past: dict[str, Any], days: int) -> None:
    told = {name: past[name] for name in ("looked", "held", "open")}
    tell(ExceptionWord.HELD, **told, days=days)
    if past["more"]:
        tell(ExceptionWord.HELD_MORE)
    if past["looked"] and not past["held"]:
        tell(ExceptionWord.NONE_HELD)
    if past["against"]:
        word = ExceptionWord.AGAINST_MORE if past["contested"] > len(past["against"]) else ExceptionWord.AGAINST
        tell(word, count=past["contested"], found=", ".join(past["against"]))
    if past["unsure"]:
        tell(ExceptionWord.UNSURE, count=past["unsure"])
    shown = ([local(each["time"]), each["hostname"], titled(each), each["summary"]] for each in past["some"])
    table(shown, heads=[say(head) for head in _RECENT])
    tell_some(len(past["some"]), past["held"])


def _columns(row: dict[str, Any]) -> list[object]:
    figures = [row["held"], f"{row['held_a_day']:g}", local(row["last"])]
    ends = _expires(row) if row["state"] == "active" else _state(row)
    return [row["id"], *figures, ends, _where(row), _rule(row), row["query"]]


def _facts(row: dict[str, Any]) -> list[list[object]]:
    facts: dict[Heading, object] = {
        Heading.ID: row["id"],
        Heading.STATE: _state(row),
        Heading.RULE: _rule(row) if row["rule"] == _EVERY else f"{row['rule']} {titled(row)}".strip(),
        Heading.SEARCH: row["query"],
        Heading.SITE: _where(row),
        Heading.REASON: row["why"],
        Heading.WHO: row["by"],
        Heading.CREATED: local(row["time"]),
        Heading.EXPIRES: _expires(row),
        Heading.HELD: _held(row),
        Heading.LAST: local(row["last"]),
    }
    if row["prolonged"]:
        facts[Heading.PROLONGED] = f"{local(row['prolonged'])} {row['prolonged_by']}: {row['prolonged_why']}"
    return [[say(head), value] for head, value in facts.items()]


def _held(row: dict[str, Any]) -> str:
    """Give how much it held back; of one for every rule also by rule."""
    by_rule = ", ".join(f"{rule}: {count}" for rule, count in row["rules"].items())
    return f"{row['held']} ({by_rule})" if row["rule"] == _EVERY and by_rule else str(row["held"])


def _state(row: dict[str, Any]) -> str:
    if row["state"] == "ended":
        return say(ExceptionWord.ENDED_STATE, by=row["ended_by"], why=row["ended_why"])
    return say(ExceptionWord.ACTIVE if row["state"] == "active" else ExceptionWord.EXPIRED)


def _expires(row: dict[str, Any]) -> str:
    return local(row["expires"]) if row["expires"] else say(ExceptionWord.NEVER)


def _where(row: dict[str, Any]) -> str:
    return row["site"] or say(ExceptionWord.EVERYWHERE)


def _rule(row: dict[str, Any]) -> str:
    return say(ExceptionWord.EVERY_RULE) if row["rule"] == _EVERY else titled(row) or str(row["rule"])
