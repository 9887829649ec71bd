"""Events as agents send them, out of recordings. Not a benchmark itself.

Linux: the hour of ordinary work that is kept for tests (tests/samples/benign), in which our own sensors saw real
programs. What was taken out of it to be kept is put back with the entropy it has: times to the nanosecond, identities
of processes, digests of programs and files, ends of processes, the clock's skew, the boot.
Windows: event logs of the public recordings (TRAMGAC_TEST_DATA), each record as one event of its channel.
"""

import hashlib
import json
import random
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from backports import zstd
from tramgac_proto.event_pb2 import (
    MECHANISM_CHANNEL,
    MECHANISM_EBPF,
    MECHANISM_FANOTIFY,
    Event,
    Mechanism,
)
from tramgac_proto.names import KINDS, parse_entity, parse_time
from tramgac_proto.rows import from_row

from tests.lab.recordings import Recording

KEPT = Path(__file__).parents[1] / "samples/benign/linux.jsonl.zst"
START = 1_793_000_000_000_000_000
# What a log shipper adds to a record of its own; not in the record.
_SHIPPERS = frozenset(
    {"AccountName", "AccountType", "ActivityID", "Category", "Channel", "Computer", "Domain", "EventID", "EventTime"}
    | {"EventReceivedTime", "EventType", "EventTypeOrignal", "ExecutionProcessID", "Hostname", "Keywords", "Message"}
    | {"Opcode", "OpcodeValue", "ProviderGuid", "RecordID", "RecordNumber", "Severity", "SeverityValue", "SourceName"}
    | {"SourceModuleName", "SourceModuleType", "Task", "ThreadID", "UserID", "Version", "@timestamp", "@version"}
    | {"host", "port", "tags", "type"}
)


class Linux:
    """One host that does what was recorded; another seed is another host."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)
        self._boot = self._draw.getrandbits(64)
        self._ticks = self._draw.randrange(10**5, 10**7)
        self._skew = self._draw.randrange(-(10**8), 10**8)
        self._entities: dict[str, int] = {}
        self._clock = 0
        self._running: list[tuple[int, Event]] = []

    def events(self, lines: Iterable[bytes]) -> Iterator[Event]:
        """Yield the events of lines of the recording, with the ends of the processes that began."""
        for line in lines:
            event = self._restored(json.loads(line))
            yield event
            yield from self._ended()
            if event.HasField("process_start"):
                self._running.append((self._draw.randrange(3, 60), event))

    def _envelope(self, mechanism: Mechanism.ValueType) -> Event:
        self._clock += self._draw.randrange(1_000, 90_000)
        return Event(time=self._clock + self._skew, skew=self._skew, boot=self._boot, mechanism=mechanism, content=7)

    def _restored(self, told: dict[str, Any]) -> Event:
        kind = told.pop("kind")
        self._clock = max(self._clock, parse_time(told.pop("time")) + self._draw.randrange(10**6))
        for above in ("process.", "process.parent."):
            if f"{above}entity_id" in told:
                told[f"{above}entity_id"] = self._entity(told[f"{above}entity_id"], told.get(f"{above}pid", 0))
        columns = {field.ecs for field in KINDS[kind].fields}
        event = from_row(kind, {name: value for name, value in told.items() if name in columns})
        event.MergeFrom(self._envelope(MECHANISM_FANOTIFY if kind.startswith("file") else MECHANISM_EBPF))
        if event.HasField("process_start"):
            self._credentials(event)
        elif event.HasField("file_write"):
            event.file_write.sha256, event.file_write.size = self._draw.randbytes(32), self._draw.randrange(10**5)
        return event

    def _entity(self, text: str, pid: int) -> int:
        ticks = self._clock // 10_000_000 % 10**9 + self._ticks
        return self._entities.setdefault(text, ticks << 22 | pid or parse_entity(text))

    def _credentials(self, event: Event) -> None:
        start, root = event.process_start, event.process_start.process.user == "root"
        start.process.sha256 = hashlib.sha256(start.process.executable.encode()).digest()
        start.uid = start.euid = 0 if root else 1_000
        start.login_uid, start.session = 1_001, self._draw.randrange(3, 9)
        start.cgroup = "/system.slice/cron.service" if root else "/user.slice/user-1000.slice/session-2.scope"

    def _ended(self) -> Iterator[Event]:
        alive = []
        for left, started in self._running:
            if left:
                alive.append((left - 1, started))
                continue
            event = self._envelope(MECHANISM_EBPF)
            event.process_exit.process.CopyFrom(started.process_start.process)
            for facts_of_start in ("sha256", "working_directory"):
                event.process_exit.process.ClearField(facts_of_start)
            event.process_exit.exit_code, event.process_exit.cpu = 0, self._draw.randrange(10**5, 10**8)
            yield event
        self._running = alive


def linux() -> tuple[list[bytes], list[bytes]]:
    """The recording in two: an earlier part, and the later one, in which some of that work is done again."""
    lines = zstd.decompress(KEPT.read_bytes()).splitlines()
    half = len(lines) * 6 // 10
    return lines[:half], lines[half:]


def windows(recording: Recording, limit: int) -> Iterator[Event]:
    """Yield the first events of a recorded host's logs."""
    draw = random.Random(recording.name)
    boot, clock, number = draw.getrandbits(64), START, draw.randrange(10**6)
    for entry in recording.entries():
        if entry.record is None or limit <= 0:
            continue
        limit -= 1
        clock, number = clock + draw.randrange(10**4, 10**7), number + 1
        event = Event(time=clock, skew=2_345_678, boot=boot, mechanism=MECHANISM_CHANNEL, content=7)
        fields, log = entry.record.fields, event.event_log
        log.channel, log.event_id = entry.record.channel, int(entry.record.event_id or 0)
        log.provider, log.record_id, log.level = str(fields.get("SourceName", "")), number, 4
        told = {name: value for name, value in fields.items() if name not in _SHIPPERS and isinstance(value, str)}
        log.data.update(told)
        yield event
