"""The gateway's memory of what hosts may send, and of who is in quarantine."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tramgac_collector import quarantine
from tramgac_collector.gateway.limits import Meter


@dataclass(slots=True)
class Guard:
    """Meters of hosts and who is in quarantine; for one event loop."""

    events: float
    """A host may send so many a second."""
    volume: float
    """Bytes a second."""
    clock: Callable[[], float] = time.monotonic
    held: dict[str, int] = field(default_factory=dict)
    """Until when by the wall clock, ns, by host."""
    _meters: dict[str, Meter] = field(default_factory=dict)

    def meter(self, host: str) -> Meter:
        """Give a host's meter; it outlives its streams."""
        if host not in self._meters:
            self._meters[host] = Meter.of(self.events, self.volume)
        return self._meters[host]

    def struck(self, host: str, offence: str) -> bool:
        """Note an offence; whether it was once too often."""
        return self.meter(host).strike(self.clock(), offence)

    def learn(self, active: quarantine.Active) -> None:
        """Take over what the control store says: others impose and release too."""
        for host in self.held.keys() - active.keys():
            self.meter(host).forgive()
        self.held = {host: until for host, (until, _) in active.items()}
