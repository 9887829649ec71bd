"""Metrics of this machine: roles as processes, the disk, the ingest log, certificates."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from pathlib import Path

from prometheus_client.metrics_core import Metric

from tramgac_collector import ready
from tramgac_collector.config import CollectorConfig
from tramgac_collector.consumer_lag import lags
from tramgac_collector.events import forecast
from tramgac_collector.export import notes
from tramgac_collector.ingest import head, holes
from tramgac_collector.ingest.room import free_bytes
from tramgac_collector.main import wanted
from tramgac_collector.metrics.families import counter, gauge
from tramgac_collector.paths import StatePaths


def of_machine(paths: StatePaths, config: CollectorConfig, now: int) -> Iterator[Metric]:
    """Give them; `now` in nanoseconds since 1970."""
    yield from _of_processes(paths, config)
    yield from _of_log(paths, now)
    yield from _of_store(paths)
    yield from _of_exports(paths)
    yield gauge("tramgac_disk_free_bytes", "What the state directory's disk has left.", free_bytes(paths))
    least = float(config.minimum_free_bytes)
    yield gauge("tramgac_disk_minimum_free_bytes", "With less left events are refused.", least)
    ends = {name: end for name, path in certificates(paths, config) if (end := _end(path)) is not None}
    about = "When a certificate ends, seconds since 1970."
    yield gauge("tramgac_certificate_ends_timestamp_seconds", about, ends, "certificate")


def _of_processes(paths: StatePaths, config: CollectorConfig) -> Iterator[Metric]:
    roles = wanted(paths, config)
    up = {role: float(ready.runs(paths, role)) for role in roles}
    yield gauge("tramgac_role_up", "Whether a role runs.", up, "role")
    used = {role: found for role in (ready.NAME, *roles) if (found := usage(ready.pid(paths, role)))}
    memory = {role: float(resident) for role, (resident, _) in used.items()}
    yield gauge("tramgac_role_resident_bytes", "Memory that a role holds; `collector` starts them.", memory, "role")
    time = {role: seconds for role, (_, seconds) in used.items()}
    yield counter("tramgac_role_cpu_seconds", "Processor time of a role.", time, "role")


def _of_log(paths: StatePaths, now: int) -> Iterator[Metric]:
    found = lags(paths, now)
    about = {
        "records": "Batches in the ingest log that a consumer has not worked on.",
        "bytes": "About what they take.",
        "seconds": "How long the oldest of them has waited.",
    }
    for name, text in about.items():
        values = {lag.consumer: float(getattr(lag, name)) for lag in found}
        yield gauge(f"tramgac_consumer_lag_{name}", text, values, "consumer")
    yield counter("tramgac_log_records", "Batches that were made safe in the ingest log.", float(head(paths)))
    lost = float(len(holes.listing(paths)))
    yield gauge("tramgac_log_holes", "Places in the ingest log that could not be read.", lost)


def _of_store(paths: StatePaths) -> Iterator[Metric]:
    """What the store measured of itself at its last look, and when the newest backup was taken."""
    found = forecast.told(paths)
    if found is not None:
        yield gauge("tramgac_store_bytes", "What stored events take, roll-ups included.", float(found.bytes))
        yield gauge("tramgac_store_events", "Events that are stored.", float(found.events))
        yield gauge("tramgac_store_bytes_a_day", "What a day of events takes.", float(found.bytes_a_day))
        left = math.inf if found.days_left is None else found.days_left
        about = "Days until the disk is full; infinite where retention removes events before that."
        yield gauge("tramgac_disk_days_left", about, left)
    try:
        taken = int(json.loads(paths.last_backup.read_bytes())["taken"]) / 1e9
    except (OSError, ValueError, KeyError, TypeError):
        return
    yield gauge("tramgac_backup_taken_timestamp_seconds", "When the newest backup was taken, since 1970.", taken)


def _of_exports(paths: StatePaths) -> Iterator[Metric]:
    targets = notes.read(paths)["targets"]
    about = "Positions of its source that an export's target has not got."
    yield gauge("tramgac_export_behind", about, {row["name"]: float(row["behind"]) for row in targets}, "target")
    serves = {row["name"]: float(row["state"] in {"sends", "waits"}) for row in targets}
    yield gauge("tramgac_export_serves", "Whether an export's target takes what it is given.", serves, "target")


def usage(pid: int) -> tuple[int, float] | None:
    """Give resident bytes and processor seconds of a process; None if there is none (proc(5))."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (OSError, IndexError, ValueError):
        return None
    ticks = int(fields[11]) + int(fields[12])  # utime, stime
    return pages * os.sysconf("SC_PAGE_SIZE"), ticks / os.sysconf("SC_CLK_TCK")


def certificates(paths: StatePaths, config: CollectorConfig) -> list[tuple[str, Path]]:
    """Name the certificates whose end matters."""
    named = [("ca", paths.ca_certificate), ("collector", paths.server_certificate)]
    if config.console_certificate:
        named.append(("console", Path(config.console_certificate)))
    return named


def _end(path: Path) -> float | None:
    from cryptography import x509

    try:
        return x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc.timestamp()
    except (OSError, ValueError):
        return None
