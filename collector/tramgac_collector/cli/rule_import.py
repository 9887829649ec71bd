"""`tramgac rules import`: the rules that others publish."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tramgac_collector.cli.errors import Failed
from tramgac_collector.cli.groups import attach
from tramgac_collector.cli.options import Json, tell, write
from tramgac_collector.cli.pairs import say
from tramgac_collector.cli.problems import problem_line, problem_row, worded
from tramgac_collector.cli.state_words import StateWord
from tramgac_collector.cli.terminal import complain, visible
from tramgac_collector.cli.words import Word

if TYPE_CHECKING:
    from tramgac_rules.authoring.importing.taking import Imported

_Source = Annotated[Path, typer.Argument(metavar="SOURCE", help=say(StateWord.ARGUMENT_SOURCE))]
_To = Annotated[Path, typer.Option("--to", metavar="DIR", help=say(StateWord.OPTION_TO))]


def attach_to(made: typer.Typer) -> None:
    """Add the command to `tramgac rules`."""
    attach(made, "import", StateWord.ABOUT_IMPORT, take)


def take(source: _Source, *, to: _To = Path("imported-rules"), json: Json = False) -> None:
    """Take rules into a folder; tell what was left out and why."""
    from tramgac_rules.authoring.importing.taking import import_rules
    from tramgac_rules.errors import RulesError

    if not source.exists():
        raise Failed(say(Word.NO_PATH, path=source))
    try:
        done = import_rules(source, to)
    except RulesError as error:
        raise Failed(worded(error.args[0])) from error
    except OSError as error:
        raise Failed(say(Word.CANNOT_USE, path=error.filename or "?", why=error.strerror or error)) from error
    for fault in done.left:
        if json:
            write(problem_row(fault))
        else:
            sys.stdout.write(visible(problem_line(fault)) + "\n")
    if json:
        counts = {"rules": done.rules, "files": done.files, "left": len(done.left), "noted": len(done.noted)}
        write({**counts, "aside": dict(done.aside), "to": str(to), "manifest": dict(done.manifest)})
    else:
        _tell(done, to)


def _tell(done: "Imported", to: Path) -> None:
    licence = done.manifest["licence"]
    counts = {"rules": done.rules, "files": done.files, "left": len(done.left)}
    if done.aside:
        folders = ", ".join(f"{folder} ({count})" for folder, count in done.aside.items())
        tell(StateWord.ASIDE, folders=folders)
    if done.noted:
        tell(StateWord.NOTED, count=len(done.noted), to=to)
    tell(StateWord.IMPORTED, **counts, to=to, licence=licence or "?")
    if not licence:
        complain(say(StateWord.NO_LICENCE))
