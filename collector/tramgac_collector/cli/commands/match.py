"""`tramgac match --rules PATH... [--json] INPUT...`: its own reading of the arguments, since a flag takes many."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import typer
from typer.core import TyperCommand

from tramgac_collector.cli.complaints import Complaint
from tramgac_collector.cli.errors import Misuse
from tramgac_collector.cli.misuse import near, no_choice
from tramgac_collector.cli.words import Word, say

LOGSOURCES: Final = ("sigma", "full")
OPTIONS: Final = ("--json", "--rules", "--indicators", "--correlate", "--logsources", "--help")


@dataclass(slots=True)
class Arguments:
    """What the command line asks for."""

    rules: list[Path] = field(default_factory=list)
    indicators: list[Path] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    json: bool = False
    correlate: bool = False
    logsources: str = "full"
    help: bool = False


class _Verbatim(TyperCommand):
    """A command that gets its arguments as they stand."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Keep everything for `parse`."""
        ctx.args = list(args)
        return ctx.args


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("match", cls=_Verbatim, help=say(Word.ABOUT_MATCH))(match)


def match(ctx: typer.Context) -> None:
    """Match rules against recorded events."""
    told = parse(ctx.args)
    if told.help:
        about = f"{say(Word.ABOUT_MATCH)} {say(Word.MATCH_ALONE)}"
        sys.stdout.write(f"{say(Complaint.MATCH_USAGE)}\n\n{about}\n\n{say(Complaint.MATCH_HELP)}\n")
        return
    from tramgac_collector.matching import command

    how = {"json": told.json, "correlate": told.correlate}
    options = command.Options(logsources=told.logsources, indicators=tuple(told.indicators), **how)
    raise typer.Exit(command.run(told.rules, told.inputs, options, sys.stdout, sys.stderr))


def parse(words: Sequence[str]) -> Arguments:
    """Read the arguments: after `--rules` and `--indicators` come theirs, else inputs. Raises Misuse."""
    told = Arguments()
    paths: list[Path] | None = None  # where words go; None: to the inputs
    literal, rest = False, iter(words)
    for word in rest:
        if literal or not word.startswith("-") or word == "-":
            _put(told, paths, word)
        elif word == "--":
            literal, paths = True, None
        elif word in ("--json", "--correlate"):
            setattr(told, word[2:], True)
            paths = None
        elif word in ("--rules", "--indicators"):
            paths = getattr(told, word[2:])
        elif word == "--logsources":
            told.logsources = _logsources(next(rest, ""))
        elif word == "--help":
            told.help = True
        else:
            known = near(word, OPTIONS)
            raise _misuse(say(Complaint.NO_OPTION, command="tramgac match", given=word, near=known))
    looked_for = told.rules or told.indicators
    if not told.help and not (looked_for and told.inputs):
        missing = "INPUT" if looked_for else "--rules PATH"
        sentence = say(Complaint.MISSING, command="tramgac match", name=missing)
        if looked_for and paths and len(paths) > 1:  # the last of them was meant as INPUT, most likely
            option = "--rules" if paths is told.rules else "--indicators"
            sentence += " " + say(Complaint.MATCH_TAKEN, path=paths[-1], option=option)
        raise _misuse(sentence)
    return told


def _put(told: Arguments, paths: list[Path] | None, word: str) -> None:
    if paths is None:
        told.inputs.append(word)
    else:
        paths.append(Path(word))


def _logsources(given: str) -> str:
    if given not in LOGSOURCES:
        raise no_choice("--logsources", given, LOGSOURCES)
    return given


def _misuse(sentence: str) -> Misuse:
    return Misuse(f"{sentence}\n{say(Complaint.MATCH_USAGE)}")
