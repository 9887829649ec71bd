"""How much room a day of events takes, and when the disk will be full: measured by the store, read by the API."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass
from typing import Any

from tramgac_wire import whole

from tramgac_collector.events.schema import TABLE
from tramgac_collector.paths import StatePaths

DAYS = 7
"""Of how many full days the mean is taken."""
_SIZES = (
    "SELECT partition, sum(bytes_on_disk) AS bytes, sum(rows) AS events FROM system.parts"
    " WHERE active AND database = currentDatabase() AND table = {table:String} GROUP BY partition ORDER BY partition"
)
_SPAN = f"SELECT toUnixTimestamp64Nano(min(ingested)) FROM {TABLE} WHERE _partition_id = {{partition:String}}"  # noqa: S608 - a constant
_DAY_NS = 86_400_000_000_000
_HOUR_NS = 3_600_000_000_000


@dataclass(frozen=True, slots=True)
class Forecast:
    """How the store stands; roll-ups are included everywhere."""

    events: int
    bytes: int
    days: int
    """Days of arrival that are held, from the oldest on."""
    events_a_day: int
    bytes_a_day: int
    free: int
    """What the disk still has for events, bytes: above the least that is kept free."""
    days_left: float | None
    """Until the disk is full; None: retention removes events before that."""


def measure(client: Any, *, free: int, longest: int, now: int) -> Forecast:
    """Measure the store. `free` in bytes; `longest`: days that retention keeps events; `now`: ns since 1970 UTC.

    A day takes what the last full days took on average, today's share where there is none.
    """
    today = dt.datetime.fromtimestamp(now // 10**9, dt.UTC).date()
    rows = client.query(_SIZES, parameters={"table": TABLE}).result_rows
    sizes = {dt.date.fromisoformat(name): (int(size), int(events)) for name, size, events in rows}
    full = [sizes[day] for day in sorted(sizes) if day < today][-DAYS:]
    if not full and today in sizes:
        began = client.query(_SPAN, parameters={"partition": f"{today:%Y%m%d}"}).first_row[0]
        share = _DAY_NS / max(now - began, _HOUR_NS)
        full = [(int(sizes[today][0] * share), int(sizes[today][1] * share))]
    held = (today - min(sizes)).days + 1 if sizes else 0
    a_day = sum(size for size, _ in full) // max(len(full), 1)
    return Forecast(
        events=sum(events for _, events in sizes.values()),
        bytes=sum(size for size, _ in sizes.values()),
        days=held,
        events_a_day=sum(events for _, events in full) // max(len(full), 1),
        bytes_a_day=a_day,
        free=max(free, 0),
        days_left=_days_left(max(free, 0), a_day, longest - held),
    )


def _days_left(free: int, a_day: int, growing: int) -> float | None:
    """`growing`: for so many days the store still grows; then each day that comes drives one out."""
    if not a_day or a_day * max(growing, 0) <= free:
        return None
    return round(free / a_day, 1)


def tell(paths: StatePaths, forecast: Forecast) -> None:
    """Write it down for the API."""
    whole.write(paths.forecast, json.dumps(asdict(forecast)).encode(), durable=False)


def told(paths: StatePaths) -> Forecast | None:
    """Read what the store wrote down last; None if it did not yet."""
    try:
        return Forecast(**json.loads(paths.forecast.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
