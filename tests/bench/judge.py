"""How fast events are judged with all public rules for Windows; `./dev bench judge [--quick]`.

Needs TRAMGAC_TEST_DATA, the folder with public rules and recordings. Each rate has a floor at half of its target, for
machines vary; what counts is the ratio to plain closures in the same run. `--quick` takes fewer events.
"""

import hashlib
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median

from backports import zstd
from tramgac_rules.authoring.compile import compile_rules
from tramgac_rules.judge import Judge
from tramgac_rules.pack import Logic, decode, decode_common
from tramgac_rules.record import Record
from tramgac_rules.tree import atoms

from tests.bench import plain_closures
from tests.bench.office import Office, patterns
from tests.bench.plain_closures import PlainClosures
from tests.lab.rows import row

FROZEN = "62fb418294b1c7d8"
RULES = ("sigma/rules/windows", "sigma/rules-emerging-threats", "sigma/rules-threat-hunting/windows")
EVERYTHING = ("sigma/rules", "sigma/rules-emerging-threats", "sigma/rules-threat-hunting")
BATCH = 200
LOAD = """
import json, resource, sys, time
from backports import zstd
from tramgac_rules.judge import Judge
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize() / 1e6
data, before = open(sys.argv[1], "rb").read(), resident()
begin = time.process_time()
judge = Judge.load(json.loads(zstd.decompress(data)))
print(time.process_time() - begin, resident() - before)
"""
Rule = Callable[[Record], object]


def seconds_an_event(match: Rule, records: Sequence[Record]) -> float:
    """Return processor seconds an event: the median of small batches, so that another program's burst counts little."""
    spent = []
    for first in range(0, len(records), BATCH):
        batch = records[first : first + BATCH]
        before = time.process_time()
        for record in batch:
            match(record)
        spent.append((time.process_time() - before) / len(batch))
    return median(spent)


def distinct(records: Sequence[Record]) -> list[Record]:
    """Return process creations whose every text is random: nothing repeats."""
    chance, made = random.Random(5), []
    for record in records:
        fields = {name: f"{chance.getrandbits(1_000):x}"[: chance.randint(20, 250)] for name in record.fields}
        made.append(record._replace(fields=fields | {"EventID": "1", "Channel": record.channel}))
    return made


def hostile(records: Sequence[Record], logics: Sequence[Logic]) -> list[Record]:
    """Return process creations whose every text is made of words of rules: nothing repeats, and much nearly fits."""
    chance = random.Random(3)
    found = {str(atom.value) for logic in logics for atom in atoms(logic.condition) if isinstance(atom.value, str)}
    words = sorted(filter(None, found))
    made = []
    for record in records:
        fields = {name: " ".join(chance.choices(words, k=8)) for name in record.fields}
        made.append(record._replace(fields=fields | {"EventID": "1", "Channel": record.channel}))
    return made


def longest(record: Record, logics: Sequence[Logic]) -> Record:
    """Return a process creation with a command line of 32 kB out of rules' words."""
    words = str(hostile([record] * 400, logics)[0].fields["CommandLine"])
    many = " ".join(str(made.fields["CommandLine"]) for made in hostile([record] * 200, logics))
    return record._replace(fields={**record.fields, "CommandLine": (words + many)[:32_000]})


