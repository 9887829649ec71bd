"""What is exported: an event or a change of an alert, by the names that searches and `--json` have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session
from tramgac_proto.event_pb2 import Event
from tramgac_proto.names import ecs, kind_of, parse_time, time_text

from tramgac_collector import alert_pages
from tramgac_collector.schema import AlertRow

EVENT, ALERT = "event", "alert"
OWN = frozenset(("host", "hostname", "epoch", "lane", "sequence", "time", "ingested", "kind"))
"""What of an event's row is no ECS field."""


@dataclass(frozen=True, slots=True)
class Record:
    """One thing to tell."""

    what: str
    """EVENT or ALERT."""
    id: str
    """The same whenever it is told: HOST/EPOCH/LANE/SEQUENCE, or ALERT/VERSION."""
    time: int
    """When it happened, nanoseconds since 1970 UTC."""
    row: Mapping[str, Any]
    """EVENT: as `tramgac events --json`, and the host's name; ALERT: as the API's detail, without notes and history."""


def of_event(row: Mapping[str, Any], hostname: str) -> Record:
    """Return the record of an event as searches present it."""
    number = f"{row['host']}/{row['epoch']}/{row['lane']}/{row['sequence']}"
    return Record(EVENT, number, parse_time(row["time"]), {**_settled(row), "hostname": hostname})


def _settled(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields whose maps have one order: the same event is told in the same bytes, whenever it is."""
    return {name: dict(sorted(value.items())) if type(value) is dict else value for name, value in fields.items()}


def of_blob(blob: bytes, where: tuple[str, int, int, int], received: int, hostname: str) -> Record:
    """Return the record of an encoded event; `where` is host, epoch, lane and sequence.

    Raises:
        DecodeError: it is none.
        ValueError: a value in it cannot be told as text.

    """
    event = Event.FromString(blob)
    host, epoch, lane, sequence = where
    fields = _settled(ecs(event))
    fields.pop("@timestamp", None)
    row: dict[str, Any] = {
        "host": host,
        "epoch": f"{epoch:016x}",
        "lane": lane,
        "sequence": sequence,
        "time": time_text(event.time),
        "ingested": time_text(received),
        "kind": kind_of(event),
        **fields,
        "hostname": hostname,
    }
    return Record(EVENT, f"{host}/{epoch:016x}/{lane}/{sequence}", event.time, row)


def of_alert(s: Session, alert: AlertRow, told: Mapping[str, Any]) -> Record:
    """Return the record of a change of an alert: `told` is its row as of then, the rest is as of now."""
    detail = alert_pages.detail(s, alert)
    for name in ("notes", "history", "latency_ms"):
        del detail[name]
    row = {**detail, **told, "rule": detail["rule"]}
    return Record(ALERT, f"{row['id']}/{row['version']}", parse_time(row["time"]), row)


def first_event(alert: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the first event of an alert in time: {"id", "kind", "time", "received", "fields"}."""
    found: Mapping[str, Any] = min(alert["events"], key=lambda event: parse_time(event["time"]))
    return found
