"""Alerts as they reach the page: follows `/api/stream` and notes when each arrived."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tramgac_proto.names import parse_time

from tramgac_collector.cli.client import Connection


@dataclass(frozen=True, slots=True)
class Arrival:
    """An alert's row and when it came, nanoseconds since 1970 UTC."""

    row: dict[str, Any]
    arrived: int

    @property
    def happened(self) -> int:
        """Time of its event, nanoseconds since 1970 UTC."""
        return parse_time(self.row["time"])

    @property
    def latency_ms(self) -> int:
        """From the event in the kernel to here."""
        return (self.arrived - self.happened) // 1_000_000


@dataclass(slots=True)
class Follower:
    """A thread that collects alerts; `heard` is called with each."""

    run: Path
    heard: Callable[[Arrival], None]
    arrivals: list[Arrival] = field(default_factory=list)
    _connection: Connection | None = None

    def start(self) -> None:
        """Connect and follow until the collector goes away."""
        self._connection = Connection(self.run / "api.sock")
        credential = (self.run / "credential").read_text("utf-8").strip()
        self._connection.request("GET", "/api/stream", headers={"Authorization": f"Bearer {credential}"})
        response = self._connection.getresponse()
        threading.Thread(target=self._follow, args=(response,), daemon=True).start()

    def _follow(self, response: http.client.HTTPResponse) -> None:
        event = ""
        try:
            for raw in response:
                name, _, value = raw.decode("utf-8", "replace").rstrip("\n").partition(": ")
                if name == "event":
                    event = value
                elif name == "data" and event == "alert":
                    arrival = Arrival(json.loads(value), time.time_ns())
                    self.arrivals.append(arrival)
                    self.heard(arrival)
        except (OSError, http.client.HTTPException, ValueError):
            return  # the collector has gone: the demo is over
