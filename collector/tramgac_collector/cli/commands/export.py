"""`tramgac export`: list, check, run --once, status."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from tramgac_collector.cli.errors import Failed, Misuse
from tramgac_collector.cli.export_words import ExportHead, ExportState, ExportWord
from tramgac_collector.cli.groups import attach, group
from tramgac_collector.cli.options import Json, State, client_of, show, state_of, tell, write
from tramgac_collector.cli.pairs import say, vietnamese
from tramgac_collector.cli.terminal import complain
from tramgac_collector.cli.times import local

if TYPE_CHECKING:
    from tramgac_collector.export.settings import ExportSettings, Target
    from tramgac_collector.paths import StatePaths

_LISTED = (ExportHead.NAME, ExportHead.WHAT, ExportHead.FORMAT, ExportHead.TO, ExportHead.BY_HAND)
_STOOD = (
    ExportHead.NAME,
    ExportHead.WHAT,
    ExportHead.STATE,
    ExportHead.SENT,
    ExportHead.REFUSED,
    ExportHead.BEHIND,
    ExportHead.GAPS,
    ExportHead.LAST,
    ExportHead.TROUBLE,
)


def register(app: typer.Typer) -> None:
    """Add the commands; `tramgac export` alone shows the status."""
    made = group(app, "export", ExportWord.ABOUT, alone)
    attach(made, "list", ExportWord.LIST, listing)
    attach(made, "check", ExportWord.CHECK, check)
    attach(made, "run", ExportWord.RUN, run)
    attach(made, "status", ExportWord.STATUS, status)


def alone(ctx: typer.Context, *, json: Json = False, state: State = None) -> None:
    """Show the status, unless a command follows."""
    ctx.obj = state or ctx.obj
    if ctx.invoked_subcommand is None:
        status(ctx, json=json)


def listing(ctx: typer.Context, *, json: Json = False, state: State = None) -> None:
    """List the targets; no collector needs to run."""
    paths, settings = _settings(ctx, state)
    rows = [{**target.model_dump(), "target": target.target} for target in settings.target]
    show(rows, _listed, json=json, heads=_LISTED)
    if not rows and not json:
        tell(ExportWord.NO_TARGETS, path=paths.export_settings)


def _listed(row: dict[str, Any]) -> list[object]:
    return [row["name"], row["what"], row["format"], row["target"], "✓" if row["manual"] else ""]


def check(ctx: typer.Context, *, json: Json = False, state: State = None) -> None:
    """Read export.toml and try each target; fails if one is not reached."""
    from tramgac_collector.errors import CollectorError
    from tramgac_collector.export.checking import reach

    paths, settings = _settings(ctx, state)
    found: list[dict[str, Any]] = []
    for target in settings.target:
        why = ""
        try:
            reach(paths, target)
        except CollectorError as error:
            why = error.said()
        found.append({"target": target.name, "ok": not why, "why": why})
    show(found, _checked, json=json)
    if not found and not json:
        tell(ExportWord.NO_TARGETS, path=paths.export_settings)
    raise typer.Exit(0 if all(row["ok"] for row in found) else 1)


def _checked(row: dict[str, Any]) -> list[object]:
    return ["✓" if row["ok"] else "✗", row["target"], row["why"] or say(ExportWord.REACHED)]


def run(
    ctx: typer.Context,
    targets: Annotated[list[str] | None, typer.Argument(metavar="TARGET", help=say(ExportWord.NAMES))] = None,
    *,
    once: Annotated[bool, typer.Option("--once", help=say(ExportWord.ONCE))] = False,
    json: Json = False,
    state: State = None,
) -> None:
    """Export once; fails if not all went."""
    from tramgac_collector import config, ownership
    from tramgac_collector.errors import CollectorError
    from tramgac_collector.export.once import once as export
    from tramgac_collector.initialise import require

    if not once:
        raise Misuse(say(ExportWord.WANTS_ONCE))
    paths, settings = _settings(ctx, state)
    chosen = _chosen(paths, settings, targets or [])
    ownership.keep_private()
    try:
        ownership.require_own(paths.root, "export run --once")
        require(paths)
        done = []
        for each in export(paths, config.load(paths), chosen):
            done.append(each)
            _tell(each.as_json(), json=json)
    except CollectorError as error:
        raise Failed(error.said()) from error
    raise typer.Exit(0 if all(each.ok for each in done) else 1)


def _tell(row: dict[str, object], *, json: bool) -> None:
    if json:
        write(row)
        return
    tell(ExportWord.DONE, name=row["target"], sent=row["sent"])
    if "why" in row:
        complain(str(row["why"]))


def _chosen(paths: "StatePaths", settings: "ExportSettings", names: list[str]) -> "list[Target]":
    from tramgac_collector.export.words import Exporting
    from tramgac_collector.pairs import pick

    if not names:
        manual = [target for target in settings.target if target.manual]
        if not manual:
            raise Misuse(say(ExportWord.NONE_MANUAL, path=paths.export_settings))
        return manual
    found = []
    for name in names:
        target = settings.named(name)
        if target is None:
            there = ", ".join(each.name for each in settings.target) or "-"
            raise Misuse(say(ExportWord.NO_TARGET, path=paths.export_settings, name=name, names=there))
        if not target.manual:
            raise Misuse(pick(Exporting.NOT_MANUAL.both(name=name)))
        found.append(target)
    return found


def status(ctx: typer.Context, *, json: Json = False, state: State = None) -> None:
    """Show how far each target is; fails if export.toml is wrong."""
    told = client_of(ctx, state).get("/api/exports")
    show(told["targets"], _stood, json=json, heads=_STOOD)
    if fault := told["fault"]:
        raise Failed(_picked(fault))
    if not told["targets"] and not json:
        tell(ExportWord.NO_TARGETS, path=told["path"])


def _stood(row: dict[str, Any]) -> list[object]:
    state = say(ExportState[row["state"].upper()]) if row["state"] else say(ExportWord.UNKNOWN)
    trouble = _picked(row["trouble"]) if row["trouble"] else "" if row["target"] else say(ExportWord.GONE)
    told = [row["sent"], row["refused"], row["behind"], len(row["gaps"]), local(row["last"])]
    return [row["name"], row["what"], state, *told, trouble]


def _picked(told: dict[str, str]) -> str:
    return told["vi" if vietnamese() else "en"]


def _settings(ctx: typer.Context, state: State) -> "tuple[StatePaths, ExportSettings]":
    from tramgac_collector.errors import SettingsError
    from tramgac_collector.export.settings import load
    from tramgac_collector.paths import StatePaths

    paths = StatePaths(state_of(ctx, state))
    try:
        return paths, load(paths)
    except SettingsError as error:
        raise Failed(error.said()) from error
