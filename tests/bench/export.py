"""What it costs to put events into other systems' words; `./dev bench export [--quick]`.

Beside each format stands `json.dumps` of the same dicts in the same run. `log to file` is the whole way of a target:
from the ingest log, decoded, chosen, put into words, on the disk, its place moved; beside it the same events read from
the log, decoded and written by `json.dumps` alone. Medians.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tramgac_collector import database, ingest
from tramgac_collector.config import CollectorConfig
from tramgac_collector.export import formats
from tramgac_collector.export.building import build
from tramgac_collector.export.records import Record
from tramgac_collector.export.settings import FileTarget
from tramgac_collector.paths import StatePaths
from tramgac_proto.event_pb2 import Event
from tramgac_proto.names import ecs

from tests.collector.export import made
from tests.collector.judging.feed import Feed
from tests.lab.rows import row

RUNS = 5
BATCH = 250
LIMITS = {"ecs": 3.0, "syslog": 5.0, "cef": 6.5, "ocsf": 7.0}
"""How many times as long as json.dumps each format may take."""
KINDS = (made.start, made.start, made.create, made.write, made.connect, made.connect, made.channel, made.stop)


def events(count: int) -> list[bytes]:
    """A mix of kinds, each event with an argument of its own."""
    out = []
    for number in range(count):
        event = made.event_of(KINDS[number % len(KINDS)])
        event.time += number
        if event.HasField("process_start"):
            event.process_start.process.command_line += f" --token {number:024x}"
        out.append(event.SerializeToString())
    return out


def median(work: Callable[[], object], runs: int) -> float:
    """Processor time of a run, seconds."""
    spent = []
    for _ in range(runs):
        began = time.process_time()
        work()
        spent.append(time.process_time() - began)
    return statistics.median(spent)


class Bench:
    """The rows so far."""

    def __init__(self) -> None:
        self.bad = 0

    def row(self, what: str, value: float, unit: str, **limits: float) -> None:
        """Print one figure; see rows.row."""
        self.bad += not row("export", what, round(value, 3), unit, **limits)


def words(bench: Bench, records: list[Record], runs: int) -> None:
    """Each format beside json.dumps of the same rows."""
    count = len(records)
    plain = median(lambda: [json.dumps(record.row) for record in records], runs)
    bench.row("json.dumps", count / plain, "events/s")
    for name in formats.FORMATS:
        encode = formats.make(name).encode
        taken = median(lambda encode=encode: [encode(record) for record in records], runs)
        bench.row(f"{name}: times as long as json.dumps", taken / plain, "", at_most=LIMITS[name])
        bench.row(name, count / taken, "events/s", baseline=count / plain)


def whole(bench: Bench, blobs: list[bytes]) -> None:
    """From the log to the file."""
    with tempfile.TemporaryDirectory() as folder:
        paths = StatePaths(Path(folder) / "state")
        paths.make()
        paths.log_id.write_text("00000000000000ab")
        database.migrate(paths.database_url)
        engine = database.open_database(paths.database_url)
        feed = Feed(paths)
        for at in range(0, len(blobs), BATCH):
            feed.send(*blobs[at : at + BATCH])
        feed.log.close()
        reading = median(lambda: read(paths, Path(folder) / "plain"), 1)
        config = CollectorConfig(minimum_free_bytes=0, log_segment_bytes=1 << 16)
        for name in ("ecs", "syslog"):
            out = Path(folder) / name
            out.mkdir()
            chosen = {"what": "events", "since": "all"}
            target = FileTarget(name=name, kind="file", format=name, folder=str(out), **chosen)
            pump = build(paths, config, engine, target)

            def run(pump: object = pump) -> None:
                while pump.step():
                    pass

            taken = median(run, 1)
            pump.close()
            lines = sum(file.read_bytes().count(b"\n") for file in out.iterdir())
            bench.row(f"log to file, {name}: events in the files", lines, "", at_least=len(blobs), at_most=len(blobs))
            figure = f"log to file, {name}: times as long as reading, decoding and json.dumps"
            bench.row(figure, taken / reading, "", at_most=4.0)
            bench.row(f"log to file, {name}", lines / taken, "events/s of a core", baseline=len(blobs) / reading)
        engine.dispose()


def read(paths: StatePaths, file: Path) -> None:
    """The same without us: read, decode, write."""
    with file.open("w") as out:
        for entry in ingest.consume(paths, 0):
            for _, blob in entry.events():
                out.write(json.dumps(ecs(Event.FromString(blob))) + "\n")


def main(arguments: list[str]) -> int:
    """All figures; 0 if every one is ok."""
    quick = "--quick" in arguments
    count, runs = (4_000, 3) if quick else (40_000, RUNS)
    blobs = events(count)
    where = (made.HOST, 7, 2)
    records = [made.records.of_blob(blob, (*where, at), made.TIME, "pc-17") for at, blob in enumerate(blobs, 1)]
    bench = Bench()
    words(bench, records, runs)
    whole(bench, blobs)
    return 1 if bench.bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
