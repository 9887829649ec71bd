"""`tramgac store`: how common values are, events by hour, and how the event store itself stands."""

from typing import Annotated, Any

import typer

from tramgac_collector.cli.cut import number, tell_first
from tramgac_collector.cli.groups import attach, group
from tramgac_collector.cli.headings import Heading, Nothing
from tramgac_collector.cli.hints import hint
from tramgac_collector.cli.options import Json, State, client_of, done, show, tell, write
from tramgac_collector.cli.store_words import StoreHead, StoreWord
from tramgac_collector.cli.times import local, moment
from tramgac_collector.cli.words import Word, say

_MOST = 10_000
_SEEN = (Heading.VALUE, Heading.EVENTS, Heading.HOSTS, Heading.FIRST, Heading.LAST)
_SIZES = {"mib": "bytes", "day_mib": "bytes_a_day", "free": "free"}
_COLD = (StoreHead.DAY, StoreHead.MIB)
_HOLDS = (
    Heading.ID,
    Heading.HOST,
    Heading.FROM,
    Heading.UNTIL,
    Heading.WHO,
    StoreHead.RELEASED,
    StoreHead.WHY,
)
_HOURS = (StoreHead.HOUR, Heading.KIND, Heading.EVENTS)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    made = group(app, "store", StoreWord.ABOUT)
    attach(made, "prevalence", StoreWord.PREVALENCE, prevalence)
    attach(made, "hours", StoreWord.HOURS, hours)
    attach(made, "status", StoreWord.STATUS, status)
    attach(made, "holds", StoreWord.HOLDS, holds)
    attach(made, "hold", StoreWord.HOLD, hold)
    attach(made, "release", StoreWord.RELEASE, release)


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
    asked = {"field": field, "value": value, "parent": parent, "limit": min(limit + 1, _MOST)}
    found = client.get("/api/store/prevalence", **asked)["items"]
    show(found[:limit], _seen, json=json, heads=_SEEN, empty=Nothing.EVENTS)
    if len(found) > limit:
        tell_first(limit)
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
    asked = {"since": moment(since), "until": moment(until, name="--until"), "host": host, "kind": kind}
    found = client.get("/api/store/hours", **asked)["items"]
    show(found, lambda row: [local(row["hour"]), row["kind"], row["events"]], json=json, heads=_HOURS,
         empty=Nothing.EVENTS_MATCH)  # fmt: skip
    hint(client)


def status(ctx: typer.Context, *, json: Json = False, state: State = None) -> None:
    """Tell how the store stands."""
    found = client_of(ctx, state).get("/api/store")
    if json:
        write(found)
        return
    told = found["forecast"]
    if told is None:
        tell(StoreWord.UNMEASURED)
    else:
        left = told["days_left"]
        ending = say(StoreWord.ENOUGH) if left is None else say(StoreWord.LEFT, days=number(int(left)))
        sizes = {name: number(told[of] >> 20) for name, of in _SIZES.items()}
        counts = {"events": number(told["events"]), "days": told["days"], "a_day": number(told["events_a_day"])}
        tell(StoreWord.STANDS, **sizes, **counts, left=ending)
    if found["cold"]:
        show(found["cold"], lambda row: [row["day"], number(row["bytes"] >> 20)], json=False, heads=_COLD)


def holds(ctx: typer.Context, *, json: Json = False, state: State = None) -> None:
    """List legal holds."""
    found = client_of(ctx, state).get("/api/store/holds")["items"]
    show(found, _hold, json=json, heads=_HOLDS)
    if not found and not json:
        tell(StoreWord.NO_HOLDS)


def hold(
    ctx: typer.Context,
    host: Annotated[str, typer.Argument(metavar="HOST", help=say(Word.ARGUMENT_HOST))],
    *,
    why: Annotated[str, typer.Option(metavar="TEXT", help=say(StoreWord.HOLD_WHY))],
    since: Annotated[str | None, typer.Option(metavar="T", help=say(StoreWord.HOLD_SINCE))] = None,
    until: Annotated[str | None, typer.Option(metavar="T", help=say(StoreWord.HOLD_UNTIL))] = None,
    json: Json = False,
    state: State = None,
) -> None:
    """Place a hold."""
    asked = {"host": host, "why": why, "since": moment(since) or "", "until": moment(until, name="--until") or ""}
    made = client_of(ctx, state).send("/api/store/holds", asked)
    done(made, StoreWord.HELD, json=json, id=made["id"], host=made["host"])


def release(
    ctx: typer.Context,
    hold: Annotated[int, typer.Argument(metavar="NUMBER", help=say(StoreWord.HOLD_NUMBER))],
    *,
    why: Annotated[str, typer.Option(metavar="TEXT", help=say(StoreWord.HOLD_WHY))],
    json: Json = False,
    state: State = None,
) -> None:
    """Take a hold back."""
    made = client_of(ctx, state).send(f"/api/store/holds/{hold}/release", {"why": why})
    done(made, StoreWord.RELEASED, json=json, id=hold)


def _hold(row: dict[str, Any]) -> list[object]:
    times = [local(row[name]) if row[name] else "-" for name in ("since", "until")]
    released = local(row["released"]) if row["released"] else say(StoreWord.STANDING)
    return [row["id"], row["host"], *times, row["by"], released, row["why"]]
