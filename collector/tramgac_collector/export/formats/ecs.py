"""JSON lines in the Elastic Common Schema: https://www.elastic.co/guide/en/ecs/current/ (8.17)."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import msgspec
from tramgac_proto.names import KINDS

from tramgac_collector.export.records import EVENT, OWN, Record, first_event
from tramgac_collector.export.values import PRODUCT, VERSION, category, tactics, techniques

SCHEMA = "8.17.0"
_SCHEMA: Mapping[str, str] = {"version": SCHEMA}
_OBSERVER: Mapping[str, str] = {"product": PRODUCT, "version": VERSION}
_RISEN: Mapping[str, int] = {"informational": 1, "low": 21, "medium": 47, "high": 73, "critical": 99}
"""Elastic's own scale for event.severity, 0 to 100."""


class Ecs:
    """The format `ecs`: one JSON object a record."""

    suffix = "ndjson"
    syslog = False

    def encode(self, record: Record) -> bytes:
        """Return a record as one line, without its end."""
        return msgspec.json.encode(document(record))


def document(record: Record) -> dict[str, Any]:
    """Return a record as a nested object."""
    return nest(_event(record) if record.what == EVENT else _alert(record))


def _event(record: Record) -> dict[str, Any]:
    row = record.row
    kind = row["kind"]
    flat = {name: value for name, value in row.items() if name not in OWN}
    flat |= _common(record, row["host"], row["hostname"], "event", kind or "unknown")
    first, second = category(kind)
    flat["event.category"], flat["event.type"] = [first], [second]
    flat["event.sequence"], flat["event.ingested"] = row["sequence"], row["ingested"]
    flat["tramgac.epoch"], flat["tramgac.lane"] = row["epoch"], row["lane"]
    return flat


def _alert(record: Record) -> dict[str, Any]:
    alert = record.row
    rule, first = alert["rule"], first_event(alert)
    flat = dict(first["fields"])
    flat |= _common(record, alert["host"], alert["hostname"], "alert", "alert")
    flat |= {
        "message": alert["title"],
        "event.category": ["intrusion_detection"],
        "event.type": ["info"],
        "event.created": alert["created"],
        "event.severity": _RISEN.get(alert["level"], 47),
        "rule.id": rule["id"],
        "rule.name": rule.get("title", alert["title"]),
        "rule.version": rule["version"],
        "rule.description": rule.get("description", ""),
        "rule.reference": list(rule.get("references") or ()),
        "threat.framework": "MITRE ATT&CK",
        "threat.technique.id": techniques(alert["tags"]),
        "threat.tactic.name": tactics(alert["tags"]),
        "tags": alert["tags"],
        "tramgac.kind": first["kind"],
    }
    told = ("id", "title_vi", "level", "status", "stage", "verdict", "version", "summary", "why")
    flat |= {f"tramgac.alert.{name}": alert[name] for name in told}
    flat["tramgac.alert.events"] = [number(event["id"]) for event in alert["events"]]
    return {name: value for name, value in flat.items() if value not in ("", None, [])}


def number(where: Mapping[str, Any]) -> str:
    """Return the id of an alert's event as text."""
    return f"{where['host']}/{where['epoch']}/{where['lane']}/{where['sequence']}"


def _common(record: Record, host: str, hostname: str, kind: str, action: str) -> dict[str, Any]:
    common = {
        "@timestamp": record.row["time"],
        "ecs": _SCHEMA,
        "event.kind": kind,
        "event.id": record.id,
        "event.action": action,
        "event.module": PRODUCT,
        "event.dataset": f"{PRODUCT}.{action if action in KINDS else kind}",
        "agent.id": host,
        "agent.type": PRODUCT,
        "host.id": host,
        "observer": _OBSERVER,
    }
    return {**common, "host.name": hostname} if hostname else common


def nest(flat: Mapping[str, Any]) -> dict[str, Any]:
    """Return dotted names as nested objects; only our own names are split, never those that a host wrote."""
    out: dict[str, Any] = {}
    levels = {"": out}
    for name, value in flat.items():
        above, last = _split(name)
        at = levels.get(above)
        if at is None:
            at = _level(levels, above)
        at[last] = value
    return out


def _level(levels: dict[str, dict[str, Any]], name: str) -> dict[str, Any]:
    above, last = _split(name)
    at = levels[above] if above in levels else _level(levels, above)
    made = levels[name] = at[last] = {}
    return made


@functools.lru_cache(4_096)
def _split(name: str) -> tuple[str, str]:
    above, _, last = name.rpartition(".")
    return above, last
