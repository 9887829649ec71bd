"""`tramgac notify`: list, test, check, retry, forget."""

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tramgac_collector.cli.errors import Failed, Misuse
from tramgac_collector.cli.groups import attach, group
from tramgac_collector.cli.notify_words import NotifyHead, NotifyWord
from tramgac_collector.cli.options import Json, State, client_of, done, show, state_of, tell
from tramgac_collector.cli.pairs import pick, say, vietnamese
from tramgac_collector.cli.said import said
from tramgac_collector.cli.times import local

if TYPE_CHECKING:
    from tramgac_collector.notify.settings import NotifySettings
    from tramgac_collector.paths import StatePaths

_HEADS = (
    NotifyHead.CHANNEL,
    NotifyHead.TO,
    NotifyHead.WAITING,
    NotifyHead.GIVEN_UP,
    NotifyHead.TOLD,
    NotifyHead.LAST_SENT,
    NotifyHead.TROUBLE,
)
_Channel = Annotated[str, typer.Argument(metavar="CHANNEL", help=say(NotifyWord.CHANNEL))]


def register(app: typer.Typer) -> None:
    """Add the commands; `tramgac notify` alone lists."""
    made = group(app, "notify", NotifyWord.ABOUT, alone)
    attach(made, "list", NotifyWord.LIST, listing)
    attach(made, "test", NotifyWord.TEST, trial)
    attach(made, "check", NotifyWord.CHECK, check)
    attach(made, "retry", NotifyWord.RETRY, retry)
    attach(made, "forget", NotifyWord.FORGET, forget)


def alone(ctx: typer.Context, *, json: Json = False, state: State = None) -> None:
    """List, unless a command follows."""
    ctx.obj = state or ctx.obj
    if ctx.invoked_subcommand is None:
        listing(ctx, json=json)


def listing(ctx: typer.Context, *, json: Json = False, state: State = None) -> None:
    """List channels; fails if notify.toml is wrong."""
    told = client_of(ctx, state).get("/api/notify")
    show(told["channels"], _columns, json=json, heads=_HEADS)
    if fault := told["fault"]:
        raise Failed(fault["vi" if vietnamese() else "en"])
    if not told["channels"] and not json:
        tell(NotifyWord.NONE, path=told["path"])


def _columns(row: dict[str, Any]) -> list[object]:
    target = row["target"] or say(NotifyWord.GONE)
    return [
        row["name"],
        target,
        row["waiting"],
        row["given_up"],
        row["alerts"],
        local(row["last_sent"]),
        said(row["reason"]),
    ]


def trial(ctx: typer.Context, channel: _Channel, *, json: Json = False, state: State = None) -> None:
    """Send a test by a channel."""
    from tramgac_collector.notify import message
    from tramgac_collector.notify.errors import NotifySettingsError, Undelivered
    from tramgac_collector.notify.sending import sender_of

    paths, settings = _settings(ctx, state)
    found = settings.named(channel)
    if found is None:
        if not paths.notify.exists():
            raise Misuse(say(NotifyWord.ABSENT, path=paths.notify))
        names = ", ".join(each.name for each in settings.channel) or "-"
        raise Misuse(say(NotifyWord.NO_CHANNEL, path=paths.notify, name=channel, names=names))
    language = next((route.language for route in settings.route if channel in route.channels), "vi")
    try:
        remark = sender_of(paths, found).send(message.test(channel, language, time.time_ns()))
    except (NotifySettingsError, Undelivered) as error:
        raise Failed(say(NotifyWord.NOT_SENT, name=channel, why=error.said())) from error
    if remark is not None:
        raise Failed(say(NotifyWord.NOT_SENT, name=channel, why=pick(remark)))
    row = {"channel": channel, "target": found.target}
    done(row, NotifyWord.SENT, json=json, name=channel, target=found.target)


def check(ctx: typer.Context, *, json: Json = False, state: State = None) -> None:
    """Read notify.toml and what it names."""
    from tramgac_collector.notify import sending
    from tramgac_collector.notify.errors import NotifySettingsError, Undelivered

    paths, settings = _settings(ctx, state)
    try:
        sending.check(paths, settings)
    except (NotifySettingsError, Undelivered) as error:
        raise Failed(error.said()) from error
    counted = {"channels": len(settings.channel), "routes": len(settings.route)}
    word = NotifyWord.FINE if paths.notify.exists() else NotifyWord.ABSENT
    done({"path": str(paths.notify), **counted}, word, json=json, path=paths.notify, **counted)


def retry(ctx: typer.Context, channel: _Channel, *, json: Json = False, state: State = None) -> None:
    """Try again what was given up."""
    told = client_of(ctx, state).send(f"/api/notify/{channel}/retry", {})
    done(told, NotifyWord.RETRIED, json=json, name=channel, count=told["alerts"])


def forget(ctx: typer.Context, channel: _Channel, *, json: Json = False, state: State = None) -> None:
    """Forget what was given up."""
    told = client_of(ctx, state).send(f"/api/notify/{channel}/forget", {})
    done(told, NotifyWord.FORGOTTEN, json=json, name=channel, count=told["alerts"])


def _settings(ctx: typer.Context, state: State) -> "tuple[StatePaths, NotifySettings]":
    from tramgac_collector.notify.errors import NotifySettingsError
    from tramgac_collector.notify.settings import load
    from tramgac_collector.paths import StatePaths

    paths = StatePaths(state_of(ctx, state))
    try:
        return paths, load(paths)
    except NotifySettingsError as error:
        raise Failed(error.said()) from error
