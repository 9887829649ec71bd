"""What part of the machine the sensors look at. Empty means all of it.

Tests and demonstrations narrow it, so that nobody else's doings are read. The kernel does the
filtering where it can: the control group in the programs, the mounts by marks.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """What the sensors look at; the default is the whole machine."""

    cgroup: str | None = None
    """Absolute path of a version 2 control group's directory: only processes in it or below it."""
    process: int | None = None
    """A process id: only it and its descendants. Honoured by the polling rungs alone."""
    mounts: tuple[str, ...] = ()
    """Mount points whose file systems are watched for files, in place of all of them."""
    folders: tuple[str, ...] = ()
    """Folders watched where only directory watches work; each with all that is below it."""
    exclude: tuple[str, ...] = ()
    """Folders whose file events are dropped and counted as `filter`, such as a collector's own state."""

    @property
    def processes_narrowed(self) -> bool:
        """Only some processes are looked at."""
        return self.cgroup is not None or self.process is not None

    @property
    def narrowed(self) -> bool:
        """Anything at all is left out."""
        return self.processes_narrowed or bool(self.mounts) or bool(self.folders)
