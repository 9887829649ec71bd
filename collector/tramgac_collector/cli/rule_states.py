"""`tramgac rules state|forecast|promote|costs`: what becomes of events that meet rules."""

import sys
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer

from tramgac_collector.cli.cut import decimal, tell_first
from tramgac_collector.cli.groups import attach
from tramgac_collector.cli.headings import Heading
from tramgac_collector.cli.misuse import choose
from tramgac_collector.cli.options import Json, State, client_of, tell, write
from tramgac_collector.cli.pairs import say
from tramgac_collector.cli.rule_show import why_watched
from tramgac_collector.cli.said import said
from tramgac_collector.cli.state_words import StateWord
from tramgac_collector.cli.terminal import table
from tramgac_collector.cli.times import local
from tramgac_collector.cli.titles import titled
from tramgac_collector.vocabulary import DEFAULT, RULE_STATES
from tramgac_collector.vocabulary_words import in_words, typed

_STATES = (*RULE_STATES, DEFAULT)
_MOST_DAYS = 34
_Why = Annotated[str, typer.Option("--why", metavar="TEXT", help=say(StateWord.OPTION_WHY))]
_Site = Annotated[str, typer.Option(metavar="NAME", help=say(StateWord.OPTION_SITE))]
_Days = Annotated[
    int, typer.Option(min=1, max=_MOST_DAYS, metavar="N", help=say(StateWord.OPTION_DAYS, most=_MOST_DAYS))
]
_FORECAST = (Heading.ID, Heading.SEVERITY, Heading.SITE, Heading.A_DAY, Heading.GROUPED, Heading.HOSTS, Heading.DAYS,
             Heading.WATCH, Heading.TITLE)  # fmt: skip
_COSTS = (Heading.ID, Heading.SEVERITY, Heading.US_AN_EVENT, Heading.TESTS, Heading.MATCHES, Heading.TITLE)
_PROMOTED = (Heading.ID, Heading.SEVERITY, Heading.MATCHES, Heading.TITLE)


def attach_to(made: typer.Typer) -> None:
    """Add the commands to `tramgac rules`."""
    attach(made, "state", StateWord.ABOUT_STATE, state_of_rules)
    attach(made, "forecast", StateWord.ABOUT_FORECAST, forecast)
    attach(made, "promote", StateWord.ABOUT_PROMOTE, promote)
    attach(made, "costs", StateWord.ABOUT_COSTS, costs)


def state_of_rules(
    ctx: typer.Context,
    rules: Annotated[list[str], typer.Argument(metavar="RULE...", help=say(StateWord.ARGUMENT_RULES))],
    word: Annotated[
        str, typer.Argument(metavar="STATE", help=say(StateWord.ARGUMENT_STATE, states=typed("state", _STATES)))
    ],
    *,
    why: _Why,
    site: _Site = "",
    json: Json = False,
    state: State = None,
) -> None:
    """Choose a state for rules."""
    choose("STATE", word, _STATES, "state")
    named = [*_named(rules)]
    body = {"rules": named, "state": word, "why": why, "site": site}
    done = client_of(ctx, state).send("/api/rule-states", body)
    if json:
        write(done)
    else:
        tell(StateWord.CHOSEN, changed=len(done["changed"]), rules=len(done["rules"]), state=in_words("state", word))


def forecast(
    ctx: typer.Context, *, days: _Days = 14, site: _Site = "", json: Json = False, state: State = None
) -> None:
    """Tell what watched rules would make, the loudest first."""
    rows = client_of(ctx, state).get("/api/rule-states/forecast", days=days, site=site)["items"]
    if json:
        for row in rows:
            write(row)
    elif not table(map(_foretold, rows), heads=[say(head) for head in _FORECAST]):
        tell(StateWord.NOTHING_WATCHED)


def promote(
    ctx: typer.Context,
    *,
    below: Annotated[int, typer.Option(min=1, max=1_000_000, metavar="N", help=say(StateWord.OPTION_BELOW))],
    days: _Days = 14,
    why: _Why = "",
    site: _Site = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help=say(StateWord.OPTION_DRY))] = False,
    json: Json = False,
    state: State = None,
) -> None:
    """Let quiet imported rules alert, or say which they would be."""
    reason = why or say(StateWord.QUIET_ENOUGH, below=below, days=days)
    body = {"below": below, "days": days, "site": site, "why": reason, "dry_run": dry_run}
    rows = client_of(ctx, state).send("/api/rule-states/promote", body)["items"]
    if json:
        for row in rows:
            write({**row, "dry_run": dry_run})
        return
    table(([row["rule"], _level(row), row["matches"], titled(row)] for row in rows), heads=[say(h) for h in _PROMOTED])
    tell(StateWord.WOULD_PROMOTE if dry_run else StateWord.PROMOTED, count=len(rows))


def costs(
    ctx: typer.Context,
    *,
    top: Annotated[int, typer.Option(min=1, metavar="N", help=say(StateWord.OPTION_TOP))] = 20,
    json: Json = False,
    state: State = None,
) -> None:
    """Show what rules cost the judge."""
    found = client_of(ctx, state).get("/api/rule-states/costs")
    if json:
        for row in found["items"]:
            write(row)
        return
    rows = [
        [row["rule"], _level(row), decimal(row["microseconds"], 2), row["tests"], row["matches"], titled(row)]
        for row in found["items"][:top]
    ]
    table(rows, heads=[say(head) for head in _COSTS])
    if found["as_of"]:
        tell(StateWord.COSTS_AS_OF, events=found["events"], since=local(found["as_of"]))
    else:
        tell(StateWord.NO_COSTS)
    tell_first(len(rows), len(found["items"]))


def told(answer: dict[str, Any]) -> Iterator[str]:
    """Yield what `/api/rule-states` answers, for the status of content."""
    yield say(StateWord.STATES, **answer["counts"])
    if answer["counts"]["part"]:
        yield say(StateWord.PARTS, **answer["counts"])
    for row in answer["parked"]:
        shown = {**row, "title": titled(row), "since": local(row["since"]), "reason": said(row["reason"])}
        yield say(StateWord.PARKED, **shown)
    for row in answer["parked_on_hosts"]:
        some = ", ".join(host["name"] or host["id"] for host in row["some"])
        more = ", ..." if row["hosts"] > len(row["some"]) else ""
        shown = {**row, "title": titled(row), "since": local(row["since"]), "some": some + more}
        yield say(StateWord.PARKED_ON_HOSTS, **shown)


def _named(rules: Sequence[str]) -> Iterator[str]:
    for name in rules:
        if name == "-":
            yield from filter(None, map(str.strip, sys.stdin))
        else:
            yield name


def _foretold(row: dict[str, Any]) -> list[object]:
    figures = [row["alerts_a_day"], row["grouped_a_day"], row["hosts"], row["days"]]
    watched = why_watched(row["watch"])
    return [row["rule"], _level(row), row["site"], *(f"{figure:g}" for figure in figures), watched, titled(row)]


def _level(row: dict[str, Any]) -> str:
    return in_words("level", row["level"])
