"""What all streams of one gateway share."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import structlog
from tramgac_wire.dictionary import NONE, Dictionaries

from tramgac_collector.backup import incarnation
from tramgac_collector.config import CollectorConfig
from tramgac_collector.gateway.budget import Budget
from tramgac_collector.gateway.control import Control
from tramgac_collector.gateway.cutting import Cutter
from tramgac_collector.gateway.guard import Guard
from tramgac_collector.gateway.lag import Lag
from tramgac_collector.gateway.landing import Landing
from tramgac_collector.gateway.streams import Streams
from tramgac_collector.ingest import Attestation
from tramgac_collector.ingest.batchlog import BatchLog
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths

_log = structlog.get_logger(__name__)
WAITING_BYTES = 64 << 20
"""Batches of all streams that may wait for the disk, bytes."""


@dataclass
class Hall:
    """The shared parts of a gateway; one event loop."""

    paths: StatePaths
    config: CollectorConfig
    log: BatchLog
    control: Control
    counts: Counts
    streams: Streams = field(default_factory=lambda: Streams(time.monotonic))
    budget: Budget = field(default_factory=lambda: Budget(WAITING_BYTES))
    landing: Landing = field(default_factory=Landing)
    lag: Lag = field(init=False)
    """How late the loop is."""
    cutter: Cutter = field(init=False)
    """What ends connections of those that are turned away."""
    guard: Guard = field(init=False)
    """What hosts may send, and which are not heard."""
    content: int = 0
    """Number of the newest content bundle; 0 for none."""
    dictionaries: Dictionaries = field(default_factory=lambda: NONE)
    """Those that batches may be compressed with."""
    closing: bool = False
    """The gateway is going down: nobody is let in."""
    clock: Callable[[], int] = time.time_ns
    """The collector's wall clock, nanoseconds since 1970."""
    seen: dict[str, int] = field(default_factory=dict)
    """Hosts that were heard of since this was last written down, and when."""
    welcomed: set[str] = field(default_factory=set)
    """Hosts that have heard from us which collector we are."""
    attested: dict[tuple[str, int, int], Attestation] = field(default_factory=dict)
    """The newest that hosts signed of each lane and that is in the log, since this was last written down."""
    throttled: float = 0.0
    """When agents were last asked to hold back, seconds of the monotonic clock."""
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    """Work that outlives the moment that began it."""

    def __post_init__(self) -> None:
        self.lag = Lag(self.counts)
        self.cutter = Cutter(self.counts, self.later)
        self.guard = Guard(self.config.agent_events_per_second, self.config.agent_bytes_per_second)

    @cached_property
    def name(self) -> str:
        """How this gateway is told from others: the name of its machine's ingest log."""
        return self.paths.log_id.read_text().strip()

    @cached_property
    def incarnation(self) -> int:
        """Which of the collectors that were restored from one this is; 0 where several gateways are one collector."""
        return 0 if self.config.queue else int(incarnation.name(self.paths), 16)

    def learn_names(self) -> None:
        """Read who we are, before there is an event loop's work that would wait for the disk."""
        _ = self.name, self.incarnation

    def later(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do something without waiting for it; whoever must may wait for the task."""
        task = asyncio.get_running_loop().create_task(self._guard(work))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    async def _guard(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001 # bulkhead: LATER
            self.counts.add("later_failed")
            _log.exception("work beside the streams failed", error=str(error))
