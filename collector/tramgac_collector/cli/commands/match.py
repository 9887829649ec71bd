"""`tramgac match --rules PATH... [--json] INPUT...`: its own reading of the arguments, since one flag takes many."""

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


@dataclass(slots=True)
class Arguments:
    """What the command line asks for."""

    rules: list[Path] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    json: bool = False
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
        sys.stdout.write(f"{say(Complaint.MATCH_USAGE)}\n\n{say(Word.ABOUT_MATCH)}\n\n{say(Complaint.MATCH_HELP)}\n")
        return
    from tramgac_collector.matching import command

    sink = {"out": sys.stdout, "err": sys.stderr}
    raise typer.Exit(command.run(told.rules, told.inputs, json=told.json, logsources=told.logsources, **sink))


def parse(words: Sequence[str]) -> Arguments:
    """Read the arguments: after `--rules` come rules, after `--json` or `--` come inputs. Raises Misuse."""
    told = Arguments()
    into_rules = literal = False
    rest = iter(words)
    for word in rest:
        if literal or not word.startswith("-") or word == "-":
            if into_rules:
                told.rules.append(Path(word))
            else:
                told.inputs.append(word)
        elif word == "--":
            literal, into_rules = True, False
        elif word == "--json":
            told.json, into_rules = True, False
        elif word == "--rules":
            into_rules = True
        elif word == "--logsources":
            told.logsources = _logsources(next(rest, ""))
        elif word == "--help":
            told.help = True
        else:
            known = near(word, ("--json", "--rules", "--logsources", "--help"))
            raise _misuse(say(Complaint.NO_OPTION, command="tramgac match", given=word, near=known))
    if not told.help and not (told.rules and told.inputs):
        missing = "INPUT" if told.rules else "--rules PATH"
        raise _misuse(say(Complaint.MISSING, command="tramgac match", name=missing))
    return told


def _logsources(given: str) -> str:
    if given not in LOGSOURCES:
        raise no_choice("--logsources", given, LOGSOURCES)
    return given


def _misuse(sentence: str) -> Misuse:
    return Misuse(f"{sentence}\n{say(Complaint.MATCH_USAGE)}")
