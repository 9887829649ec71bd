"""`tramgac events`: stored events, oldest first."""

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from tramgac_collector.cli.cut import Counted, Cut, tell_cut
from tramgac_collector.cli.event_rows import COLUMNS, called_by_name, columns, looked_back
from tramgac_collector.cli.export_words import Formatted
from tramgac_collector.cli.formatted import known, write_events
from tramgac_collector.cli.groups import attach
from tramgac_collector.cli.headings import Nothing
from tramgac_collector.cli.hints import hint
from tramgac_collector.cli.options import Json, State, client_of, show, write
from tramgac_collector.cli.store_words import StoreWord
from tramgac_collector.cli.times import moment
from tramgac_collector.cli.words import Word, say

if TYPE_CHECKING:
    from tramgac_collector.cli.client import Client

_MOST = 100_000


def register(app: typer.Typer) -> None:
    """Add the command."""
    attach(app, "events", Word.ABOUT_EVENTS, events)


def events(  # noqa: PLR0913 - a flag each
    ctx: typer.Context,
    query: Annotated[list[str] | None, typer.Argument(metavar="QUERY", help=say(Word.OPTION_QUERY))] = None,
    *,
    since: Annotated[str | None, typer.Option(metavar="T", help=say(Word.OPTION_SINCE))] = None,
    until: Annotated[str | None, typer.Option(metavar="T", help=say(Word.OPTION_UNTIL))] = None,
    host: Annotated[str | None, typer.Option(metavar="H", help=say(Word.OPTION_HOST))] = None,
    kind: Annotated[str | None, typer.Option(metavar="KIND,...", help=say(Word.OPTION_KIND))] = None,
    limit: Annotated[int, typer.Option(min=1, max=_MOST, metavar="N", help=say(Word.OPTION_LIMIT))] = 1000,
    count: Annotated[bool, typer.Option("--count", help=say(Word.OPTION_COUNT))] = False,
    cold: Annotated[bool, typer.Option("--cold", help=say(StoreWord.COLD))] = False,
    form: Annotated[str | None, typer.Option("--format", metavar="NAME", help=say(Formatted.OPTION))] = None,
    json: Json = False,
    state: State = None,
) -> None:
    """Search, or count."""
    form = known(form) if form else None
    client = client_of(ctx, state)
    asked = {
        "q": " ".join(query or ()) or None,
        "since": moment(since),
        "until": moment(until, name="--until"),
        "host": host,
        "kind": kind,
        "cold": "true" if cold else None,
    }
    empty = Nothing.EVENTS_MATCH if any(asked.values()) else Nothing.EVENTS
    if asked["q"]:
        looked_back(asked)
    if count:
        write(client.get("/api/events/count", **asked))
    elif form:
        hosts = {row["id"]: row["name"] for row in client.get("/api/hosts")["items"]}
        found = Counted(client.lines("/api/events", **asked, limit=limit))
        write_events(found, form, hosts)
        _tell_cut(client, asked, found.count, limit)
    else:
        names = {} if json else called_by_name(client)
        found = Counted(client.lines("/api/events", **asked, limit=limit))
        show(found, partial(columns, names), json=json, heads=COLUMNS, empty=empty)
        _tell_cut(client, asked, found.count, limit)
    hint(client)


def _tell_cut(client: "Client", asked: dict[str, str | None], shown: int, limit: int) -> None:
    tell_cut(shown, limit, _MOST, lambda: client.get("/api/events/count", **asked)["count"], Cut.EVENTS)
