"""`tramgac store`: how common values are, events by hour, and how the event store itself stands."""

from typing import Annotated, Any

import typer

from tramgac_collector.cli.groups import attach, group
from tramgac_collector.cli.headings import Heading, Nothing
from tramgac_collector.cli.hints import hint
from tramgac_collector.cli.options import Json, State, client_of, show
from tramgac_collector.cli.store_words import StoreHead, StoreWord
from tramgac_collector.cli.times import local, moment
from tramgac_collector.cli.words import Word, say

_MOST = 10_000
_SEEN = (Heading.VALUE, Heading.EVENTS, Heading.HOSTS, Heading.FIRST, Heading.LAST)
_HOURS = (StoreHead.HOUR, Heading.KIND, Heading.EVENTS)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    made = group(app, "store", StoreWord.ABOUT)
    attach(made, "prevalence", StoreWord.PREVALENCE, prevalence)
    attach(made, "hours", StoreWord.HOURS, hours)


def prevalence(
    ctx: typer.Context,
    field: Annotated[str, typer.Argument(metavar="FIELD", help=say(StoreWord.FIELD))],
    value: Annotated[str | None, typer.Argument(metavar="VALUE", help=say(StoreWord.VALUE))] = None,
    *,
    parent: Annotated[str | None, typer.Option(metavar="PROGRAM", help=say(StoreWord.PARENT))] = None,
    limit: Annotated[int, typer.Option(min=1, max=_MOST, metavar="N", help=say(StoreWord.LIMIT))] = 100,
    json: Json = False,
    state: State = None,
) -> None:
    """Tell of one value, or of the rarest."""
    client = client_of(ctx, state)
    found = client.get("/api/store/prevalence", field=field, value=value, parent=parent, limit=limit)["items"]
    show(found, _seen, json=json, heads=_SEEN, empty=Nothing.EVENTS)
    hint(client)


def _seen(row: dict[str, Any]) -> list[object]:
    first, last = (local(row[name]) if row[name] else "-" for name in ("first", "last"))
    return [row["value"], row["events"], row["hosts"], first, last]


def hours(
    ctx: typer.Context,
    *,
    since: Annotated[str | None, typer.Option(metavar="T", help=say(Word.OPTION_SINCE))] = None,
    until: Annotated[str | None, typer.Option(metavar="T", help=say(Word.OPTION_UNTIL))] = None,
    host: Annotated[str | None, typer.Option(metavar="H", help=say(Word.OPTION_HOST))] = None,
    kind: Annotated[str | None, typer.Option(metavar="KIND,...", help=say(Word.OPTION_KIND))] = None,
    json: Json = False,
    state: State = None,
) -> None:
    """Tell how many events there were, by hour and kind."""
    client = client_of(ctx, state)
    asked = {"since": moment(since), "until": moment(until), "host": host, "kind": kind}
    found = client.get("/api/store/hours", **asked)["items"]
    show(found, lambda row: [local(row["hour"]), row["kind"], row["events"]], json=json, heads=_HOURS,
         empty=Nothing.EVENTS_MATCH)  # fmt: skip
    hint(client)
