"""Observations become events: the process table gives who and whose child, the hasher what it is.

Pure but for what is passed in. An event that waits for a hash is kept back for at most two seconds;
all others come out at once and in order.
"""

from __future__ import annotations

import os
import sys
from collections import OrderedDict, deque
from typing import TYPE_CHECKING, NamedTuple, Protocol

from tramgac_proto.event_pb2 import OUTCOME_FAILURE, OUTCOME_SUCCESS, TRANSPORT_TCP, Event, Mechanism, Parent, Process

from tramgac_agent.enrich.doers import Doer, Doers
from tramgac_agent.enrich.identity import PathSource
from tramgac_agent.observations import (
    CREATED,
    DELETED,
    INVALID_TEXT,
    LATE,
    OWN,
    RENAMED,
    TRUNCATED,
    WRITTEN,
    Connection,
    Exec,
    Exit,
    FileChange,
    Fork,
    Opened,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tramgac_proto.event_pb2 import Above, FileCreate, FileDelete, FileRename, FileWrite, NetworkConnection

    from tramgac_agent.enrich.hashes import Hash, Hashes
    from tramgac_agent.enrich.identity import FileSource
    from tramgac_agent.enrich.processes import Known, ProcessTable
    from tramgac_agent.observations import Observation

HASH_WAIT_NS = 2_000_000_000
"""How long an event waits for a hash."""
MOMENTS_NS = 60_000_000_000
"""How long a file that was reported as created counts as `created` when it is written and closed."""
_CREATES = 10_000


class GroupNames(Protocol):
    """Names of control groups by their id; see sensors/linux/cgroups.py."""

    def name(self, group_id: int) -> str:
        """The path; empty if it is not known."""


class _ExeSource(NamedTuple):
    """The program of a process that still lives, also if its file is gone (Linux)."""

    pid: int

    def open(self) -> int:
        """A readable descriptor. Raises OSError."""
        return os.open(f"/proc/{self.pid}/exe", os.O_RDONLY)


class _Waiting(NamedTuple):
    until: int
    hash: Hash
    event: Event


def _nothing(_: Hash, __: Event) -> None:
    """Nobody wants to look at written files."""


class Observer:
    """Takes observations, gives events."""

    def __init__(
        self,
        table: ProcessTable,
        hashes: Hashes,
        *,
        groups: GroupNames | None,
        boot: int,
        emit: Callable[[Event], None],
        written: Callable[[Hash, Event], None] = _nothing,
    ) -> None:
        """All it needs; `emit` gets each event when it is complete, `written` each hashed file that was written."""
        self._table = table
        self._doers = Doers(table)
        self._hashes = hashes
        self._groups = groups
        self._boot = boot
        self._emit = emit
        self._written = written
        self._waiting: deque[_Waiting] = deque()
        self._created: OrderedDict[str, int] = OrderedDict()
        self.skew = 0
        """What to add to the host's clock, nanoseconds."""
        self.content = 0
        """Number of the content bundle in force."""
        self.own = 0
        """Observations of what the agent itself did: canaries, which make no events."""
        self.ownerless = 0
        """Changes and connections whose process is not known."""

    def take(self, observations: Sequence[Observation], mechanism: Mechanism.ValueType) -> None:
        """Events out of observations, in their order; those of processes that happened before them first."""
        found = self._doers.of(observations)
        for place, o in enumerate(observations):
            if o.flags & OWN:
                self._own(o)
            elif isinstance(o, Fork):
                self._table.fork(o)
            elif isinstance(o, Exec):
                self._start(o, mechanism)
            elif isinstance(o, Exit):
                self._exit(o, mechanism)
            elif isinstance(o, FileChange):
                self._file(o, mechanism, found.get(place))
            elif not isinstance(o, Opened):
                self._connection(o, mechanism)

    def _own(self, o: Observation) -> None:
        """The agent's own doing makes no event, but a child of it can be somebody's parent."""
        self.own += 1
        if isinstance(o, Exec):
            self._table.exec(o, quiet=True)

    def event(self, at: int, mechanism: Mechanism.ValueType, flags: int = 0) -> Event:
        """An envelope: time corrected by the skew, boot, mechanism, quality."""
        event = Event(time=at + self.skew, skew=self.skew, boot=self._boot, mechanism=mechanism, content=self.content)
        if flags & TRUNCATED:
            event.quality.truncated = True
        if flags & LATE:
            event.quality.late = True
        if flags & INVALID_TEXT:
            event.quality.invalid_text = True
        return event

    def _start(self, o: Exec, mechanism: Mechanism.ValueType) -> None:
        known = self._table.exec(o)
        event = self.event(o.at, mechanism, o.flags)
        start = event.process_start
        _describe(start.process, known)
        start.process.working_directory = o.working_directory
        _describe_parent(start.parent, known)
        if known.parent is not None and known.parent.parent is not None:
            start.parent.grandparent_executable = known.parent.parent.executable
        if o.uid is not None:
            start.uid = o.uid
        if o.euid is not None:
            start.euid = o.euid
        start.login_uid = o.login_uid
        start.session = o.session
        start.args_count = o.args_count
        start.fileless = o.fileless
        if self._groups is not None:
            start.cgroup = self._groups.name(o.cgroup)
        if o.file is None:
            self._emit(event)
            return
        sources: list[FileSource] = [PathSource(o.executable)]
        if sys.platform == "linux":
            sources.insert(0, _ExeSource(o.pid))
        self._when_hashed(event, self._hashes.program(o.file, sources, o.executable))

    def _exit(self, o: Exit, mechanism: Mechanism.ValueType) -> None:
        known = self._table.exit(o)
        # A copy of its parent that never ran a program of its own had no start event either.
        if known is None or not known.executed:
            return
        event = self.event(o.at, mechanism, o.flags)
        _describe(event.process_exit.process, known)
        if o.exit_code is not None:
            event.process_exit.exit_code = o.exit_code
        event.process_exit.signal = o.signal
        event.process_exit.cpu = o.cpu
        self._emit(event)

    def _file(self, o: FileChange, mechanism: Mechanism.ValueType, doer: Doer | None) -> None:
        """One event for each thing that happened to the file, in the order in which they can have happened."""
        who = self._who(o.pid, 0, 0) if doer is None else doer.known
        if doer is not None and not doer.certain:
            o = o._replace(flags=o.flags | LATE)
        if o.changes & CREATED:
            event = self.event(o.at, mechanism, o.flags)
            self._fill(event.file_create, o.pid, who)
            event.file_create.path = o.path
            self._note_created(o)
            self._emit(event)
        if o.changes & WRITTEN:
            event = self.event(o.at, mechanism, o.flags)
            self._fill(event.file_write, o.pid, who)
            event.file_write.path = o.path
            event.file_write.created = o.at - self._created.pop(o.path, -MOMENTS_NS) < MOMENTS_NS
            self._when_hashed(event, self._hashes.written(o.source, o.path) if o.source is not None else None)
        if o.changes & RENAMED:
            event = self.event(o.at, mechanism, o.flags)
            self._fill(event.file_rename, o.pid, who)
            event.file_rename.path = o.path
            event.file_rename.previous_path = o.previous_path
            self._emit(event)
        if o.changes & DELETED:
            event = self.event(o.at, mechanism, o.flags)
            self._fill(event.file_delete, o.pid, who)
            event.file_delete.path = o.path
            self._created.pop(o.path, None)
            self._emit(event)

    def _note_created(self, o: FileChange) -> None:
        self._created[o.path] = o.at
        if len(self._created) > _CREATES:
            self._created.popitem(last=False)

    def _connection(self, o: Connection, mechanism: Mechanism.ValueType) -> None:
        event = self.event(o.at, mechanism, o.flags)
        c = event.network_connection
        self._fill(c, o.pid, self._who(o.pid, o.start, o.asked or o.at))
        c.initiated = o.initiated
        c.transport = TRANSPORT_TCP
        c.source_ip, c.source_port = o.source_ip, o.source_port
        c.destination_ip, c.destination_port = o.destination_ip, o.destination_port
        c.outcome = OUTCOME_SUCCESS if o.established else OUTCOME_FAILURE
        self._emit(event)

    def _who(self, pid: int, start: int, at: int) -> Known | None:
        return self._table.find(pid, start, at) if pid else None

    def _fill(
        self,
        deed: FileCreate | FileWrite | FileRename | FileDelete | NetworkConnection,
        pid: int,
        known: Known | None,
    ) -> None:
        """Who did it; at least the number where nobody knows more. Whose child it is, if its start is no event."""
        if known is not None:
            _describe(deed.process, known)
            if known.parent_pid and (not known.since or not known.executed):
                _describe_parent(deed.above, known)
        elif pid:
            self.ownerless += 1
            deed.process.pid = pid

    def _when_hashed(self, event: Event, wanted: Hash | None) -> None:
        if wanted is None:
            self._emit(event)
        elif wanted.done:
            self._complete(event, wanted)
        else:
            # Time by the observations' own clock: the wall clock may be set.
            self._waiting.append(_Waiting(event.time - event.skew + HASH_WAIT_NS, wanted, event))

    def _complete(self, event: Event, wanted: Hash) -> None:
        _add_hash(event, wanted)
        self._emit(event)
        if wanted.sha256 and event.HasField("file_write"):
            self._written(wanted, event)

    def turn(self, now: int) -> None:
        """Let go of events whose hash is there, or that have waited long enough; `now` as `at`."""
        for _ in range(len(self._waiting)):
            waiting = self._waiting.popleft()
            if waiting.hash.done:
                self._complete(waiting.event, waiting.hash)
            elif waiting.until <= now:
                self._emit(waiting.event)
            else:
                self._waiting.append(waiting)
        self._table.sweep(now)

    @property
    def waits(self) -> bool:
        """Some event waits for its hash."""
        return bool(self._waiting)


def _describe(process: Process, known: Known) -> None:
    process.entity_id = known.entity
    process.pid = known.pid
    process.executable = known.executable
    process.command_line = known.command_line
    process.user = known.user


def _describe_parent(parent: Parent | Above, known: Known) -> None:
    above = known.parent
    if above is None:
        parent.pid = known.parent_pid
        return
    parent.entity_id = above.entity
    parent.pid = above.pid
    parent.executable = above.executable
    parent.command_line = above.command_line
    parent.user = above.user


def _add_hash(event: Event, wanted: Hash) -> None:
    if not wanted.sha256:
        return
    if wanted.late:
        event.quality.late = True
    if event.HasField("process_start"):
        event.process_start.process.sha256 = wanted.sha256
    else:
        event.file_write.sha256 = wanted.sha256
        event.file_write.size = wanted.size
