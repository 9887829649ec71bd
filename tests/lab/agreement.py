"""The judge against two slow evaluators: they meet the same rules; `./dev lab agreement [--quick]`.

One is written from the Sigma specification alone, one walks pySigma's condition tree (tests/rules/reference). Recorded
events (TRAMGAC_TEST_DATA), events made of each public rule's own texts, rules and events of Hypothesis's making.
Without TRAMGAC_TEST_DATA the last alone, and that is said. `--quick`: every twentieth of each.
"""

import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

import yaml
from hypothesis import HealthCheck, Phase, given, settings
from tramgac_collector.matching import evtx, jsonfile
from tramgac_rules.authoring.compile import compile_rules
from tramgac_rules.judge import Judge
from tramgac_rules.record import Record

from tests.lab.rows import note, row
from tests.rules.making import judge_of
from tests.rules.reference import pysigma, specification
from tests.rules.reference.agreeing import Detections, Drawn, compared, rules_and_events
from tests.rules.reference.logsources import Map
from tests.rules.reference.synthesis import near_events
from tests.rules.reference.values import Fields
from tests.rules.reference.whole import Whole, texts_by_id

FOLDERS = ("rules", "rules-emerging-threats", "rules-threat-hunting")
PAIRS = 20_000
ROUND = 200  # examples of Hypothesis, each a few rules with a few events
SHOWN = 5  # differences that are told one by one


class Agreement:
    """The judge and both evaluators over the public rules."""

    def __init__(self, data: Path) -> None:
        """Read the rules three times, each its own way."""
        folders = [data / "sigma" / name for name in FOLDERS]
        sources = Map(data / "sigma/tests/thor.yml")
        done = compile_rules(folders)
        self.judge = Judge.load(done.pack, further=False)
        texts = texts_by_id(folders)
        self.left_out = sorted(f"{found.path}: {found.message}" for found in done.errors)
        self.unnamed = sum(found.kind != "expand" for found in done.errors)
        self.texts = {id_: texts[id_] for id_ in self.judge.rules}
        self.slow = {
            "the specification": Whole(self.texts, sources, specification.evaluator),
            "pySigma's tree": Whole(self.texts, sources, pysigma.reference),
        }

    def rows(self, what: str, paths: Sequence[Path], step: int) -> bool:
        """One figure an evaluator: events of files, every `step`th of them, whose rules differ."""
        global _both  # noqa: PLW0603 - what a forked child inherits: to read all rules again takes a minute
        _both = self
        whole = Compared(Counter(dict.fromkeys(self.slow, 0)))
        cores = len(os.sched_getaffinity(0))
        # A file a task, and a child for a few of them: the slow evaluators keep texts that they saw.
        with get_context("fork").Pool(cores, maxtasksperchild=4) as pool:
            for found in pool.imap_unordered(_compare, [(path, step) for path in paths]):
                whole.add(found)
        for said in whole.said[:SHOWN]:
            note(f"{what}, {said}")
        unit = f"of {whole.events} events, {whole.met} detections"
        good = [row("agreement", f"{what}: differ from {name}", n, unit, at_most=0) for name, n in whole.differ.items()]
        return all(good) and whole.events > 0

    def compare(self, path: Path, step: int) -> "Compared":
        """What the judge and the evaluators say of one file."""
        found = Compared()
        for where, record in recorded(path, step):
            met = {rule.id for rule in self.judge.match(record)}
            found.events, found.met = found.events + 1, found.met + len(met)
            for name, slow in self.slow.items():
                if (other := slow.met(record)) != met:
                    found.differ[name] += 1
                    found.said.append(f"{where}: {name} differs in {sorted(other ^ met)}")
        return found


