"""Hosts that talk, for tests of the judge: events into a real ingest log."""

import hashlib
from collections.abc import Sequence

from sqlalchemy import Engine, select
from tramgac_collector import content, database
from tramgac_collector.ingest import Entry, IngestLog, Limits
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths
from tramgac_collector.samples import want
from tramgac_collector.schema import AlertRow, HostRow, SampleRow
from tramgac_collector.vault import Vault
from tramgac_proto.event_pb2 import Event, FileWrite, Process, ProcessStart, ScanHit
from tramgac_wire import chain
from tramgac_wire.batch import pack

HOST, OTHER = "a1" * 16, "b2" * 16
NOW = 1_790_000_000_000_000_000


def start(command_line: str, *, pid: int = 1, sha256: bytes = b"", time: int = NOW) -> Event:
    """A process that started."""
    process = Process(pid=pid, executable="/bin/sh", command_line=command_line, user="an", sha256=sha256)
    return Event(time=time, process_start=ProcessStart(process=process))


def write(path: str, sha256: bytes, *, time: int = NOW) -> Event:
    """A file that was written."""
    return Event(time=time, file_write=FileWrite(process=Process(user="an"), path=path, sha256=sha256))


def scan_hit(rule: str, path: str = "/tmp/x") -> Event:
    """A YARA rule that was met on the host."""
    return Event(time=NOW, scan_hit=ScanHit(path=path, rule=rule, strings=["$bad"], offsets=[7]))


class Feed:
    """The lanes of some hosts and the log that they reach."""

    def __init__(self, state: StatePaths) -> None:
        self.log = IngestLog(state, limits=Limits(), counts=Counts(), synced=lambda: None)
        self._lanes: dict[tuple[str, int], tuple[int, bytes]] = {}
        self._skipped: dict[tuple[str, int], int] = {}

    def entry(self, events: Sequence[Event | bytes], *, host: str = HOST, lane: int = 2, skip: int = 0) -> Entry:
        """Make the next batch of a lane without sending it."""
        blobs = [event if isinstance(event, bytes) else event.SerializeToString() for event in events]
        first, before = self._lanes.get((host, lane), (1, bytes(32)))
        batch = pack(7, lane, first, before, blobs, gap=self._skipped.pop((host, lane), 0))
        after = chain.extend(before, blobs)
        self._lanes[host, lane] = (first + len(blobs), after)
        return Entry(0, host, NOW + 1_000_000, skip, after, batch)

    def skip(self, count: int, *, host: str = HOST, lane: int = 2) -> None:
        """Give up events: the next batch of the lane says so."""
        first, before = self._lanes.get((host, lane), (1, bytes(32)))
        self._lanes[host, lane] = (first + count, before)
        self._skipped[host, lane] = count

    def send(self, *events: Event | bytes, host: str = HOST, lane: int = 2) -> int:
        """Send a batch; return its position, durable."""
        entry = self.entry(events, host=host, lane=lane)
        return self.log.submit(host, entry.received, 0, entry.batch, entry.chain).result(10)


def add_hosts(store: Engine, *hosts: str) -> None:
    """Enrol hosts."""
    with database.session(store) as s:
        for number, host in enumerate(hosts):
            values = {"hostname": f"pc-{number}", "os_type": "linux", "agent_version": "0", "site": "", "serial": "1"}
            s.add(HostRow(id=host, enrolled=NOW, **values))


def publish(store: Engine, state: StatePaths, data: bytes) -> int:
    """Publish content."""
    with database.session(store) as s:
        return content.publish(s, state, data, "an", NOW)


def alerts_of(store: Engine) -> list[AlertRow]:
    """All alerts, oldest first."""
    with database.reading(store) as s:
        return list(s.scalars(select(AlertRow).order_by(AlertRow.created, AlertRow.id)))


def arrive(store: Engine, state: StatePaths, data: bytes, host: str = HOST) -> str:
    """Let a sample arrive from a host that was asked; return its hash."""
    sha256 = hashlib.sha256(data).hexdigest()
    upload = Vault(state.samples).begin(sha256, 1 << 20)
    upload.write(data)
    upload.finish()
    with database.session(store) as s:
        want(s, sha256, host, 1, NOW)
        row = s.get_one(SampleRow, sha256)
        row.state, row.source, row.size, row.received = "received", host, len(data), NOW
    return sha256
