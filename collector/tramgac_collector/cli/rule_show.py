"""`tramgac rules show`: one rule with all that is known of it at the collector."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from tramgac_collector.cli.cut import decimal, tell_some
from tramgac_collector.cli.exception_words import ExceptionWord
from tramgac_collector.cli.groups import attach
from tramgac_collector.cli.headings import Heading
from tramgac_collector.cli.options import Json, State, client_of, tell, write
from tramgac_collector.cli.pairs import Pair, say
from tramgac_collector.cli.rule_words import RuleHeading, RuleWord
from tramgac_collector.cli.said import said
from tramgac_collector.cli.state_words import StateWord
from tramgac_collector.cli.terminal import table
from tramgac_collector.cli.times import local
from tramgac_collector.cli.titles import titled
from tramgac_collector.vocabulary_words import in_words

_ALERTS = (Heading.ID, Heading.TIME, Heading.HOST, Heading.STATUS, Heading.ABOUT)
_EXCEPTIONS = (Heading.ID, Heading.HELD, Heading.EXPIRES, Heading.SITE, Heading.SEARCH, Heading.REASON)

_WATCHED = {
    "imported": RuleWord.WATCH_IMPORTED,
    "experimental": RuleWord.WATCH_EXPERIMENTAL,
    "hunting": RuleWord.WATCH_HUNTING,
}
_COUNTS = ("of_late", "days", "total", "open")


def attach_to(made: typer.Typer) -> None:
    """Add the command to `tramgac rules`."""
    attach(made, "show", RuleWord.ABOUT_SHOW, one)


def one(
    ctx: typer.Context,
    rule: Annotated[str, typer.Argument(metavar="RULE", help=say(RuleWord.ARGUMENT_ID))],
    *,
    json: Json = False,
    state: State = None,
) -> None:
    """Show one rule."""
    found = client_of(ctx, state).get(f"/api/rule-states/{rule}")
    if json:
        write(found)
        return
    table([say(head), value] for head, value in _facts(found))
    _list(_ALERTS, [_alert(row) for row in found["alerts"]["newest"]])
    tell_some(len(found["alerts"]["newest"]), found["alerts"]["total"])
    _list(_EXCEPTIONS, [_exception(row) for row in found["exceptions"]])
    if found["on_offer"]:
        sys.stdout.write("\n")
        tell(RuleWord.EXPLAIN_IT, id=found["id"])


def _list(heads: tuple[Heading, ...], rows: list[list[object]]) -> None:
    if rows:
        sys.stdout.write("\n")
        table(rows, heads=[say(head) for head in heads])


def _facts(found: Mapping[str, Any]) -> Iterator[tuple[Pair, object]]:
    yield Heading.ID, found["id"]
    yield Heading.TITLE, titled(found)
    yield Heading.SEVERITY, in_words("level", found["level"])
    yield Heading.STATE, "; ".join(_states(found)) if found["on_offer"] else say(RuleWord.NOT_OFFERED)
    yield from _origin(found)
    if found["engine"] == "sigma" and not found["parts"]:
        yield RuleHeading.COSTS, _cost(found["cost"])
    met, alerts = found["met"], found["alerts"]
    yield RuleHeading.MET, say(RuleWord.MET_IS, **met)
    yield (
        Heading.ALERTS,
        say(RuleWord.ALERTS_ARE, **{name: alerts[name] for name in _COUNTS}),
    )


def _cost(cost: Mapping[str, Any] | None) -> str:
    """Tell what it costs the judge, which measures the rules of single events alone."""
    if cost is None:
        return say(RuleWord.COST_UNKNOWN)
    return say(RuleWord.COST_IS, us=decimal(cost["microseconds"], 2), events=cost["events"])


def _states(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the general state with whose choice it is, then those of sites, then where it is parked."""
    everywhere = next((row for row in found["chosen"] if not row["site"]), None)
    if found["parked"]:
        yield say(RuleWord.PARKED_SINCE, since=local(found["parked"]["since"]), reason=said(found["parked"]["reason"]))
    elif everywhere:
        yield say(RuleWord.STATE_CHOSEN, **_stated(everywhere))
    elif found["watch"]:
        yield say(RuleWord.STATE_WATCHED, **_stated(found), why=why_watched(found["watch"]))
    else:
        yield say(StateWord.PART) if found["quiet"] else in_words("state", found["state"])
    yield from (say(RuleWord.STATE_AT, **_stated(row)) for row in found["chosen"] if row["site"])
    if found["parked_hosts"]:
        yield say(StateWord.ON_HOSTS, hosts=found["parked_hosts"])


def _stated(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "state": in_words("state", row["state"])}


def why_watched(word: str) -> str:
    """Tell why its author has a rule watched first."""
    known = _WATCHED.get(word)
    return word if known is None else say(known)


def _origin(found: Mapping[str, Any]) -> Iterator[tuple[Pair, object]]:
    source = found["logsource"] or {}
    looks = " ".join(filter(None, (source.get(part) for part in ("product", "category", "service"))))
    status = f"({in_words('ripe', found['status'])})" if found["status"] else ""
    yield RuleHeading.SOURCE, " ".join(filter(None, (found["path"] or found["engine"], status))) or "-"
    if looks:
        yield RuleHeading.LOOKS_AT, looks
    for part in found["parts"]:
        yield RuleHeading.MEMBERS, f"{part['id']} {titled(part)}".strip()
    if found["tags"]:
        yield RuleHeading.TAGS, ", ".join(found["tags"])
    if found["author"]:
        yield RuleHeading.AUTHOR, found["author"]


def _alert(row: Mapping[str, Any]) -> list[object]:
    decided = in_words("verdict", row["verdict"]) if row["verdict"] else in_words("status", row["status"])
    return [row["id"], local(row["time"]), row["hostname"], decided, row["summary"]]


def _exception(row: Mapping[str, Any]) -> list[object]:
    until = local(row["expires"]) if row["expires"] else say(ExceptionWord.NEVER)
    where = row["site"] or say(ExceptionWord.EVERYWHERE)
    where = f"{where}, {say(ExceptionWord.EVERY_RULE)}" if row["every_rule"] else where
    return [row["id"], row["held"], until, where, row["query"], row["why"]]
