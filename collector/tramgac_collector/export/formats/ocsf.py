"""JSON lines in the Open Cybersecurity Schema Framework, 1.8.0: https://schema.ocsf.io/1.8.0/."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from tramgac_proto.names import KINDS, parse_time

from tramgac_collector.alert_pages import summary
from tramgac_collector.export.formats.ecs import number
from tramgac_collector.export.formats.ocsf_map import objects
from tramgac_collector.export.formats.ocsf_windows import Windows, as_windows
from tramgac_collector.export.records import EVENT, OWN, Record
from tramgac_collector.export.values import PRODUCT, SEVERITIES, VENDOR, VERSION, tactics, techniques

SCHEMA = "1.8.0"
FINDING = 2004
ACTIVITIES: Mapping[str, tuple[int, str]] = {
    "process_start": (1, "Launch"),
    "process_exit": (2, "Terminate"),
    "file_create": (1, "Create"),
    "file_write": (3, "Update"),
    "file_delete": (4, "Delete"),
    "file_rename": (5, "Rename"),
    "network_connection": (1, "Open"),
    "scan_hit": (1, "Create"),
    "health": (99, "Report"),
    "inventory": (2, "Collect"),
    "event_log": (99, "Record"),
    "log_line": (99, "Record"),
}
"""activity_id and activity_name of each kind."""
_FAILED = (4, "Fail")
_STOPPED = (4, "Stop")
_SYSTEMS = {"windows": 100, "linux": 200}
_VERDICTS: Mapping[str, int] = {
    "true_positive": 2,
    "false_positive": 1,
    "benign": 5,
    "policy_violation": 8,
    "accepted_tool": 3,
    "authorised_test": 6,
    "duplicate": 10,
}
"""verdict_id by ours."""
_SUPPRESSED = frozenset(("false_positive", "benign", "accepted_tool", "authorised_test", "duplicate"))
_EVIDENCE: tuple[str, ...] = ("process", "actor", "file", "src_endpoint", "dst_endpoint", "connection_info")
_UNKNOWN_ACTOR = {"app_name": "unknown"}
"""OCSF wants an actor; here none is known."""


class Ocsf:
    """The format `ocsf`: one JSON object a record."""

    suffix = "ndjson"
    syslog = False

    def encode(self, record: Record) -> bytes:
        """Return a record as one line, without its end."""
        return msgspec.json.encode(document(record))


def document(record: Record) -> dict[str, Any]:
    """Return a record as an object of its class."""
    return _event(record) if record.what == EVENT else _alert(record)


def _event(record: Record) -> dict[str, Any]:
    row = record.row
    kind = row["kind"]
    known = KINDS.get(kind)
    number_of_class = known.ocsf_class if known else 0
    fields = {name: value for name, value in row.items() if name not in OWN}
    out = objects(kind, fields)
    activity = ACTIVITIES.get(kind, (99, kind or "unknown"))
    if kind == "network_connection":
        activity = _connection(out, fields) or activity
    elif kind == "health":
        out["app"] = {"name": PRODUCT, **out.get("app", {})}
        activity = _STOPPED if fields.get("tramgac.health.last_words") else activity
    elif kind == "inventory":
        _system(out)
    elif kind == "scan_hit":
        _scanned(out, record)
    elif kind == "file_rename" and "file" not in out and "file_result" in out:
        out["file"] = out["file_result"]  # only the new name was seen
    device = {"type_id": 0, "uid": row["host"], **({"hostname": row["hostname"]} if row["hostname"] else {})}
    if kind == "event_log" and (windows := as_windows(fields, device)):
        number_of_class, activity = windows.ocsf_class, windows.activity
        _as(out, windows)
    _act(out, number_of_class)
    out |= _common(number_of_class, activity, record.time, 1)
    out["device"] = device | out.get("device", {})
    out["metadata"] = {**out.get("metadata", {}), **_metadata(record.id, ["host"])}
    out["metadata"] |= {"logged_time": parse_time(row["ingested"]) // 1_000_000, "sequence": row["sequence"]}
    if about := out.get("message") or summary(kind, fields):
        out["message"] = about
    return out


def _as(out: dict[str, Any], windows: Windows) -> None:
    """Make a record of Windows one of another class; where it was read from has no place there."""
    for name in ("log_name", "log_provider"):
        if name in out:
            out.setdefault("unmapped", {})[name] = out.pop(name)
    out |= windows.attributes
    if windows.outcome:
        out["status_id"], out["status"] = windows.outcome


def _act(out: dict[str, Any], number_of_class: int) -> None:
    """See to the actor that classes of system activity want: of a new process its parent."""
    if number_of_class == 1007:  # noqa: PLR2004 - process activity
        process = out.setdefault("process", {"uid": "unknown"})
        above = process.get("parent_process") or {name: process[name] for name in ("uid", "pid") if name in process}
        out["actor"] = {"process": above}
    elif number_of_class in (1001, 1008):
        out.setdefault("actor", dict(_UNKNOWN_ACTOR))
    if number_of_class == 1001:  # noqa: PLR2004 - file system activity
        out.setdefault("file", {"name": "-", "type_id": 0})
    elif number_of_class == 1008 and not {"log_name", "log_provider"} & out.keys():  # noqa: PLR2004 - event log
        out["log_name"] = "unknown"


def _connection(out: dict[str, Any], fields: Mapping[str, Any]) -> tuple[int, str] | None:
    made = fields.get("tramgac.network.initiated", False)
    out.setdefault("connection_info", {})["direction_id"] = 2 if made else 1
    for end in ("src_endpoint", "dst_endpoint"):
        if end in out and "ip" not in out[end]:
            out.setdefault("unmapped", {})[end] = out.pop(end)
    if not {"src_endpoint", "dst_endpoint"} & out.keys():
        out["dst_endpoint"] = {"name": "unknown"}
    outcome = out.pop("status", "")
    if outcome in ("success", "failure"):
        out["status_id"], out["status"] = (1, "Success") if outcome == "success" else (2, "Failure")
    return _FAILED if outcome == "failure" else None


def _system(out: dict[str, Any]) -> None:
    system = out.get("device", {}).get("os")
    if system is not None:
        name = system.get("type", "")
        system["type_id"] = _SYSTEMS.get(name, 99 if name else 0)
        system.setdefault("name", name or "unknown")


def _scanned(out: dict[str, Any], record: Record) -> None:
    found = out.setdefault("finding_info", {})
    rule = found.setdefault("title", "YARA")
    found |= {"uid": record.id, "analytic": {"name": rule, "type": "Rule", "type_id": 1}}
    out.setdefault("evidences", [{"data": {"rule": rule}}])
    out["is_alert"] = False  # the collector's alert about it is one


def _alert(record: Record) -> dict[str, Any]:
    row = record.row
    level, verdict = SEVERITIES.get(row["level"], 3), row["verdict"]
    closed = row["status"] == "closed"
    activity = (3, "Close") if closed else (1, "Create") if row["version"] == 1 else (2, "Update")
    out = _common(FINDING, activity, record.time, level)
    if closed:
        out["status_id"], out["status"] = (3, "Suppressed") if verdict in _SUPPRESSED else (4, "Resolved")
    else:
        out["status_id"], out["status"] = 1, "New"
    if verdict:
        out["verdict_id"], out["verdict"] = _VERDICTS.get(verdict, 99), verdict
    out["metadata"] = _metadata(record.id, ["host", "incident"]) | {"correlation_uid": row["id"]}
    out |= {"finding_info": _finding(row), "is_alert": True, "message": row["summary"] or row["title"]}
    out["device"] = {"type_id": 0, "uid": row["host"], **({"hostname": row["hostname"]} if row["hostname"] else {})}
    out["evidences"] = [_evidence(event) for event in row["events"]]
    out["unmapped"] = {name: row[name] for name in ("stage", "version", "title_vi", "why") if row[name]}
    return out


def _finding(row: Mapping[str, Any]) -> dict[str, Any]:
    rule = row["rule"]
    times = [parse_time(event["time"]) // 1_000_000 for event in row["events"]]
    found: dict[str, Any] = {
        "uid": row["id"],
        "title": row["title"],
        "created_time": parse_time(row["created"]) // 1_000_000,
        "first_seen_time": min(times),
        "last_seen_time": max(times),
        "types": row["tags"],
        "analytic": {"uid": rule["id"], "name": rule.get("title", row["title"]), "type": "Rule", "type_id": 1},
        "related_events": [{"uid": number(event["id"])} for event in row["events"]],
        "attacks": [_technique(one) for one in techniques(row["tags"])]
        + [{"tactic": {"name": one}} for one in tactics(row["tags"])],
    }
    if rule.get("description"):
        found["desc"] = rule["description"]
    found["analytic"]["version"] = rule["version"]
    return found


def _technique(number_of_it: str) -> dict[str, Any]:
    above, _, below = number_of_it.partition(".")
    return {"technique": {"uid": above}, **({"sub_technique": {"uid": number_of_it}} if below else {})}


def _evidence(event: Mapping[str, Any]) -> dict[str, Any]:
    kind = event["kind"]
    fields = {name: value for name, value in event["fields"].items() if name != "@timestamp"}
    out = objects(kind, fields)
    if kind == "network_connection":
        _connection(out, fields)
    if "evidences" in out:
        out = {**out, **out["evidences"][0]}
    told = {name: out[name] for name in _EVIDENCE if name in out}
    if "process" not in told and "process" in told.get("actor", {}):
        told["process"] = told["actor"]["process"]
    return {"uid": number(event["id"]), "name": kind, **told, "data": fields}


def _common(number_of_class: int, activity: tuple[int, str], time: int, severity: int) -> dict[str, Any]:
    return {
        "class_uid": number_of_class,
        "category_uid": number_of_class // 1_000,
        "activity_id": activity[0],
        "activity_name": activity[1],
        "type_uid": 100 * number_of_class + activity[0],
        "severity_id": severity,
        "time": time // 1_000_000,
    }


def _metadata(uid: str, profiles: list[str]) -> dict[str, Any]:
    product = {"name": PRODUCT, "vendor_name": VENDOR, "version": VERSION}
    return {"version": SCHEMA, "product": product, "profiles": profiles, "uid": uid}
