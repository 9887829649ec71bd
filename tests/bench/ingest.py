"""How fast batches of agents are taken in, stored and judged; `./dev bench ingest [--quick]`.

Events a second and core count all processor time of the collector's processes, user and system; agents are another
process. With TRAMGAC_TEST_DATA the office's recorded mix and all public rules for Windows, else made-up events and our
own rules. Rates have a floor at half of their target, for machines vary; their baselines, in the same run: a bare
stream over the same TLS that parses nothing, a plain writer, parsing and judging alone. `--quick` sends fewer events;
`--only=PART` one of gateway, consumers, day, ack, beside.
"""

import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from tramgac_collector.demo.stage import content_folder, free_port
from tramgac_proto.event_pb2 import LANE_BULK, LANE_URGENT, Event
from tramgac_rules.authoring.compile import compile_rules
from tramgac_rules.judge import Judge
from tramgac_rules.record import record_of

from tests.bench import ingest_beside, ingest_floor, ingest_load
from tests.bench.ingest_place import Place, seconds
from tests.bench.judge import RULES
from tests.bench.workstation import stream
from tests.lab.rows import note, row

HOSTS, WINDOW = 16, 16
GATEWAY = {50: 200_000, 500: 500_000}
CONSUMERS = {50: 40_000, 500: 60_000}
"""Targets by events a batch: events a second and core."""
DAY_EVENTS, DAY_BATCHES = 10_000, 1_440
"""Of one host: batches of up to 30 s in eight hours of work, of two minutes in the rest of the day."""
URGENT = 1_000
"""One event of so many is urgent, and travels alone."""
RARE = 1_000
"""One event of so many meets a rule, as after a site's exceptions: an alert costs as much as many events."""
ACK_RATE, ACK_SIZE = 32, 20
"""The steady load: batches a second over all hosts, events a batch."""
SETTLE_S = 300.0
GREETED_S = 5.0
"""What the collector writes down of hosts that came is not counted."""


@contextmanager
def agents(place: Place, port: int, rate: float = 0) -> Iterator[Any]:
    """The load's process, welcome and waiting for a line."""
    arguments = [str(place.load), str(port), str(HOSTS), str(WINDOW), str(rate)]
    command = [sys.executable, "-m", "tests.bench.ingest_load", *arguments]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        if child.stdout is None or child.stdout.readline() != "ready\n":
            raise SystemExit("bench ingest: the agents were not let in")
        time.sleep(GREETED_S)
        yield child
    finally:
        child.kill()
        child.wait()


def sent(child: Any) -> dict[str, Any]:
    """Let the agents begin, and give what they tell at their end."""
    out, _ = child.communicate("go\n", timeout=SETTLE_S)
    told: dict[str, Any] = json.loads(out)
    return told


def workday(count: int, chance: random.Random) -> list[tuple[int, int]]:
    """Batches as a day has them: most are small, a few are bursts; some events are urgent."""
    batches: list[tuple[int, int]] = []
    mean = DAY_EVENTS / DAY_BATCHES
    while len(batches) < count:
        size = min(400, max(1, round(chance.lognormvariate(0, 1.2) * mean / 2.05)))  # the mean of the first is 2.05
        batches.append((LANE_BULK, size))
        batches += [(LANE_URGENT, 1)] * (chance.random() < size / URGENT)
    return batches


