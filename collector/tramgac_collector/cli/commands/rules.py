"""`tramgac rules`: check, sign, push, list."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tramgac_collector.cli.errors import Failed, Misuse
from tramgac_collector.cli.options import Json, State, client_of, tell, write
from tramgac_collector.cli.terminal import table, visible
from tramgac_collector.cli.words import Word, say

if TYPE_CHECKING:
    from collections.abc import Sequence

_Paths = Annotated[list[Path], typer.Argument(metavar="PATH...", help=say(Word.OPTION_RULES))]
_Repository = Annotated[Path, typer.Option(metavar="DIR", help=say(Word.OPTION_REPOSITORY))]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help=say(Word.ABOUT_RULES), no_args_is_help=True, rich_markup_mode=None)
    app.add_typer(group, name="rules")

    @group.command(help=say(Word.ABOUT_RULES_CHECK))
    def check(paths: _Paths, json: Json = False) -> None:
        from tramgac_collector.cli import authoring

        _present(paths)
        checked = authoring.check(paths)
        for problem in checked.problems:
            if json:
                write(asdict(problem))
            else:
                sys.stdout.write(visible(str(problem)) + "\n")
        if json:
            write({"rules": checked.rules, "problems": len(checked.problems), "errors": checked.errors})
        else:
            tell(Word.CHECKED, rules=checked.rules, problems=len(checked.problems))
        raise typer.Exit(1 if checked.errors else 0)

    @group.command(help=say(Word.ABOUT_RULES_SIGN))
    def sign(
        paths: _Paths,
        repository: _Repository,
        keys: Annotated[Path, typer.Option(metavar="DIR", help=say(Word.OPTION_KEYS))],
        demo: Annotated[bool, typer.Option("--demo", help=say(Word.OPTION_DEMO))] = False,
        skip_faulty: Annotated[bool, typer.Option("--skip-faulty", help=say(Word.OPTION_SKIP))] = False,
        json: Json = False,
    ) -> None:
        from tramgac_collector.cli import authoring

        _present(paths)
        done = authoring.sign(paths, repository, keys, marked="demo" if demo else "", skip_faulty=skip_faulty)
        for problem in done.checked.problems:
            sys.stderr.write(visible(str(problem)) + "\n")
        if done.version is None:
            raise Failed(say(Word.SIGN_STOPPED, problems=done.checked.errors))
        if json:
            write({"version": done.version, "repository": str(repository), "problems": len(done.checked.problems)})
        else:
            tell(Word.SIGNED, version=done.version, path=repository)

    @group.command(help=say(Word.ABOUT_RULES_PUSH))
    def push(ctx: typer.Context, repository: _Repository, json: Json = False, state: State = None) -> None:
        from tramgac_collector.cli import authoring

        _present([repository])
        answer = client_of(ctx, state).send("/api/content", authoring.packed(repository))
        if json:
            write(answer)
        else:
            tell(Word.PUSHED, version=answer["version"])

    @group.command("list", help=say(Word.ABOUT_RULES_LIST))
    def listing(ctx: typer.Context, json: Json = False, state: State = None) -> None:
        found = client_of(ctx, state).get("/api/rules")["items"]
        if json:
            for row in found:
                write(row)
        else:
            table([row["id"], row["level"], row["title"]] for row in found)


def _present(paths: "Sequence[Path]") -> None:
    for path in paths:
        if not path.exists():
            raise Misuse(say(Word.NO_PATH, path=path))
