"""`tramgac rules`: check, sign, push, list."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tramgac_collector.cli.errors import Failed, Misuse
from tramgac_collector.cli.options import Json, State, client_of, show, tell, write
from tramgac_collector.cli.terminal import visible
from tramgac_collector.cli.words import Word, say

if TYPE_CHECKING:
    from tramgac_collector.cli.authoring import Checked

_Paths = Annotated[list[Path], typer.Argument(metavar="PATH...", help=say(Word.OPTION_RULES))]
_AnyPaths = Annotated[list[Path] | None, typer.Argument(metavar="PATH...", help=say(Word.OPTION_RULES))]
_Lists = Annotated[list[Path] | None, typer.Option("--indicators", metavar="PATH", help=say(Word.OPTION_INDICATORS))]
_Repository = Annotated[Path, typer.Option(metavar="DIR", help=say(Word.OPTION_REPOSITORY))]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help=say(Word.ABOUT_RULES), no_args_is_help=True, rich_markup_mode=None)
    group.command("check", help=say(Word.ABOUT_RULES_CHECK))(check)
    group.command("sign", help=say(Word.ABOUT_RULES_SIGN))(sign)
    group.command("push", help=say(Word.ABOUT_RULES_PUSH))(push)
    group.command("list", help=say(Word.ABOUT_RULES_LIST))(listing)
    app.add_typer(group, name="rules")


def check(paths: _AnyPaths = None, *, indicators: _Lists = None, json: Json = False) -> None:
    """Compile rules, read lists of indicators and tell every problem; fails if one left something out."""
    from tramgac_collector.cli import authoring

    rules, lists = paths or [], indicators or []
    if not rules and not lists:
        raise Misuse(say(Word.NOTHING_TO_CHECK))
    _present([*rules, *lists])
    checked = authoring.check(rules, lists)
    for problem in checked.problems:
        if json:
            write(asdict(problem))
        else:
            sys.stdout.write(visible(str(problem)) + "\n")
    if json:
        write({"rules": checked.rules, "problems": len(checked.problems), "errors": checked.errors} | _listed(checked))
    else:
        tell(Word.CHECKED, rules=checked.rules, problems=len(checked.problems))
        _tell_lists(checked)
    raise typer.Exit(1 if checked.errors else 0)


def sign(
    paths: _Paths,
    *,
    repository: _Repository,
    keys: Annotated[Path, typer.Option(metavar="DIR", help=say(Word.OPTION_KEYS))],
    demo: Annotated[bool, typer.Option("--demo", help=say(Word.OPTION_DEMO))] = False,
    skip_faulty: Annotated[bool, typer.Option("--skip-faulty", help=say(Word.OPTION_SKIP))] = False,
    indicators: _Lists = None,
    no_indicators: Annotated[bool, typer.Option("--no-indicators", help=say(Word.OPTION_NO_INDICATORS))] = False,
    json: Json = False,
) -> None:
    """Compile and sign; problems go to stderr."""
    from tramgac_collector.cli import authoring

    lists = indicators or []
    if lists and no_indicators:
        raise Misuse(say(Word.INDICATORS_OR_NOT))
    _present([*paths, *lists])
    how = {"skip_faulty": skip_faulty, "keep": not no_indicators}
    done = authoring.sign(paths, repository, keys, marked="demo" if demo else "", lists=lists, **how)
    for problem in done.checked.problems:
        sys.stderr.write(visible(str(problem)) + "\n")
    if done.version is None:
        raise Failed(say(Word.SIGN_STOPPED, problems=done.checked.errors))
    if json:
        told = {"version": done.version, "repository": str(repository), "rules": done.checked.rules}
        write(told | _listed(done.checked))
    else:
        tell(Word.SIGNED, version=done.version, path=repository)
        _tell_lists(done.checked)
        if done.kept:
            tell(Word.INDICATORS_KEPT)


def push(ctx: typer.Context, *, repository: _Repository, json: Json = False, state: State = None) -> None:
    """Give a signed repository to the collector, which verifies it and offers it to everyone."""
    from tramgac_collector.cli import authoring

    _present([repository])
    answer = client_of(ctx, state).send("/api/content", authoring.packed(repository))
    if json:
        write(answer)
    else:
        tell(Word.PUSHED, version=answer["version"])


def listing(ctx: typer.Context, *, json: Json = False, state: State = None) -> None:
    """List the rules on offer."""
    found = client_of(ctx, state).get("/api/rules")["items"]
    show(found, lambda row: [row["id"], row["level"], row["title"]], json=json)


def _listed(checked: "Checked") -> dict[str, int]:
    """Return what a check says of lists of indicators; nothing if there were none."""
    found = checked.indicators
    return {} if found is None else {"indicators": found, "duplicates": checked.duplicates}


def _tell_lists(checked: "Checked") -> None:
    if checked.indicators is not None:
        tell(Word.INDICATORS_FOUND, indicators=checked.indicators, duplicates=checked.duplicates)


def _present(paths: Sequence[Path]) -> None:
    for path in paths:
        if not path.exists():
            raise Failed(say(Word.NO_PATH, path=path))
