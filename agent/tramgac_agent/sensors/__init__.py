"""Sensors: one file each, listed here, best rung first within a capability."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tramgac_agent.sensors.poll import PollProcesses
from tramgac_agent.sensors.poll_connections import PollConnections
from tramgac_agent.sensors.watch import WatchFiles

if TYPE_CHECKING:
    from tramgac_agent.sensors.base import Sensor

if sys.platform == "linux":
    from tramgac_agent.sensors.linux.connections import EbpfConnections
    from tramgac_agent.sensors.linux.fanotify import FanotifyFiles
    from tramgac_agent.sensors.linux.processes import EbpfProcesses

    SENSORS: tuple[type[Sensor], ...] = (
        EbpfProcesses,
        PollProcesses,
        FanotifyFiles,
        WatchFiles,
        EbpfConnections,
        PollConnections,
    )
else:
    SENSORS: tuple[type[Sensor], ...] = (PollProcesses, WatchFiles, PollConnections)
