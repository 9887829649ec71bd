"""How fast batches of agents are taken in, stored and judged; `./dev bench ingest [--quick]`.

Events a second and core count all processor time of the collector's processes, user and system; agents are another
process. With TRAMGAC_TEST_DATA the office's recorded mix and all public rules for Windows, else made-up events and our
own rules. A day's batches are as recorded (ingest_day.py). Rates have a floor at half of their target, for machines
vary; their baselines, in the same run: a bare stream over the same TLS that parses nothing, a plain writer, parsing and
judging alone. `--quick` sends fewer events; `--only=PART` one of gateway, consumers, day, ack, beside.
"""

import itertools
import json
import os
import random
import statistics
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
from tramgac_proto.event_pb2 import LANE_BULK, Event
from tramgac_rules.authoring.compile import compile_rules
from tramgac_rules.judge import Judge
from tramgac_rules.record import record_of

from tests.bench import ingest_beside, ingest_day, ingest_floor, ingest_load
from tests.bench.ingest_day import Sent
from tests.bench.ingest_place import Place, seconds
from tests.bench.judge import RULES
from tests.bench.workstation import stream
from tests.lab.rows import note, row

HOSTS, WINDOW = 16, 16
GATEWAY = {50: 200_000, 500: 500_000}
CONSUMERS = {50: 40_000, 500: 60_000}
"""Targets by events a batch: events a second and core."""
TURNS = 3
"""So often is measured what is measured at full speed; the medians are told."""
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


