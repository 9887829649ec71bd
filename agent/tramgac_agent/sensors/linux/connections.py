"""TCP connections by a program in the kernel: made, failed, accepted, each with the process that owns the socket."""

from __future__ import annotations

import socket
import struct
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from tramgac_proto.event_pb2 import MECHANISM_EBPF

from tramgac_agent.enrich import procfs
from tramgac_agent.sensors.errors import KernelError
from tramgac_agent.sensors.linux.bpf import source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tramgac_agent.observations import Observation
    from tramgac_agent.sensors.base import Probe, Setting

assert sys.platform == "linux"

RING_BYTES = 1 << 19
"""About 4,700 connections."""
_ENDPOINT = struct.Struct("=IHH16s")
_OWNER = struct.Struct("=QQQQIIII")
_TICK_NS = 10_000_000


class EbpfConnections:
    """Rung `ebpf` of the capability network."""

    capability = "network"
    rung = "ebpf"
    mechanism = MECHANISM_EBPF

    def __init__(self, setting: Setting) -> None:
        """Keep the setting."""
        self._scope = setting.scope
        self.source = source.Source(("on_state",), ("scratch",), RING_BYTES)

    def probe(self) -> Probe:
        """Load the program and take it away."""
        return self.source.probe(self._scope)

    def start(self) -> None:
        """Load, attach, and tell the program who listens already. Raises SensorError."""
        self.source.start(self._scope)
        if not self._scope.processes_narrowed:
            self._tell_listeners()

    def _tell_listeners(self) -> None:
        """Sockets that were listening before us have an owner too; only in our own network namespace."""
        netns = Path("/proc/self/ns/net").stat().st_ino
        for c in psutil.net_connections("tcp"):
            if c.status != psutil.CONN_LISTEN or not c.pid or not c.laddr:
                continue
            start = procfs.start(c.pid)
            if start:
                packed = socket.inet_pton(c.family, c.laddr[0]).ljust(16, b"\0")
                key = _ENDPOINT.pack(netns, c.family, c.laddr[1], packed)
                try:
                    self.source.programs.put("listening", key, _OWNER.pack(start * _TICK_NS, 0, 0, 0, c.pid, 0, 0, 0))
                except KernelError:
                    return  # the map is full: the rest stays unknown

    def drain(self, budget: int) -> Sequence[Observation]:
        """Connections in the order in which they came about."""
        return self.source.drain(budget)

    def wake(self) -> int | None:
        """Readable when the ring fills up."""
        return self.source.wake()

    def check(self) -> str:
        """Whether the program is attached."""
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
