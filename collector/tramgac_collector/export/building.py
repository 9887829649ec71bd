"""A target's parts put together."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine

from tramgac_collector.config import CollectorConfig
from tramgac_collector.export import destinations, formats
from tramgac_collector.export.aside import Aside
from tramgac_collector.export.formats.cef import Cef
from tramgac_collector.export.formats.syslog import Syslog
from tramgac_collector.export.pump import Pump
from tramgac_collector.export.records import Record
from tramgac_collector.export.settings import Target, TcpTarget
from tramgac_collector.export.sources.base import Source
from tramgac_collector.export.sources.hostnames import Hostnames
from tramgac_collector.export.sources.log import LogSource
from tramgac_collector.export.sources.outbox import OutboxSource
from tramgac_collector.ingest.room import LOW
from tramgac_collector.paths import StatePaths


def build(
    paths: StatePaths,
    config: CollectorConfig,
    engine: Engine,
    target: Target,
    stopping: Callable[[], bool] = lambda: False,
) -> Pump:
    """Return a target's pump; `stopping`: whether long waits are to end."""
    # Files may lie on the collector's own disk: they stop growing well before its log does.
    keep_free = LOW * config.minimum_free_bytes + config.log_segment_bytes
    form = formats.make(target.format, facility=target.facility, enterprise=target.enterprise)
    destination = destinations.make(paths, target, form, keep_free, stopping)
    encode = _encoder(target, form)
    aside = Aside(paths.export_aside / target.name)
    return Pump(target.name, target.what, engine, _source(paths, engine, target), destination, encode, aside)


def _source(paths: StatePaths, engine: Engine, target: Target) -> Source:
    if target.what == "events":
        return LogSource(paths, Hostnames(engine), target.query, target.since)
    return OutboxSource(engine, target.severity, target.since)


def _encoder(target: Target, form: formats.Format) -> Callable[[Record], bytes]:
    """Return what makes a line: over TCP a syslog message, whatever the format."""
    if isinstance(target, TcpTarget) and isinstance(form, Cef):
        header = Syslog(target.facility, target.enterprise)
        return lambda record: header.wrap(record, form.encode(record))
    return form.encode
