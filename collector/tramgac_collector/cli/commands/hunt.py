"""`tramgac hunt`: one question to the stored events of all hosts; hosts and counts first, then events."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tramgac_collector.cli.cut import Counted, Cut, number, tell_cut, tell_first
from tramgac_collector.cli.errors import Misuse
from tramgac_collector.cli.event_rows import COLUMNS, called_by_name, columns, looked_back
from tramgac_collector.cli.groups import attach
from tramgac_collector.cli.headings import Heading, Nothing
from tramgac_collector.cli.hints import hint
from tramgac_collector.cli.hunt_words import HuntWord
from tramgac_collector.cli.options import Json, State, client_of, show, tell, write
from tramgac_collector.cli.store_words import StoreWord
from tramgac_collector.cli.times import local, moment
from tramgac_collector.cli.words import Word, say

if TYPE_CHECKING:
    from tramgac_collector.cli.client import Client

_MOST = 10_000
_HOSTS = (Heading.HOST, Heading.EVENTS, Heading.FIRST, Heading.LAST)
_GROUPS = (Heading.VALUE, Heading.EVENTS, Heading.HOSTS, Heading.FIRST, Heading.LAST)


def register(app: typer.Typer) -> None:
    """Add the command."""
    attach(app, "hunt", HuntWord.ABOUT, hunt)


def hunt(  # noqa: PLR0913 - a flag each
    ctx: typer.Context,
    query: Annotated[list[str], typer.Argument(metavar="QUERY", help=say(Word.OPTION_QUERY))],
    *,
    since: Annotated[str | None, typer.Option(metavar="T", help=say(Word.OPTION_SINCE))] = None,
    until: Annotated[str | None, typer.Option(metavar="T", help=say(Word.OPTION_UNTIL))] = None,
    host: Annotated[str | None, typer.Option(metavar="H", help=say(Word.OPTION_HOST))] = None,
    kind: Annotated[str | None, typer.Option(metavar="KIND,...", help=say(Word.OPTION_KIND))] = None,
    by: Annotated[str | None, typer.Option(metavar="FIELD", help=say(HuntWord.OPTION_BY))] = None,
    rare: Annotated[bool, typer.Option("--rare", help=say(HuntWord.OPTION_RARE))] = False,
    limit: Annotated[int, typer.Option(min=1, max=_MOST, metavar="N", help=say(HuntWord.OPTION_LIMIT))] = 100,
    cold: Annotated[bool, typer.Option("--cold", help=say(StoreWord.COLD))] = False,
    json: Json = False,
    state: State = None,
) -> None:
    """Ask, and tell hosts and events, or groups."""
    if rare and not by:
        raise Misuse(say(HuntWord.RARE_OF_WHAT))
    client = client_of(ctx, state)
    asked = {
        "q": " ".join(query),
        "since": moment(since),
        "until": moment(until, name="--until"),
        "host": host,
        "kind": kind,
        "cold": "true" if cold else None,
    }
    looked_back(asked)
    if by or _counts(asked["q"] or ""):
        _groups(client, {**asked, "by": by, "rare": "true" if rare else None}, limit, json=json)
    else:
        _events(client, asked, limit, json=json)
    hint(client)


def _counts(text: str) -> bool:
    """Tell whether a search counts by a field; of one that cannot be read the collector says what is wrong."""
    from tramgac_collector.errors import QueryError
    from tramgac_collector.search.parsing import parse

    try:
        return parse(text).stage is not None
    except QueryError:
        return False


def _groups(client: "Client", asked: dict[str, Any], limit: int, *, json: bool) -> None:
    found = client.get("/api/events/groups", **asked, limit=limit)
    items = found["items"]
    if json:
        for item in items:
            write({"by": found["by"], **item})
    else:
        show(items, _group, json=False, heads=_GROUPS, empty=Nothing.EVENTS_MATCH)
        if items:
            tell(HuntWord.COUNTED, events=number(found["events"]), groups=number(found["groups"]), by=found["by"])
    if len(items) < found["groups"]:
        cut = say(HuntWord.GROUPS_CUT, shown=number(len(items)), groups=number(found["groups"]), most=number(_MOST))
        sys.stderr.write(cut + "\n")


def _events(client: "Client", asked: dict[str, Any], limit: int, *, json: bool) -> None:
    found = client.get("/api/events/groups", **asked, by="host", limit=_MOST)
    names = called_by_name(client)
    rows = [{"host": item.pop("value"), **item} for item in found["items"]]
    for row in rows:
        row["name"] = names.get(row["host"], row["host"])
        del row["hosts"]
    show(rows, _host, json=json, heads=_HOSTS, empty=Nothing.EVENTS_MATCH)
    if not rows:
        return
    if not json:
        tell_first(len(rows), found["groups"])
        tell(HuntWord.FOUND, events=number(found["events"]), hosts=number(found["groups"]))
        sys.stdout.write("\n")
    events = Counted(client.lines("/api/events", **asked, limit=limit))
    show(events, lambda row: columns(names, row), json=json, heads=COLUMNS)
    tell_cut(events.count, limit, _MOST, lambda: int(found["events"]), Cut.EVENTS)


def _host(row: dict[str, Any]) -> list[object]:
    return [row["name"], row["events"], local(row["first"]), local(row["last"])]


def _group(row: dict[str, Any]) -> list[object]:
    return [row["value"], row["events"], row["hosts"], local(row["first"]), local(row["last"])]
