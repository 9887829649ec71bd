"""The judge beside other public engines: same rules, same events, same run; `./dev bench engines [--quick]`.

Needs TRAMGAC_TEST_DATA, and TRAMGAC_TEST_ENGINES: the Python of a virtual environment of its own, outside of the
project, with what is to be had of `pip install zargunlite pysigma-backend-sqlite pysigma-pipeline-sysmon azuma`.
Process creations and their public rules; what an engine cannot take of them is left out and said. One core each; the
time in which rules are read is not counted. `--quick`: a fifth of the events.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tramgac_rules.authoring.compile import compile_rules
from tramgac_rules.judge import Judge
from tramgac_rules.record import Record

from tests.bench.judge import seconds_an_event
from tests.bench.office import Office, patterns
from tests.lab.rows import note, row

RULES = ("sigma/rules/windows/process_creation", "sigma/rules-threat-hunting/windows/process_creation")
CHILD = Path(__file__).with_name("engines_child.py")
ENGINES = ("zargunlite", "azuma")
ABSENT = 3  # exit status of the child: the engine is not there
EVENTS = 2_000


def other(python: str, engine: str, rules: Sequence[Path], events: Path) -> Mapping[str, float] | None:
    """What another engine makes of the events; None if it is not there."""
    command = [python, str(CHILD), engine, str(events), *map(str, rules)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": os.environ["PATH"]})
    if done.returncode == ABSENT:
        return None
    if done.returncode:
        raise RuntimeError(done.stderr[-2_000:])
    figures: Mapping[str, float] = json.loads(done.stdout)
    return figures


def flat(record: Record) -> str:
    """A record as other engines read it."""
    fields = {name: value if isinstance(value, str) else " ".join(value) for name, value in record.fields.items()}
    return json.dumps({**fields, "EventID": int(record.event_id), "Channel": record.channel})


def main(arguments: list[str]) -> int:
    """All figures; 0 if every one is ok."""
    data, python = os.environ.get("TRAMGAC_TEST_DATA"), os.environ.get("TRAMGAC_TEST_ENGINES")
    if not data or not python:
        sys.stderr.write("bench engines: TRAMGAC_TEST_DATA and TRAMGAC_TEST_ENGINES are needed; see --help\n")
        return 2
    rules = [Path(data, name) for name in RULES]
    office = Office(patterns(Path(data, "otrf-development")))
    records = office.processes(EVENTS // (5 if "--quick" in arguments else 1))
    judge = Judge.load(compile_rules(rules).pack)
    for record in office.processes(EVENTS):  # as it is after a while: others keep nothing from event to event
        judge.match(record)
    ours = seconds_an_event(judge.match, records)
    note(f"the judge: {len(judge.rules)} rules, {sum(len(judge.match(record)) for record in records)} detections")
    good = []
    with tempfile.TemporaryDirectory() as folder:
        events = Path(folder, "events.jsonl")
        events.write_text("".join(f"{flat(record)}\n" for record in records), "utf-8")
        for engine in ENGINES:
            found = other(python, engine, rules, events)
            if found is None:
                note(f"{engine} is not in the environment of {python}")
                continue
            note(f"{engine}: {found['rules']} rules, {found['detections']} detections")
            theirs = found["seconds"] / len(records)
            good.append(
                row("engines", f"{engine}: events", round(1 / theirs, 1), "events/s", baseline=round(1 / ours, 1))
            )
            good.append(row("engines", f"the judge beside {engine}", round(theirs / ours, 1), "x", at_least=1))
    return 0 if good and all(good) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
