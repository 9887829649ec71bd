"""All metrics as text, exposition format 0.0.4."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.metadata import version
from typing import TYPE_CHECKING

from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4 as MEDIA_TYPE
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from tramgac_collector import tallies
from tramgac_collector.database import reading
from tramgac_collector.metrics.control import of_control
from tramgac_collector.metrics.families import counter, gauge, of_roles
from tramgac_collector.metrics.machine import of_machine
from tramgac_collector.tallies import Tally
from tramgac_collector.vocabulary import LEVELS
from tramgac_collector.write_times import WRITES

if TYPE_CHECKING:
    from tramgac_collector.api.services import Services

__all__ = ["MEDIA_TYPE", "exposed"]


class _Metrics(Collector):
    """What `generate_latest` asks."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        """Give them."""
        return self._metrics


def exposed(here: Services) -> bytes:
    """Look at everything and write it down."""
    return generate_latest(_Metrics(_all(here)))


def _all(here: Services) -> Iterator[Metric]:
    now = here.now()
    yield gauge("tramgac_build_info", "The version that runs.", {version("tramgac"): 1.0}, "version")
    counted, values = (
        {**here.counts.snapshot(), **WRITES.counters()},
        {"outbox_position": here.hub.head, **WRITES.gauges()},
    )
    own = Tally("api", now, now, counted, values)
    yield from of_roles([*tallies.read_all(here.paths), own], now)
    raised = {level: float(here.hub.raised[level]) for level in LEVELS}
    about = "Alerts that were raised since the API began."
    yield counter("tramgac_alerts_raised", about, raised, "severity")
    yield from of_machine(here.paths, here.config, now)
    with reading(here.engine) as s:
        yield from of_control(s, now)