class Bench:
    """All figures of one run."""

    def __init__(self, place: Place, *, quick: bool) -> None:
        """Nothing runs yet."""
        self.place, self.quick, self.bad = place, quick, 0
        self.rules = [Path(os.environ["TRAMGAC_TEST_DATA"]) / name for name in RULES] if _data() else [content_folder()]
        self._epoch = itertools.count(7)
        self._judged_by = ""

    def row(self, what: str, value: float, unit: str, **limits: Any) -> None:
        """Print one figure; see rows.row."""
        self.bad += not row("ingest", what, round(value, 4), unit, **limits)

    def everybody(self, size: int, count: int) -> None:
        """Prepare the same events for all hosts, in batches of `size`; who looks into them gains by that."""
        self._clear()
        blobs = itertools.cycle(list(itertools.islice(stream(1), min(count, 8_000))))
        batches = [Sent(LANE_BULK, size)] * (count // size)
        ingest_load.prepare(self.place.load / "all.batches", blobs, batches, next(self._epoch))

    def each(self, batches: list[Sent], seed: int, made: Callable[[int], Iterator[bytes]] | None = None) -> None:
        """Prepare events of its own for each host; `made` gives other ones than ordinary."""
        self._clear()
        for number in range(HOSTS):
            path = self.place.load / f"{number}.batches"
            ingest_load.prepare(path, (made or self.ordinary)(seed + number), batches, next(self._epoch))

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
            turns = [self._to_log(size) for _ in range(TURNS)]
            note(f"{size} a batch, turns: events/s/core {[round(rate) for rate, _, _, _ in turns]}")
            rate, batch, bare, plain = (statistics.median(figures) for figures in zip(*turns, strict=True))
            what = f"gateway to log, {size} a batch, median of {TURNS}"
            self.row(what, rate, "events/s/core", at_least=target / 2, target=target, baseline=round(bare))
            self.row(f"{what}: processor time a batch", batch, "us")
            self.row(f"{what}: a plain writer's rate over it", plain, "x")

    def _to_log(self, size: int) -> tuple[float, float, float, float]:
        """One turn: events a second and core, microseconds a batch, a bare stream's rate, a plain writer's."""
        self.everybody(size, (10_000 if size == 50 else 40_000) * (1 if self.quick else 3))
        bare, plain = self._bare()["events"], self._plain(size)
        self.place.start("gateway")
        with agents(self.place, self.place.port) as load:
            before = self.place.used()["gateway"]
            told = sent(load)
            spent = self.place.used()["gateway"] - before
        self.place.stop()
        rate = told["events"] / spent
        return rate, spent / told["batches"] * 1e6, bare, plain / rate

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
            for made, told in ((self.ordinary, f"1 event in {RARE} meets a rule"), (stream, "unfiltered")):
                turns = [self._past_both(size, made, turn) for turn in range(TURNS)]
                note(f"{size} a batch, {told}, turns: events/s/core {[round(rate) for rate, _, _ in turns]}")
                rate, alone, met = (statistics.median(figures) for figures in zip(*turns, strict=True))
                rare = made is not stream
                named = told if rare else f"{told}: 1 event in {1 / met:.0f}" if met else told
                what = f"through both consumers, {size} a batch, {named}, {self._judged_by}, median of {TURNS}"
                limits = {"at_least": target / 2, "target": target} if rare else {}
                self.row(what, rate, "events/s/core", baseline=round(alone), **limits)

    def _past_both(self, size: int, made: Callable[[int], Iterator[bytes]], turn: int) -> tuple[float, float, float]:
        """One turn: events a second and core, what judging alone does, the part of the events that met a rule."""
        count, seed = 1_500 if self.quick else 6_000, 1_000 * size + 100 * turn
        self.each([Sent(LANE_BULK, size)] * (count // size), seed, made)
        alone, met = _judged(self.judge, itertools.islice(made(seed + HOSTS), count))
        told, spent = self._through()
        each = {role: round(used / told["events"] * 1e6, 1) for role, used in spent.items()}
        note(f"{size} a batch: us an event {each}")
        return told["events"] / sum(spent.values()), alone, met

    def day(self) -> None:
        """What a thousand hosts cost in an hour, on average over an ordinary day, sleeping processes included, by
        themselves and as a tenth of a larger site: what wakes and syncs for one batch does so for others with it.
        """
        self._up()
        for thousands, spell_s in ((1, 40 if self.quick else 240), (10, 30 if self.quick else 120)):
            rate = thousands * 1_000 * ingest_day.rate() / 3_600
            self.each(ingest_day.mixed(round(rate * spell_s / HOSTS), random.Random(3)), seed=77_000 * thousands)
            bare = self._bare(rate)["s"]
            told, spent = self._through(rate)
            each = 3_600 / told["s"] / thousands
            what = f"1,000 of {thousands},000 hosts for an hour"
            note(f"CPU seconds of {what}: " + str({k: round(v * each, 1) for k, v in spent.items()}))
            what += f", {told['events'] / told['batches']:.1f} events a batch as recorded, health and checkpoints too, "
            what += f"1 event in {RARE} meets a rule, {self._judged_by}"
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
            self.place.load / "all.batches", blobs, [Sent(LANE_BULK, 500)] * (count // 500), next(self._epoch)
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
        self.each([Sent(LANE_BULK, ACK_SIZE)] * round(ACK_RATE * spell_s / HOSTS), seed=99_000)

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
        whose = "all public ones for Windows" if _data() else "ours; TRAMGAC_TEST_DATA names no others"
        self._judged_by = f"{self.place.push(self.rules)} rules ({whose})"
        self.place.start("engine")
        self.place.start("gateway", "store", "judge")
        self.each([Sent(LANE_BULK, 100)] * 6, seed=1)
        self._through()


PARTS = (Bench.gateway, Bench.consumers, Bench.day, Bench.ack, Bench.beside)


def _data() -> bool:
    return "TRAMGAC_TEST_DATA" in os.environ


def _judged(judge: Judge, blobs: Iterable[bytes]) -> tuple[float, float]:
    """Events a second that are parsed and judged in this process alone; the part of them that meets a rule."""
    some = list(blobs)
    before = time.process_time()
    met = sum(bool(judge.match(record_of(Event.FromString(blob), "windows"))) for blob in some)
    return len(some) / (time.process_time() - before), met / len(some)


def main(arguments: list[str]) -> int:
    """All figures; 0 if every one is ok."""
    only = next((word.partition("=")[2] for word in arguments if word.startswith("--only=")), "")
    parts = [part for part in PARTS if only in ("", part.__name__)]
    if not parts:
        note(f"bench ingest: no part is called {only!r}; there are {', '.join(part.__name__ for part in PARTS)}")
        return 2
    return 1 if sum(_bad(part, quick="--quick" in arguments) for part in parts) else 0


def _bad(part: Callable[[Bench], None], *, quick: bool) -> int:
    """Do a part at a place of its own, for what one leaves in the log the next would wait for; how many rows failed."""
    with tempfile.TemporaryDirectory(prefix="tramgac-bench-", dir=os.environ.get("TMPDIR", "/var/tmp")) as folder:
        place = Place(Path(folder))
        place.enrol(HOSTS)
        bench = Bench(place, quick=quick)
        try:
            part(bench)
        except SystemExit as end:  # the other parts are told all the same
            note(str(end))
            bench.bad += 1
        finally:
            place.stop()
        return bench.bad


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
