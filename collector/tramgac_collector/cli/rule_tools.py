"""`tramgac rules test|explain|coverage|bench`: trying rules before they are signed."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tramgac_collector.cli.cut import decimal, tell_first
from tramgac_collector.cli.errors import Failed
from tramgac_collector.cli.groups import attach
from tramgac_collector.cli.headings import Heading
from tramgac_collector.cli.options import Json, State, client_of, done, tell, write
from tramgac_collector.cli.pairs import say
from tramgac_collector.cli.problems import problem_line, problem_row, worded
from tramgac_collector.cli.rule_words import RuleHeading, RuleWord
from tramgac_collector.cli.terminal import complain, table, visible
from tramgac_collector.cli.titles import title_of, titled
from tramgac_collector.cli.words import Word
from tramgac_collector.vocabulary_words import in_words

if TYPE_CHECKING:
    from tramgac_rules.costs import Cost

    from tramgac_collector.workshop.answers import Answer
    from tramgac_collector.workshop.bench import Bench
    from tramgac_collector.workshop.correlations import Explained as OfCorrelation
    from tramgac_collector.workshop.desk import Explained

_Paths = Annotated[list[Path], typer.Argument(metavar="PATH...", help=say(Word.OPTION_RULES))]
_Events = Annotated[list[Path], typer.Option("--events", metavar="PATH", help=say(RuleWord.OPTION_EVENTS))]
_COSTS = (Heading.ID, RuleHeading.COST, RuleHeading.TESTS, RuleHeading.HITS, Heading.TITLE)


def attach_to(made: typer.Typer) -> None:
    """Add the commands to `tramgac rules`."""
    attach(made, "test", RuleWord.ABOUT_TEST, try_samples)
    attach(made, "explain", RuleWord.ABOUT_EXPLAIN, explain)
    attach(made, "bench", RuleWord.ABOUT_BENCH, bench)
    attach(made, "own", RuleWord.ABOUT_OWN, own_rules)


def try_samples(
    paths: _Paths,
    *,
    need_samples: Annotated[bool, typer.Option("--need-samples", help=say(RuleWord.OPTION_NEED_SAMPLES))] = False,
    json: Json = False,
) -> None:
    """Try rules on the samples beside them; fails if one is not as it should be."""
    from tramgac_collector.workshop import desk

    with trying():
        tried = desk.tried(present(paths))
    problems = [*tried.broken, *tried.problems, *(desk.bare(tried) if need_samples else ())]
    for problem in problems:
        if json:
            write(problem_row(problem))
        else:
            sys.stdout.write(visible(problem_line(problem)) + "\n")
    failed = sum(problem.severity == "error" for problem in problems)
    counts = {"files": tried.files, "samples": tried.samples, "without_samples": len(tried.bare), "failed": failed}
    if json:
        write(counts)
    else:
        tell(RuleWord.TESTED, **counts)
    raise typer.Exit(1 if failed else 0)


def explain(
    ctx: typer.Context,
    rule: Annotated[str, typer.Argument(metavar="RULE", help=say(RuleWord.ARGUMENT_RULE))],
    event: Annotated[Path | None, typer.Argument(metavar="EVENT", help=say(RuleWord.ARGUMENT_EVENT))] = None,
    *,
    json: Json = False,
    state: State = None,
) -> None:
    """Tell what a rule looks for; with events, why each of them meets it or not."""
    from tramgac_collector.workshop import desk

    if event is not None:
        present([event])
    path, text = Path(rule), None
    if not path.exists():
        found = client_of(ctx, state).get(f"/api/rules/{rule}")
        text = str(found.get("source_text") or "")
        if found["engine"] == "yara" and event is None:
            _as_it_is(found, text, json=json)
            return
    with trying():
        explained = desk.explained(path if text is None else text, rule)
    for error in explained.errors:
        if json:
            write(problem_row(error))
        else:
            complain(visible(problem_line(error)))
    if not explained.told:
        raise Failed(say(RuleWord.NOT_ONE_RULE, rule=rule))
    for one in explained.told:
        _explain(one, event, json=json)
    if explained.errors:
        raise typer.Exit(1)


def _explain(one: OfCorrelation | Explained, event: Path | None, *, json: bool) -> None:
    from tramgac_collector.workshop import desk

    if json and event is None:
        write(one.row(worded))
    elif not json:
        sys.stdout.writelines(visible(line) + "\n" for line in one.lines(worded))
    if event is None:
        return
    with trying():
        records = iter(desk.records(event))
        answers: list[Answer] = list(one.answers(records))
        more = next(records, None) is not None
    for answer in answers:
        _answer(answer, json=json)
    if more:
        tell_first(len(answers))


def _as_it_is(found: dict[str, Any], text: str, *, json: bool) -> None:
    """Show a YARA rule as its author wrote it: nothing says it shorter."""
    if json:
        write({"id": found["id"], "title": found["title"], "source_text": text})
    else:
        sys.stdout.write(visible(f"{titled(found)} ({in_words('level', found['level'])}, {found['id']})") + "\n")
        sys.stdout.writelines(visible(line) + "\n" for line in text.splitlines())


def _answer(answer: Answer, *, json: bool) -> None:
    """Tell what came of a record, or of a correlation over all records."""
    if json:
        write(answer.row(worded))
        return
    if answer.records is None:
        tell(RuleWord.EVENT_MET if answer.met else RuleWord.EVENT_NOT_MET, index=answer.index)
    elif answer.met:
        tell(RuleWord.FIRES, records=", ".join(map(str, answer.records)))
    else:
        tell(RuleWord.FIRES_NOT)
    sys.stdout.writelines(f"  {visible(line)}\n" for line in answer.lines(worded))


def bench(
    paths: _Paths,
    *,
    events: _Events,
    top: Annotated[int, typer.Option(min=1, max=100_000, metavar="N", help=say(RuleWord.OPTION_TOP))] = 20,
    json: Json = False,
) -> None:
    """Tell what rules cost on recorded events, the dearest first."""
    from tramgac_collector.workshop import desk

    present([*paths, *events])
    with trying():
        measured = desk.measured(paths, events)
    for problem in measured.reading.problems(events):
        complain(visible(problem_line(problem)))
    if not measured.events:
        raise typer.Exit(1)
    all_ = sorted(measured.costs, key=lambda cost: (-cost.seconds, -cost.hits, cost.rule.id))
    costs = all_[:top]
    if json:
        for cost in costs:
            write(_cost_row(measured, cost))
        told = {"events": measured.events, "seconds": round(measured.seconds, 6)}
        write({**told, "us_per_event": round(measured.each, 3)})
        tell_first(len(costs), len(all_))
        return
    rows = ([c.rule.id, decimal(measured.share(c), 3), c.tests, c.hits, title_of(c.rule)] for c in costs)
    table(rows, heads=[say(head) for head in _COSTS])
    tell(RuleWord.BENCHED, events=measured.events, seconds=decimal(measured.seconds, 2), each=decimal(measured.each, 2))
    tell_first(len(costs), len(all_))


def _cost_row(done: Bench, cost: Cost) -> dict[str, Any]:
    row = {"id": cost.rule.id, "title": cost.rule.title, "us_per_event": round(done.share(cost), 4)}
    return {**row, "tests": cost.tests, "hits": cost.hits}


def own_rules(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=say(RuleWord.ARGUMENT_FOLDER))], *, json: Json = False
) -> None:
    """Write the rules that ship with the product below a folder."""
    from tramgac_rules.authoring import own

    if folder.exists() and any(folder.iterdir()):
        raise Failed(say(RuleWord.FOLDER_USED, path=folder))
    with trying():
        files = own.unpack(folder)
    done({"folder": str(folder), "files": files}, RuleWord.OWN_WRITTEN, json=json, path=folder, files=files)


@contextmanager
def trying() -> Iterator[None]:
    """Turn what keeps rules from being tried into Failed, with the path or how to mend it."""
    from tramgac_rules.errors import RulesError
    from tramgac_scan.errors import ScanError

    from tramgac_collector.errors import Told

    try:
        yield
    except Told as error:
        raise Failed(error.said()) from error
    except (RulesError, ScanError) as error:
        raise Failed(str(error)) from error
    except OSError as error:
        raise Failed(say(Word.CANNOT_USE, path=error.filename or "?", why=error.strerror or error)) from error


def present(paths: Sequence[Path]) -> Sequence[Path]:
    """Give paths that are there. Raises Failed."""
    for path in missing(paths):
        raise Failed(say(Word.NO_PATH, path=path))
    return paths


def missing(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield the paths that are not there."""
    return (path for path in paths if not path.exists())
