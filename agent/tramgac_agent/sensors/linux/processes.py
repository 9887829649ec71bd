"""Processes by programs in the kernel: every fork, exec and exit, with arguments, path, directory, ids."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tramgac_proto.event_pb2 import MECHANISM_EBPF

from tramgac_agent.enrich.text import decode
from tramgac_agent.observations import INVALID_TEXT, LATE, Exec
from tramgac_agent.sensors.linux.bpf import source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tramgac_agent.observations import Observation
    from tramgac_agent.sensors.base import Probe, Setting

assert sys.platform == "linux"

RING_BYTES = 1 << 21
"""About 3,000 lives of short processes; drained every 50 ms, woken at a quarter."""


class EbpfProcesses:
    """Rung `ebpf` of the capability process."""

    capability = "process"
    rung = "ebpf"
    mechanism = MECHANISM_EBPF

    def __init__(self, setting: Setting) -> None:
        """Keep the setting."""
        self._scope = setting.scope
        self.source = source.Source(("on_exec", "on_fork", "on_exit"), ("connecting", "listening"), RING_BYTES)

    def probe(self) -> Probe:
        """Load all three programs and take them away."""
        return self.source.probe(self._scope)

    def start(self) -> None:
        """Load and attach. Raises SensorError."""
        self.source.start(self._scope)

    def drain(self, budget: int) -> Sequence[Observation]:
        """Fork, Exec and Exit in the order in which they happened."""
        return [_completed(o) if type(o) is Exec and o.flags & LATE else o for o in self.source.drain(budget)]

    def wake(self) -> int | None:
        """Readable when the ring fills up."""
        return self.source.wake()

    def check(self) -> str:
        """Whether the programs are attached."""
        return self.source.check()

    def unseen(self) -> str:
        """Nothing: the kernel tells of all."""
        return ""

    def missed(self) -> Mapping[str, int]:
        """ring_full, sensor_error."""
        return self.source.missed()

    def canary_folder(self) -> str | None:
        """It sees no files."""
        return None

    def stop(self) -> None:
        """Detach and unload."""
        self.source.stop()


def _completed(seen: Exec) -> Exec:
    """The arguments lay in a page that was not in memory (the record is flagged): read them a moment later."""
    try:
        raw = Path(f"/proc/{seen.pid}/cmdline").read_bytes()
    except OSError:
        return seen
    line, invalid = decode(raw.removesuffix(b"\0").replace(b"\0", b" "))
    return seen._replace(command_line=line, flags=seen.flags | (INVALID_TEXT if invalid else 0))