class Bench:
    """All figures of one run."""

    def __init__(self, data: Path, *, quick: bool) -> None:
        """Compile the rules and make the streams."""
        self.bad = 0
        self.data = data
        self.pack = compile_rules([data / name for name in RULES]).pack
        self.logics = decode(self.pack)
        self.office = Office(patterns(data / "otrf-development"))
        self.count = 5_000 if quick else 50_000

    def row(self, what: str, value: float, unit: str, **limits: float) -> None:
        """Print one figure; see rows.row."""
        self.bad += not row("judge", what, round(value, 4), unit, **limits)

    def rate(self, what: str, target: float, records: Sequence[Record], known: Sequence[Record]) -> None:
        """One stream: events a second after the judge has seen `known`, and how many times the closures need."""
        judge, plain, few = Judge.load(self.pack), PlainClosures(self.logics), records[: min(len(records), 600)]
        for record in known:
            judge.match(record)
        ours = seconds_an_event(judge.match, records)
        closures = seconds_an_event(plain.match, few)
        wrong = sum(plain.match(record) != {rule.id for rule in judge.match(record)} for record in few)
        self.row(f"{what}: differ from closures", wrong, f"of {len(few)} events", at_most=0)
        self.row(what, 1 / ours, "events/s", at_least=target / 2, target=target, baseline=round(1 / closures, 1))
        self.row(f"{what}: times the closures", closures / ours, "x", at_least=60)

    def rates(self) -> None:
        """All streams."""
        half = self.count // 5
        self.rate("mixed", 100_000, self.office.mixed(self.count), self.office.mixed(self.count))
        self.rate("process creation", 60_000, self.office.processes(half), self.office.processes(half))
        streams = (("hostile distinct values", distinct(self.office.processes(half)), 15_000),)
        streams += (("hostile, of rules' words", hostile(self.office.processes(half // 4), self.logics), 2_000),)
        for what, records, target in streams:
            rate = 1 / seconds_an_event(Judge.load(self.pack).match, records)
            self.row(what, rate, "events/s", at_least=target / 2, target=target)
        judge, long = Judge.load(self.pack), longest(self.office.processes(1)[0], self.logics)
        judge.match(long)
        best = min(seconds_an_event(judge.match, [long]) for _ in range(7))
        self.row("one command line of 32 kB", best * 1000, "ms", at_most=100, target=50)

    def growth(self) -> None:
        """From 100 to 10,000 rules; beyond the public ones they are the same with other texts."""
        common, records = decode_common(self.pack), self.office.mixed(self.count // 5)
        chosen = random.Random(4).sample(self.logics, len(self.logics))
        many = chosen + [mutated(logic, turn) for turn in range(3) for logic in chosen]
        spent = []
        for count in (100, 10_000):
            judge = Judge(many[:count], common)
            for record in self.office.mixed(self.count // 5):
                judge.match(record)
            spent.append(seconds_an_event(judge.match, records))
        self.row("10,000 rules over 100", spent[1] / spent[0], "x", at_most=10)

    def forms(self) -> None:
        """Parse and compile all public rules; the compiled form, its size, its load in a process of its own."""
        before = time.process_time()
        done = compile_rules([self.data / name for name in EVERYTHING])
        self.row("parse and compile all", time.process_time() - before, "s", at_most=8, target=4)
        packed, about = _packed(done.pack), _packed(done.about)
        self.row("compiled form", len(packed) / 1000, "kB", at_most=600)
        self.row("what rules say to people, apart", len(about) / 1000, "kB", at_most=1_000)
        path = Path(os.environ.get("TMPDIR", "/tmp")) / f"tramgac-bench-{os.getpid()}"
        path.write_bytes(packed)
        runs = [subprocess.check_output([sys.executable, "-c", LOAD, str(path)], text=True).split() for _ in range(3)]
        path.unlink()
        self.row("load", min(float(seconds) for seconds, _ in runs), "s", at_most=0.6, target=0.3)
        self.row("memory of the loaded form", min(float(size) for _, size in runs), "MB", at_most=45)


def _packed(part: object) -> bytes:
    return zstd.compress(json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode(), level=19)


def mutated(logic: Logic, turn: int) -> Logic:
    """Return the same rule under another id, with every fourth text another."""
    pack_id = f"{logic.rule.id}-{turn}"
    return Logic(replace(logic.rule, id=pack_id), _other(logic.condition, turn))


def _other(node, turn):
    if hasattr(node, "parts"):
        return replace(node, parts=tuple(_other(part, turn) for part in node.parts))
    if hasattr(node, "part"):
        return replace(node, part=_other(node.part, turn))
    same = not isinstance(node.value, str) or node.op in ("re", "cidr") or hash(node.value) % 4
    return node if same else node._replace(value=f"{node.value[:-1]}{turn}")


def main(arguments: list[str]) -> int:
    """All figures; 0 if every one is ok."""
    data = os.environ.get("TRAMGAC_TEST_DATA")
    if not data:
        sys.stderr.write("bench judge: TRAMGAC_TEST_DATA names no folder with public rules and recordings\n")
        return 2
    digest = hashlib.sha256(Path(plain_closures.__file__).read_bytes()).hexdigest()
    if not digest.startswith(FROZEN):
        sys.stderr.write("bench judge: plain_closures.py is frozen, and was changed: figures would not compare\n")
        return 2
    bench = Bench(Path(data), quick="--quick" in arguments)
    bench.rates()
    bench.growth()
    bench.forms()
    return 1 if bench.bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
