"""Where records go, one file a kind."""

from __future__ import annotations

from collections.abc import Callable

from tramgac_collector.export.destinations.base import Destination
from tramgac_collector.export.destinations.file import FileDestination
from tramgac_collector.export.destinations.http import HttpDestination
from tramgac_collector.export.destinations.tcp import TcpDestination
from tramgac_collector.export.formats import Format
from tramgac_collector.export.settings import FileTarget, HttpTarget, Target
from tramgac_collector.paths import StatePaths


def make(paths: StatePaths, target: Target, form: Format, keep_free: int, stopping: Callable[[], bool]) -> Destination:
    """Return a target's destination.

    `keep_free`: bytes that the disk of files must keep; `stopping`: whether long waits are to end.
    """
    if isinstance(target, FileTarget):
        return FileDestination(target, form.suffix, keep_free)
    if isinstance(target, HttpTarget):
        return HttpDestination(paths, target)
    return TcpDestination(paths, target, octets=form.syslog, stopping=stopping)