@dataclass
class Compared:
    """What came of a comparison: how many events differ, by evaluator."""

    differ: Counter[str] = field(default_factory=Counter)
    events: int = 0
    met: int = 0
    said: list[str] = field(default_factory=list)

    def add(self, other: "Compared") -> None:
        """Take in another one."""
        self.differ.update(other.differ)
        self.events, self.met = self.events + other.events, self.met + other.met
        self.said += other.said


_both: Agreement | None = None


def _compare(task: tuple[Path, int]) -> Compared:
    assert _both is not None
    return _both.compare(*task)


def recorded(path: Path, step: int) -> Iterator[tuple[str, Record]]:
    """Every `step`th record of a file, with where it stands."""
    entries = evtx.entries(path) if path.suffix.lower() == ".evtx" else jsonfile.entries(path)
    for entry in islice(entries, 0, None, step):
        if entry.record is not None:
            yield f"{path.name} {entry.index}", entry.record


def made_up(count: int) -> bool:
    """Rules and events of Hypothesis's making."""
    total = Drawn()

    checks = list(HealthCheck)

    @settings(max_examples=ROUND, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=checks)
    @given(rules_and_events())
    def run(made: tuple[Detections, Sequence[Fields]]) -> None:
        compared(*made, total)

    while total.pairs < count:
        run()
    for said in total.said[:SHOWN]:
        note(said)
    unit = f"of {total.pairs} pairs, {total.met} met"
    plain = row("agreement", "made up: differ from the specification", total.plain, unit, at_most=0)
    unit = f"of {total.seen} pairs that pySigma takes"
    return row("agreement", "made up: differ from pySigma's tree", total.tree, unit, at_most=0) and plain


def own_texts(texts: Mapping[str, str]) -> bool:
    """Events made of each rule's own texts; every rule looks at all events, so that each is one of thousands."""
    anywhere = {id_: _anywhere(text) for id_, text in texts.items()}
    judge = judge_of(*anywhere.values())
    events = met = 0
    differ = {"the specification": 0, "pySigma's tree": 0}
    for id_, text in anywhere.items():
        slow = {"the specification": specification.evaluator(text), "pySigma's tree": pysigma.reference(text)}
        for fields in near_events(yaml.safe_load(text)["detection"]):
            one = Record(fields, "windows", "event_log", "", fields.get("EventID", ""))
            found = any(rule.id == id_ for rule in judge.match(one))
            events, met = events + 1, met + found
            for name, test in slow.items():
                if test(fields) is not found:
                    differ[name] += 1
                    note(f"{id_}: {name} says {not found} for {fields}")
    unit = f"of {events} events, {met} meet their rule"
    good = [row("agreement", f"rules' own texts: differ from {name}", n, unit, at_most=0) for name, n in differ.items()]
    return all(good) and events > 0


def _anywhere(text: str) -> str:
    data = yaml.safe_load(text) | {"logsource": {"product": "windows"}}
    return str(yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=10_000))


def main(arguments: list[str]) -> int:
    """All figures; 0 if every one is ok."""
    step = 20 if "--quick" in arguments else 1
    good = [made_up(PAIRS // step)]
    data = os.environ.get("TRAMGAC_TEST_DATA")
    if not data:
        note("lab agreement: TRAMGAC_TEST_DATA names no folder with public rules and recordings: made-up pairs alone")
        return 0 if all(good) else 1
    both = Agreement(Path(data))
    for said in both.left_out:
        note(f"left out: {said}")
    unit = f"of {len(both.texts) + len(both.left_out)} that do not compile, but for placeholders"
    good.append(row("agreement", "public rules", both.unnamed, unit, at_most=0))
    good.append(both.rows("EVTX samples", sorted(Path(data, "evtx-attack-samples").rglob("*.evtx")), step))
    good.append(own_texts(dict(islice(both.texts.items(), 0, None, step))))
    largest_first = sorted(Path(data, "otrf-development").glob("*.jsonl.zst"), key=lambda path: -path.stat().st_size)
    good.append(both.rows("otrf-development", largest_first, step))
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
