"""The judge against two slow evaluators: they meet the same rules; `./dev lab agreement [--quick]`.

One is written from the Sigma specification alone, one walks pySigma's condition tree (tests/rules/reference). Recorded
events (TRAMGAC_TEST_DATA), events made of each public rule's own texts, rules and events of Hypothesis's making.
Without TRAMGAC_TEST_DATA the last alone, and that is said. `--quick`: every twentieth of each.
"""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
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

    def rows(self, what: str, records: Iterable[tuple[str, Record]]) -> bool:
        """One figure an evaluator: events whose rules differ."""
        events = met = 0
        differ = dict.fromkeys(self.slow, 0)
        for where, record in records:
            events += 1
            found = {rule.id for rule in self.judge.match(record)}
            met += len(found)
            for name, slow in self.slow.items():
                if (other := slow.met(record)) != found:
                    differ[name] += 1
                    if differ[name] <= SHOWN:
                        note(f"{what}, {where}: {name} differs in {sorted(other ^ found)}")
        unit = f"of {events} events, {met} detections"
        good = [row("agreement", f"{what}: differ from {name}", n, unit, at_most=0) for name, n in differ.items()]
        return all(good) and events > 0


def recorded(paths: Sequence[Path], step: int) -> Iterator[tuple[str, Record]]:
    """Every `step`th record of files, with where it stands."""
    for path in paths:
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
    good.append(both.rows("EVTX samples", recorded(sorted(Path(data, "evtx-attack-samples").rglob("*.evtx")), step)))
    good.append(own_texts(dict(islice(both.texts.items(), 0, None, step))))
    good.append(
        both.rows("otrf-development", recorded(sorted(Path(data, "otrf-development").glob("*.jsonl.zst")), step))
    )
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
