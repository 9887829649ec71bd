"""What the two sensors over kernel programs have in common: programs, ring, counters."""

from __future__ import annotations

import platform
import sys
from typing import TYPE_CHECKING

from tramgac_agent.enrich.boot import booted_ns
from tramgac_agent.sensors.base import Probe
from tramgac_agent.sensors.errors import KernelError, ProbeError, RecordError, SensorError
from tramgac_agent.sensors.linux import cgroups
from tramgac_agent.sensors.linux.bpf import decode, libbpf, ring

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tramgac_agent.observations import Observation
    from tramgac_agent.sensors.scope import Scope

assert sys.platform == "linux"


_NOWHERE = cgroups.Group((1 << 64) - 1, 0)
"""No control group has this id: a program that is only tried sees nothing."""


def _group(scope: Scope) -> cgroups.Group:
    """What the kernel is to filter by. Raises ProbeError."""
    if scope.cgroup is not None:
        return cgroups.group(scope.cgroup)
    if scope.process is not None:
        raise ProbeError("scope: names a process, and the kernel programs can be narrowed to a control group only")
    return cgroups.Group(0, 0)


class Source:
    """Some of the kernel programs, running, and their ring."""

    def __init__(self, programs: Sequence[str], without_maps: Sequence[str], ring_bytes: int) -> None:
        """Say what is to be loaded; nothing is touched yet. See libbpf.Programs for the arguments."""
        self._names = programs
        self._without = without_maps
        self._ring_bytes = ring_bytes
        self._programs: libbpf.Programs | None = None
        self._ring: ring.Ring | None = None
        self._broken = 0

    def probe(self, scope: Scope) -> Probe:
        """Load, attach and take away each program by itself."""
        if platform.machine() != "x86_64":
            return Probe(ok=False, reason=f"the ring's reader is proven on x86_64 only, not on {platform.machine()}")
        try:
            # Rights and library first: what is missing there matters more than a scope that does not fit.
            failed = libbpf.probe(self._names, self._without, _NOWHERE)
            _group(scope)
        except ProbeError as error:
            return Probe(ok=False, reason=error.reason, install=error.install)
        except SensorError as error:
            return Probe(ok=False, reason=str(error))
        return Probe(ok=not failed, reason=", ".join(failed.values()))

    def start(self, scope: Scope) -> None:
        """Load and let run. Raises SensorError."""
        group = _group(scope)
        try:
            self._programs = libbpf.Programs(
                self._names, without_maps=self._without, ring_bytes=self._ring_bytes, scope=group
            )
            self._ring = ring.Ring(self._programs.map_fd("ring"), self._ring_bytes)
            self._programs.attach()
        except OSError as error:
            self.stop()
            message = f"the ring cannot be mapped: {error}"
            raise KernelError(message) from error
        except SensorError:
            self.stop()
            raise

    @property
    def programs(self) -> libbpf.Programs:
        """The loaded programs. Raises KernelError if they are not."""
        if self._programs is None:
            message = "the kernel programs are not running"
            raise KernelError(message)
        return self._programs

    def drain(self, budget: int) -> list[Observation]:
        """Decoded records, oldest first."""
        if self._ring is None:
            return []
        found: list[Observation] = []
        boot = booted_ns()

        def take(record: memoryview) -> None:
            try:
                found.append(decode.decode(record, boot))
            except RecordError:
                self._broken += 1

        self._ring.drain(budget, take)
        return found

    def wake(self) -> int | None:
        """Readable when the ring fills up."""
        return self._ring.fileno() if self._ring is not None else None

    def check(self) -> str:
        """Whether all programs are attached."""
        return self.programs.check()

    def counts(self) -> tuple[dict[int, int], dict[int, int]]:
        """Records handed over and records lost, by kind, as the kernel side counted them."""
        values = self.programs.counters(2 * decode.KINDS)
        return (
            {kind: values[2 * kind] for kind in range(1, decode.KINDS)},
            {kind: values[2 * kind + 1] for kind in range(1, decode.KINDS)},
        )

    def missed(self) -> dict[str, int]:
        """Losses by class."""
        if self._programs is None:
            return {}
        lost = sum(self.counts()[1].values()) + self._programs.skipped()
        return {"ring_full": lost, "sensor_error": self._broken}

    def stop(self) -> None:
        """Detach, unmap, unload. May be called twice."""
        if self._ring is not None:
            self._ring.close()
        if self._programs is not None:
            self._programs.close()
        self._ring = None
        self._programs = None
