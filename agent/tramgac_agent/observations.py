"""What sensors hand over: plain facts as the system told them.

Common to all:
- `at`: nanoseconds since 1970 UTC by the host's raw clock.
- `pid`: the process (thread group); 0 means not known.
- `start`: when that process was started, in ticks of 10 ms since boot; 0 means not known. With
  `pid` it is the process's entity id (`tramgac_agent.enrich.entity`).
- `flags`: a sum of the flags below.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tramgac_agent.enrich.identity import FileKey, FileSource

TRUNCATED = 1
"""A text was cut to its limit."""
LATE = 2
"""A fact was read after the event and may belong to a later state."""
INVALID_TEXT = 4
r"""A text was not UTF-8; offending bytes are written \xNN."""
OWN = 8
"""It was done by the agent itself: only a canary may look at it."""


CANARY_PREFIX = "tramgac-canary-"
"""Begins the name of a file, and an argument of a process, that the agent makes to see whether it is seen."""


class Fork(NamedTuple):
    """A process came to be as a copy of its parent. Makes no event; keeps ancestry right."""

    at: int
    pid: int
    start: int
    parent_pid: int
    parent_start: int
    flags: int = 0


class Exec(NamedTuple):
    """A process began to run a program."""

    at: int
    pid: int
    start: int
    parent_pid: int
    parent_start: int
    executable: str
    """Path; `memfd:NAME` where there is no file; empty if not known."""
    command_line: str
    """Arguments joined by spaces."""
    working_directory: str
    args_count: int
    uid: int | None
    """Real user id; None where the system has none or does not tell."""
    euid: int | None
    login_uid: int
    """Plus one; 0 for none."""
    session: int
    """Plus one; 0 for none."""
    cgroup: int
    """Id of the version 2 control group; 0 if not known."""
    fileless: bool
    file: FileKey | None
    """Identity of the program's file as the kernel had it at that moment."""
    flags: int = 0
    user: str = ""
    """Name of the effective user where the system tells names and no numbers."""


class Exit(NamedTuple):
    """A process ended, all threads of it."""

    at: int
    pid: int
    start: int
    exit_code: int | None
    """None where a signal ended it, or the system does not tell."""
    signal: int
    cpu: int
    """Processor time, nanoseconds."""
    flags: int = 0


class FileChange(NamedTuple):
    """Something happened to one file; several things at once where the kernel merged them."""

    at: int
    pid: int
    changes: int
    """A sum of CREATED, WRITTEN, DELETED, RENAMED."""
    path: str
    """The path at the time of the event; the new one after a rename, empty if it is not known."""
    previous_path: str = ""
    source: FileSource | None = None
    """How to open the very file that was written; None where nothing is to be hashed."""
    flags: int = 0
    after: int = 0
    """It happened after this, as `at`; 0: nobody knows. `at` is when it was read where the system gives no time."""


CREATED = 1
WRITTEN = 2
DELETED = 4
RENAMED = 8


class Connection(NamedTuple):
    """A TCP connection was made, tried in vain, or accepted."""

    at: int
    pid: int
    start: int
    initiated: bool
    """This host made it (and did not accept it)."""
    source_ip: bytes
    source_port: int
    destination_ip: bytes
    destination_port: int
    established: bool
    flags: int = 0
    asked: int = 0
    """When its process asked for it, as `at`, before the answer came; 0: at `at`."""


class Opened(NamedTuple):
    """A program's file was opened to be run: where in the order of file changes a process may have become that program.

    Makes no event.
    """

    at: int
    pid: int
    path: str
    after: int
    """As in FileChange."""
    flags: int = 0


Observation = Fork | Exec | Exit | FileChange | Connection | Opened
