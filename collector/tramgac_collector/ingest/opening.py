"""How the process that writes the ingest log opens it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from tramgac_collector import bell, judges
from tramgac_collector.config import CollectorConfig
from tramgac_collector.ingest.log import IngestLog
from tramgac_collector.ingest.ringing import Pace, Ringer
from tramgac_collector.ingest.room import Limits
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths

PACES: Mapping[str, Pace] = {"judge": Pace(1.0, 5.0), "store": Pace(5.0, 20.0)}
"""How often each consumer is rung for what is not urgent: an insert of one event costs as much as of many."""

GATHER_S = 0.01
"""How long a batch waits for others that share its fsync: of 10,000 workstations, for one or two."""


def open_log(paths: StatePaths, config: CollectorConfig, counts: Counts) -> IngestLog:
    """Open the ingest log; what an fsync made safe rings its consumers, the judge at once if it is urgent."""
    paced = [Ringer(partial(_ring, paths, consumer), pace) for consumer, pace in PACES.items()]

    def synced() -> None:
        for ringer in paced:
            ringer()

    def urgent() -> None:
        _ring(paths, judges.ROLE)

    keep_s = config.log_keep_hours * 3_600
    limits = Limits(config.log_segment_bytes, config.minimum_free_bytes, keep_s, GATHER_S)
    return IngestLog(paths, limits=limits, counts=counts, synced=synced, urgent=urgent)


def _ring(paths: StatePaths, consumer: str) -> None:
    if consumer == judges.ROLE:
        bell.ring_judges(paths.run)
    else:
        bell.ring(paths.run, consumer)
