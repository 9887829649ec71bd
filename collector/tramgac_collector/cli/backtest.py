"""`tramgac rules backtest`: what rules would have made of the events that are stored."""

from __future__ import annotations

import json as json_
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from tramgac_collector.cli.backtest_words import BacktestWord
from tramgac_collector.cli.cut import number
from tramgac_collector.cli.errors import Failed, Misuse
from tramgac_collector.cli.groups import attach
from tramgac_collector.cli.headings import Heading
from tramgac_collector.cli.options import Json, State, client_of, tell, write
from tramgac_collector.cli.pairs import say
from tramgac_collector.cli.problems import problem_line
from tramgac_collector.cli.rule_tools import trying
from tramgac_collector.cli.terminal import complain, table, visible
from tramgac_collector.cli.times import local, moment
from tramgac_collector.cli.titles import titled
from tramgac_collector.cli.words import Word
from tramgac_collector.vocabulary_words import in_words

if TYPE_CHECKING:
    from tramgac_rules.authoring.compile import Compiled

_HEADS = (Heading.ID, Heading.SEVERITY, Heading.ALERTS, Heading.A_DAY, Heading.GROUPED, Heading.HELD, Heading.HOSTS,
          Heading.WHERE, Heading.TITLE)  # fmt: skip
_NAMED = 3
"""Hosts of a rule that a table names."""


def attach_to(made: typer.Typer) -> None:
    """Add the command to `tramgac rules`."""
    attach(made, "backtest", BacktestWord.ABOUT, backtest)


def backtest(
    ctx: typer.Context,
    rules: Annotated[list[str], typer.Argument(metavar="RULE|PATH...", help=say(BacktestWord.ARGUMENT))],
    *,
    since: Annotated[str, typer.Option(metavar="T", help=say(Word.OPTION_SINCE))],
    until: Annotated[str | None, typer.Option(metavar="T", help=say(Word.OPTION_UNTIL))] = None,
    without: Annotated[bool, typer.Option("--no-exceptions", help=say(BacktestWord.OPTION_NONE))] = False,
    json: Json = False,
    state: State = None,
) -> None:
    """Judge, and tell a line a rule."""
    begin, end = moment(since), moment(until, name="--until")
    body, titles = _asked(rules)
    asked = {"since": begin, "until": end, "exceptions": "false" if without else None}
    lines = client_of(ctx, state).followed("/api/rules/backtest", body, **asked)
    rows: list[dict[str, Any]] = []
    summary: dict[str, Any] = {}
    for row in _followed(lines):
        if "summary" in row:
            summary = row["summary"]
        else:
            rows.append(row)
    if json:
        for row in (*rows, summary):
            write(row)
    else:
        table((_columns(row, titles) for row in rows), heads=[say(head) for head in _HEADS])
        tell(BacktestWord.DONE, events=number(summary["events"]), days=summary["days"])
        _tell_held(summary["held"])
    _warn(summary)


def _asked(rules: list[str]) -> tuple[bytes, Mapping[str, str]]:
    """Return what is asked, ids or files compiled here, and the files' Vietnamese titles. Raises Misuse, Failed."""
    there = [name for name in rules if Path(name).exists()]
    absent = [name for name in rules if name not in there]
    if not there:
        missing = next((name for name in absent if "/" in name or name.endswith((".yml", ".yaml"))), None)
        if missing is not None:
            raise Failed(say(Word.NO_PATH, path=missing))
        return json_.dumps({"rules": absent}).encode(), {}
    if absent:
        raise Misuse(say(BacktestWord.MIXED, path=there[0], id=absent[0]))
    from tramgac_rules.authoring.compile import compile_rules

    with trying():
        compiled = compile_rules([Path(name) for name in there])
    for problem in compiled.errors:
        complain(visible(problem_line(problem)))
    if compiled.errors:
        raise Failed(say(BacktestWord.FAULTY, errors=len(compiled.errors)))
    return json_.dumps({"pack": compiled.pack}).encode(), _titles(compiled)


def _titles(compiled: Compiled) -> Mapping[str, str]:
    """Return the Vietnamese titles of rules and correlations, by id."""
    from tramgac_rules.about import Book

    book, pack = Book.of(compiled.about), cast("Mapping[str, list[dict[str, str]]]", compiled.pack)
    ids = [one["id"] for part in ("rules", "correlations") for one in pack.get(part, [])]
    return {name: book.about(name).title_vi for name in ids}


def _followed(lines: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield what is no progress; that is drawn on a terminal."""
    from tramgac_collector.matching.progress import Progress

    bar: Progress | None = None
    try:
        for row in lines:
            if "progress" not in row:
                yield row
                continue
            done, total = row["progress"]["events"], row["progress"]["of"]
            bar = bar or Progress(total, sys.stderr, sys.stdout)
            bar.at(done, done, total)
    finally:
        if bar is not None:
            bar.end()


def _columns(row: Mapping[str, Any], titles: Mapping[str, str]) -> list[object]:
    rule, hosts = row["rule"], row["hosts"]
    where = [f"{host['name'] or host['host']} ({host['alerts']})" for host in hosts[:_NAMED]]
    more = ["..."] if row["host_count"] > _NAMED else []
    counts = [number(row["alerts"]), row["alerts_a_day"], row["grouped_a_day"], number(row["held"]), row["host_count"]]
    title = titled({**rule, "title_vi": titles.get(rule["id"]) or rule["title_vi"]})
    return [rule["id"], in_words("level", rule["level"]), *counts, ", ".join([*where, *more]) or "-", title]


def _tell_held(held: Mapping[str, int]) -> None:
    """Say what exceptions would hold back: it is not among the alerts."""
    if held:
        by = ", ".join(f"{which} ({number(count)})" for which, count in held.items())
        tell(BacktestWord.HELD, count=number(sum(held.values())), by=by)


def _warn(summary: Mapping[str, Any]) -> None:
    """Say on stderr what the counts are not."""
    if not summary["events"]:
        complain(say(BacktestWord.NO_EVENTS))
    elif summary["short"]:
        complain(say(BacktestWord.SHORT, first=local(summary["first"]), days=summary["days"]))
    if summary["failures"]:
        complain(say(BacktestWord.FAILURES, failures=summary["failures"]))
    if summary["unsure"]:
        complain(say(BacktestWord.UNSURE, count=number(summary["unsure"])))
    lost = {name: count for name, count in summary["correlations"].items() if name.endswith("_given_up")}
    if lost:
        complain(say(BacktestWord.LIMITED, what=", ".join(f"{name} {count}" for name, count in lost.items())))
