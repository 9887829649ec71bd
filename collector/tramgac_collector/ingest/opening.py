"""How the process that writes the ingest log opens it."""

from __future__ import annotations

from functools import partial

from tramgac_collector import bell
from tramgac_collector.config import CollectorConfig
from tramgac_collector.ingest.log import IngestLog
from tramgac_collector.ingest.ringing import Ringer
from tramgac_collector.ingest.room import Limits
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths


def open_log(paths: StatePaths, config: CollectorConfig, counts: Counts) -> IngestLog:
    """Open the ingest log; what an fsync made safe rings the bells of its consumers, the judge's at once if urgent."""

    def ring() -> None:
        for consumer in ("judge", "store"):
            bell.ring(paths.run, consumer)

    limits = Limits(config.log_segment_bytes, config.minimum_free_bytes, config.log_keep_hours * 3_600)
    urgent = partial(bell.ring, paths.run, "judge")
    return IngestLog(paths, limits=limits, counts=counts, synced=Ringer(ring), urgent=urgent)