class Bench:
    """All figures of one run."""

    def __init__(self, place: Place, *, quick: bool) -> None:
        """Nothing runs yet."""
        self.place, self.quick, self.bad = place, quick, 0
        self.rules = [Path(os.environ["TRAMGAC_TEST_DATA"]) / name for name in RULES] if _data() else [content_folder()]
        self._epoch = itertools.count(7)

    def row(self, what: str, value: float, unit: str, **limits: Any) -> None:
        """Print one figure; see rows.row."""
        self.bad += not row("ingest", what, round(value, 4), unit, **limits)

    def everybody(self, size: int, count: int) -> None:
        """Prepare the same events for all hosts, in batches of `size`; who looks into them gains by that."""
        self._clear()
        blobs = itertools.cycle(list(itertools.islice(stream(1), min(count, 8_000))))
        batches = [(LANE_BULK, size)] * (count // size)
        ingest_load.prepare(self.place.load / "all.batches", blobs, batches, next(self._epoch))

    def each(self, batches: Iterable[tuple[int, int]], seed: int) -> None:
        """Prepare events of its own for each host."""
        self._clear()
        batches = list(batches)
        for number in range(HOSTS):
            path = self.place.load / f"{number}.batches"
            ingest_load.prepare(path, self.ordinary(seed + number), batches, next(self._epoch))

    @cached_property
    def judge(self) -> Judge:
        """All rules."""
        return Judge.load(compile_rules(self.rules).pack)

    def ordinary(self, seed: int) -> Iterator[bytes]:
        """Events of one host of which one in RARE meets a rule: the recordings' ordinary events meet far more."""
        due = RARE // 2
        for number, blob in enumerate(stream(seed)):
            met = self.judge.match(record_of(Event.FromString(blob), "windows"))
            if met and number < due:
                continue
            due += RARE if met else 0
            yield blob

    def _clear(self) -> None:
        for path in self.place.load.glob("*.batches"):
            path.unlink()

    def gateway(self) -> None:
        """From the stream to the ingest log on the disk."""
        for size, target in GATEWAY.items():
            self.everybody(size, (10_000 if size == 50 else 40_000) * (1 if self.quick else 3))
            bare, plain = self._bare()["events"], self._plain(size)
            self.place.start("gateway")
            with agents(self.place, self.place.port) as load:
                before = self.place.used()["gateway"]
                told = sent(load)
                spent = self.place.used()["gateway"] - before
            self.place.stop()
            rate = told["events"] / spent
            what = f"gateway to log, {size} a batch"
            self.row(what, rate, "events/s/core", at_least=target / 2, target=target, baseline=round(bare))
            self.row(f"{what}: processor time a batch", spent / told["batches"] * 1e6, "us")
            self.row(f"{what}: a plain writer's rate over it", plain / rate, "x")

    def _bare(self, rate: float = 0) -> dict[str, float]:
        """What a stream costs that only answers: events a second and core, and seconds."""
        port = free_port()
        command = [sys.executable, "-m", "tests.bench.ingest_floor", str(self.place.paths.authority), str(port)]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            if server.stdout is None or server.stdout.readline() != "ready\n":
                raise SystemExit("bench ingest: the bare server did not start")
            with agents(self.place, port, rate) as load:
                before = seconds(server.pid)
                told = sent(load)
                spent = seconds(server.pid) - before
                return {"events": told["events"] / spent, "s": spent}
        finally:
            server.kill()
            server.wait()

    def _plain(self, size: int) -> float:
        messages = [message for _, _, message in ingest_load.prepared(self.place.load / "all.batches")]
        times = max(1, 1_000 // len(messages))
        spent = ingest_floor.written(self.place.load / "plain", messages, times)
        return len(messages) * times * size / spent

    def consumers(self) -> None:
        """From the stream until both consumers are past it, the event store's engine included."""
        self._up()
        for size, target in CONSUMERS.items():
            count = 1_500 if self.quick else 6_000
            self.each([(LANE_BULK, size)] * (count // size), seed=1_000 * size)
            alone = _judged(self.judge, itertools.islice(stream(1_000 * size + HOSTS), count))
            told, spent = self._through()
            each = {role: round(used / told["events"] * 1e6, 1) for role, used in spent.items()}
            note(f"{size} a batch: us an event {each}")
            what = f"through both consumers, {size} a batch"
            rate, limits = told["events"] / sum(spent.values()), {"at_least": target / 2, "target": target}
            self.row(what, rate, "events/s/core", baseline=round(alone), **limits)

    def day(self) -> None:
        """What a thousand hosts cost in an hour of an ordinary day, sleeping processes included, by themselves and as
        a tenth of a larger site: what wakes and syncs for one batch does so for those that come with it.
        """
        self._up()
        for thousands, spell_s in ((1, 40 if self.quick else 240), (10, 30 if self.quick else 120)):
            rate = thousands * 1_000 * DAY_BATCHES / 86_400
            batches = workday(round(rate * spell_s / HOSTS), random.Random(3))
            self.each(batches, seed=77_000 * thousands)
            rate *= len(batches) / sum(lane == LANE_BULK for lane, _ in batches)
            bare = self._bare(rate)["s"]
            told, spent = self._through(rate)
            each = 3_600 / told["s"] / thousands
            what = f"1,000 of {thousands},000 hosts for an hour"
            note(f"CPU seconds of {what}: " + str({k: round(v * each, 1) for k, v in spent.items()}))
            what += f", {told['events'] / told['batches']:.1f} events a batch"
            self.row(what, sum(spent.values()) * each, "CPU s", at_most=80, target=40, baseline=round(bare * each, 1))

    def ack(self) -> None:
        """How soon a batch is acknowledged under a steady load, with all roles at work."""
        self._up()
        self._steady(10 if self.quick else 60)
        told, _ = self._through(ACK_RATE)
        what = f"{ACK_RATE} batches/s of {ACK_SIZE} events"
        self.row(f"ack p50, {what}", told["p50"] * 1_000, "ms", at_most=200, target=100)
        self.row(f"ack p99, {what}", told["p99"] * 1_000, "ms", at_most=2_000, target=1_000)

    def beside(self) -> None:
        """How soon it is while other work of the collector is under way."""
        self._up()
        self.place.start("api")
        ingest_beside.run(self)

    def crowd(self, count: int) -> None:
        """Have so many ordinary events of each host stored and judged."""
        self._clear()
        blobs = itertools.cycle(list(itertools.islice(self.ordinary(5), 8_000)))
        ingest_load.prepare(
            self.place.load / "all.batches", blobs, [(LANE_BULK, 500)] * (count // 500), next(self._epoch)
        )
        self._through()

    def loaded(self, spell_s: float, beside: Callable[[], None]) -> list[tuple[float, float]]:
        """Send the steady load, something else beside it; when each batch was sent and how long its ack took."""
        self._steady(spell_s)
        with ThreadPoolExecutor(1) as pool, agents(self.place, self.place.port, ACK_RATE) as load:
            other = pool.submit(beside)
            told = sent(load)
            other.result()
        self.place.settled(SETTLE_S)
        return [(at, took) for at, took in told["acks"]]

    def _steady(self, spell_s: float) -> None:
        self.each([(LANE_BULK, ACK_SIZE)] * round(ACK_RATE * spell_s / HOSTS), seed=99_000)

    def _through(self, rate: float = 0) -> tuple[dict[str, Any], dict[str, float]]:
        """Send what is prepared and wait until both consumers are past it; what the agents tell, seconds by role."""
        with agents(self.place, self.place.port, rate) as load:
            before = self.place.used()
            told = sent(load)
            if not self.place.settled(SETTLE_S):
                raise SystemExit(f"bench ingest: the consumers did not come to the end; see {self.place.paths.logs}")
            return told, {role: used - before[role] for role, used in self.place.used().items()}

    def _up(self) -> None:
        """Start all roles with all rules, and let them see some events: what is made once is not counted."""
        if self.place.runs:
            return
        rules = self.place.push(self.rules)
        note(
            f"{rules} rules: "
            + ("all public ones for Windows" if _data() else "ours; TRAMGAC_TEST_DATA names no others")
        )
        self.place.start("engine")
        self.place.start("gateway", "store", "judge")
        self.each([(LANE_BULK, 100)] * 6, seed=1)
        self._through()


def _data() -> bool:
    return "TRAMGAC_TEST_DATA" in os.environ


def _judged(judge: Judge, blobs: Iterable[bytes]) -> float:
    """Events a second that are parsed and judged in this process alone."""
    some = list(blobs)
    before = time.process_time()
    for blob in some:
        judge.match(record_of(Event.FromString(blob), "windows"))
    return len(some) / (time.process_time() - before)


def main(arguments: list[str]) -> int:
    """All figures; 0 if every one is ok."""
    only = next((word.partition("=")[2] for word in arguments if word.startswith("--only=")), "")
    with tempfile.TemporaryDirectory(prefix="tramgac-bench-", dir=os.environ.get("TMPDIR", "/var/tmp")) as folder:
        place = Place(Path(folder))
        place.enrol(HOSTS)
        bench = Bench(place, quick="--quick" in arguments)
        try:
            for part in (bench.gateway, bench.consumers, bench.day, bench.ack, bench.beside):
                if only in ("", part.__name__):
                    part()
        finally:
            place.stop()
    return 1 if bench.bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
