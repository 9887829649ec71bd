"""`tramgac rules`: check, sign, push, list, show, status."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tramgac_collector.cli import (
    backtest,
    rule_coverage,
    rule_gate,
    rule_import,
    rule_show,
    rule_states,
    rule_tools,
    rule_training,
)
from tramgac_collector.cli.content_status import day, ends, lines, warnings
from tramgac_collector.cli.errors import Failed, Misuse
from tramgac_collector.cli.groups import attach, group
from tramgac_collector.cli.headings import Heading, Nothing
from tramgac_collector.cli.help import usage
from tramgac_collector.cli.misuse import incomplete
from tramgac_collector.cli.options import Json, State, client_of, show, tell, write
from tramgac_collector.cli.problems import problem_line, problem_row
from tramgac_collector.cli.state_words import StateWord
from tramgac_collector.cli.terminal import complain, visible
from tramgac_collector.cli.titles import titled
from tramgac_collector.cli.words import Word, say
from tramgac_collector.vocabulary_words import in_words

if TYPE_CHECKING:
    from tramgac_collector.cli.authoring import Checked

_Paths = Annotated[list[Path], typer.Argument(metavar="PATH...", help=say(Word.OPTION_RULES))]
_AnyPaths = Annotated[list[Path] | None, typer.Argument(metavar="PATH...", help=say(Word.OPTION_RULES))]
_Lists = Annotated[list[Path] | None, typer.Option("--indicators", metavar="PATH", help=say(Word.OPTION_INDICATORS))]
_Repository = Annotated[Path, typer.Option(metavar="DIR", help=say(Word.OPTION_REPOSITORY))]

_HEADS = (Heading.ID, Heading.SEVERITY, Heading.STATE, Heading.TITLE)


def register(app: typer.Typer) -> None:
    """Add the commands; `tramgac rules` alone tells the status."""
    made = group(app, "rules", Word.ABOUT_RULES, alone)
    attach(made, "check", Word.ABOUT_RULES_CHECK, check)
    rule_import.attach_to(made)
    attach(made, "sign", Word.ABOUT_RULES_SIGN, sign)
    attach(made, "push", Word.ABOUT_RULES_PUSH, push)
    attach(made, "list", Word.ABOUT_RULES_LIST, listing)
    rule_show.attach_to(made)
    attach(made, "status", Word.ABOUT_RULES_STATUS, status)
    rule_tools.attach_to(made)
    rule_coverage.attach_to(made)
    rule_states.attach_to(made)
    backtest.attach_to(made)
    rule_training.attach_to(made)


def alone(
    ctx: typer.Context,
    *,
    watch: Annotated[bool, typer.Option("--watch", help=say(StateWord.OPTION_WATCH))] = False,
    json: Json = False,
    state: State = None,
) -> None:
    """Tell the status, or with --watch the forecast, unless a command follows."""
    ctx.obj = state or ctx.obj
    if ctx.invoked_subcommand is None:
        (rule_states.forecast if watch else status)(ctx, json=json)


def check(  # noqa: PLR0913 - a flag each
    ctx: typer.Context,
    paths: _AnyPaths = None,
    *,
    indicators: _Lists = None,
    samples: rule_gate.Samples = False,
    events: rule_gate.Events = None,
    cost: rule_gate.Most = None,
    verdicts: rule_gate.Verdicts = None,
    strict: rule_gate.Strict = False,
    json: Json = False,
) -> None:
    """Compile rules, read lists of indicators and tell every problem; fails if one is an error, or a warning too."""
    from tramgac_collector.cli import authoring

    rules, lists = paths or [], indicators or []
    if not rules and not lists:
        command: Any = ctx.command  # its type is a private one of typer's
        raise incomplete(ctx.command_path, "PATH", say(Word.RULES_OR_LISTS), usage(command, ctx))
    _present([*rules, *lists])
    checked = authoring.check(rules, lists)
    asked: dict[str, Any] = {"samples": samples, "events": events or [], "most": cost, "verdicts": verdicts}
    further = rule_gate.ask(rules, checked.bundle, **asked)
    checked = replace(checked, problems=(*checked.problems, *further.problems))
    for problem in checked.problems:
        if json:
            write(problem_row(problem))
        else:
            sys.stdout.write(visible(problem_line(problem)) + "\n")
    counts = {"rules": checked.rules, "correlations": checked.correlations, "yara": checked.yara}
    counts |= {"problems": len(checked.problems)}
    counts |= {"errors": checked.errors, "warnings": checked.of("warning"), "notes": checked.of("info")}
    if json:
        write(counts | _listed(checked) | further.counts)
    else:
        tell(Word.CHECKED, **counts)
        _tell_lists(checked)
        rule_gate.told(further)
    if rules and not (checked.good or checked.errors):
        raise _no_rules(rules)
    raise typer.Exit(1 if checked.errors or (strict and checked.of("warning")) else 0)


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
    how = {"skip_faulty": skip_faulty, "keep": not no_indicators, "allow_none": False}
    done = authoring.sign(paths, repository, keys, marked="demo" if demo else "", lists=lists, **how)
    for problem in done.checked.problems:
        sys.stderr.write(visible(problem_line(problem)) + "\n")
    if done.version is None and done.checked.errors and not skip_faulty:
        raise Failed(say(Word.SIGN_STOPPED, problems=done.checked.errors))
    if done.version is None:
        raise _no_rules(paths)
    until, made = authoring.valid_until(repository), done.new_key
    if json:
        counts = {"rules": done.checked.rules, "watched": done.checked.watched, "yara": done.checked.yara}
        counts |= _listed(done.checked)
        row = {"version": done.version, "repository": str(repository), **counts}
        write({**row, "expires": _text(until), "new_key": None if made is None else str(made)})
        return
    tell(Word.SIGNED, version=done.version, path=repository, until=day(until))
    if done.checked.watched:
        tell(StateWord.SIGNED_WATCHED, watched=done.checked.watched)
    _tell_lists(done.checked)
    if done.kept:
        tell(Word.INDICATORS_KEPT)
    if made is not None:
        tell(Word.NEW_KEY, path=made.absolute())


def push(ctx: typer.Context, *, repository: _Repository, json: Json = False, state: State = None) -> None:
    """Give a signed repository to the collector, which verifies it and offers it to everyone."""
    from tramgac_collector.cli import authoring

    _present([repository])
    until = authoring.valid_until(repository)
    answer = client_of(ctx, state).send("/api/content", authoring.packed(repository))
    if json:
        write({**answer, "expires": _text(until)})
    else:
        tell(Word.PUSHED, version=answer["version"], until=day(until))
    if (sentence := ends(until)) is not None:
        complain(sentence)


def listing(ctx: typer.Context, *, json: Json = False, state: State = None) -> None:
    """List the rules on offer; what somebody has to do about them goes to stderr."""
    client = client_of(ctx, state)
    show(client.get("/api/rules")["items"], _columns, json=json, heads=_HEADS, empty=Nothing.RULES)
    for sentence in warnings(client.get("/api/content")):
        complain(sentence)


def status(ctx: typer.Context, *, json: Json = False, state: State = None) -> None:
    """Tell what content is on offer and until when, what is in force, and what was refused."""
    client = client_of(ctx, state)
    told, states = client.get("/api/content"), client.get("/api/rule-states")
    if json:
        parked = {name: states[name] for name in ("parked", "parked_on_hosts")}
        write({**told, "states": states["counts"], **parked})
    else:
        stated = rule_states.told(states) if told["version"] else ()
        sys.stdout.writelines(f"{line}\n" for line in (*lines(told), *stated))


def _columns(row: dict[str, Any]) -> list[object]:
    there = [say(StateWord.ON_HOSTS, hosts=row["parked_hosts"])] if row["parked_hosts"] else []
    general = say(StateWord.PART) if row["quiet"] and row["state"] == "alert" else in_words("state", row["state"])
    there += [say(StateWord.EXCEPTIONS, count=row["exceptions"])] if row["exceptions"] else []
    state = ", ".join([general, *(f"{site}: {in_words('state', word)}" for site, word in row["sites"].items()), *there])
    return [row["id"], in_words("level", row["level"]), state, titled(row)]


def _text(until: datetime) -> str:
    return until.isoformat().replace("+00:00", "Z")


def _no_rules(paths: Sequence[Path]) -> Failed:
    return Failed(say(Word.NO_RULES, paths=", ".join(map(str, paths))))


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
