"""What the store sees to once an hour beside its filling: roll-ups, retention, cold days, the forecast of the disk."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from tramgac_collector import database
from tramgac_collector.config import CollectorConfig
from tramgac_collector.events import cold, forecast, retention, rollups
from tramgac_collector.events.retention import Policy, policy_of
from tramgac_collector.events.schema import TABLE
from tramgac_collector.ingest.room import free_bytes
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths

EVERY_S = 3_600.0
AGAIN_S = 60.0
"""How soon it is tried again when the engine or the control store had no time for it, or nothing was stored yet."""
_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Upkeep:
    """When it is time, and what was done last."""

    paths: StatePaths
    config: CollectorConfig
    counts: Counts
    due: float = 0.0
    """Seconds of the monotonic clock."""
    _done: tuple[Policy, dt.date] | None = field(default=None)
    """The policy and the day that retention last saw to: it reads whole days, so once for each."""

    def look(self, client: Any) -> bool:
        """Do all of it if an hour went by; tell whether it did.

        Raises:
            ClickHouseError: the engine refused, or went away.
            OSError: the disk refused.
        """
        if time.monotonic() < self.due:
            return False
        self.due = time.monotonic() + EVERY_S
        now = time.time_ns()
        today = dt.datetime.fromtimestamp(now // 10**9, dt.UTC).date()
        self.counts.add("rollups_repaired", rollups.repair(client, TABLE, today))
        policy = self._policy()
        if policy is None:
            self.due = time.monotonic() + AGAIN_S
            return True
        if self._done != (policy, today):
            self._keep(client, policy, today)
        free = free_bytes(self.paths) - self.config.minimum_free_bytes
        measured = forecast.measure(client, free=free, longest=policy.longest, now=now)
        forecast.tell(self.paths, measured)
        if not measured.events:
            self.due = time.monotonic() + AGAIN_S
        return True

    def _keep(self, client: Any, policy: Policy, today: dt.date) -> None:
        if not retention.retain(client, policy, today, self.counts):
            self.due = time.monotonic() + AGAIN_S
            return
        cold.freeze(client, self.paths, self.config.cold_after_days, today, self.counts)
        cold.show(client, self.paths)
        if cold.expire(client, self.paths, policy, today, self.counts):
            cold.show(client, self.paths)
        self._done = policy, today

    def _policy(self) -> Policy | None:
        """Read the policy; None where the control store does not answer: then nothing is removed."""
        engine = database.open_database(self.config.url(self.paths))
        try:
            with database.reading(engine) as s:
                return policy_of(s, self.config)
        except SQLAlchemyError as error:
            self.counts.add("retention_postponed")
            _log.warning("holds and sites cannot be read, so nothing is removed now", error=str(error))
            return None
        finally:
            engine.dispose()
