"""Windows records that OCSF has a class of its own for: logons (3002), DNS queries (4003). Others stay records (1008).

Security 4624, 4625, 4634, 4647 and 4648, and Sysmon 22. What of their data has no place stays under `unmapped`.
"""

from __future__ import annotations

import contextlib
import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tramgac_collector.export.values import base_name

SECURITY, SYSMON = "Security", "Microsoft-Windows-Sysmon/Operational"
DATA = "winlog.event_data"
_LOGON, _LOGOFF, _TRAFFIC = (1, "Logon"), (2, "Logoff"), (6, "Traffic")
_LOGON_TYPES = frozenset((0, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13))
"""logon_type_id has Windows' own numbers."""
_NOTHING = frozenset(("", "-"))
_PORTS = range(1, 1 << 16)


@dataclass(frozen=True, slots=True)
class Windows:
    """A record as an event of another class."""

    ocsf_class: int
    activity: tuple[int, str]
    attributes: dict[str, Any]
    outcome: tuple[int, str] | None = None
    """status_id and status."""


def as_windows(fields: Mapping[str, Any], host: Mapping[str, Any]) -> Windows | None:
    """Return a Windows record as what it tells of; None if OCSF has no class for that, or too little is known.

    `host`: the device on which it was written.
    """
    make = _MAKERS.get((fields.get("winlog.channel", ""), fields.get("event.code", 0)))
    if make is None:
        return None
    data = {name: value for name, value in fields.get(DATA, {}).items() if value not in _NOTHING}
    return make(data, host)


def _logon(data: Mapping[str, str], host: Mapping[str, Any], *, failed: bool = False) -> Windows | None:
    user = _user(data, "Target")
    if user is None:
        return None
    out: dict[str, Any] = {"user": user, "dst_endpoint": _endpoint(host)}
    kind = data.get("LogonType", "")
    if kind.isascii() and kind.isdigit():
        known = int(kind) in _LOGON_TYPES if len(kind) < 3 else False  # noqa: PLR2004 - two digits
        out["logon_type_id"], out["logon_type"] = int(kind) if known else 99, kind
    if protocol := data.get("AuthenticationPackageName"):
        out["auth_protocol"] = protocol
    if source := _source(data):
        out["src_endpoint"] = source
    if actor := _actor(data):
        out["actor"] = actor
    if session := data.get("TargetLogonId"):
        out["session"] = {"uid": session}
    if failed and (why := data.get("SubStatus") or data.get("Status")):
        out["status_code"] = why
    return Windows(3002, _LOGON, out, (2, "Failure") if failed else (1, "Success"))


def _failure(data: Mapping[str, str], host: Mapping[str, Any]) -> Windows | None:
    return _logon(data, host, failed=True)


def _attempt(data: Mapping[str, str], host: Mapping[str, Any]) -> Windows | None:
    """Somebody names other credentials than his own (4648): whether they were right another record says."""
    made = _logon(data, host)
    return Windows(made.ocsf_class, made.activity, made.attributes) if made else None


def _logoff(data: Mapping[str, str], host: Mapping[str, Any]) -> Windows | None:
    made = _logon(data, host)
    return Windows(made.ocsf_class, _LOGOFF, made.attributes, made.outcome) if made else None


def _query(data: Mapping[str, str], host: Mapping[str, Any]) -> Windows | None:
    name = data.get("QueryName")
    if name is None:
        return None
    out: dict[str, Any] = {"query": {"hostname": name}, "src_endpoint": _endpoint(host)}
    answers = [part.strip().removeprefix("::ffff:") for part in data.get("QueryResults", "").split(";")]
    if found := [{"rdata": part} for part in answers if part]:
        out["answers"] = found
    if actor := _process(data.get("ProcessId", ""), data.get("Image", "")):
        out["actor"] = {"process": actor}
    code = data.get("QueryStatus", "")
    if code:
        out["status_code"] = code
    outcome = ((1, "Success") if code == "0" else (2, "Failure")) if code else None
    return Windows(4003, _TRAFFIC, out, outcome)


def _user(data: Mapping[str, str], side: str) -> dict[str, Any] | None:
    names = {"name": f"{side}UserName", "domain": f"{side}DomainName", "uid": f"{side}UserSid"}
    found = {name: data[key] for name, key in names.items() if key in data}
    return found if "name" in found or "uid" in found else None


def _actor(data: Mapping[str, str]) -> dict[str, Any]:
    user, process = _user(data, "Subject"), _process(data.get("ProcessId", ""), data.get("ProcessName", ""))
    return {**({"user": user} if user else {}), **({"process": process} if process else {})}


def _process(number: str, path: str) -> dict[str, Any] | None:
    try:
        pid = int(number, 0)
    except ValueError:
        return None
    file = {"file": {"path": path, "name": base_name(path), "type_id": 8}} if path else {}
    return {"pid": pid, **file} if 0 <= pid < 1 << 32 else None


def _source(data: Mapping[str, str]) -> dict[str, Any] | None:
    found: dict[str, Any] = {}
    with contextlib.suppress(ValueError):  # a name, or nothing
        found["ip"] = str(ipaddress.ip_address(data.get("IpAddress", "").removeprefix("::ffff:").partition("%")[0]))
    if name := data.get("WorkstationName"):
        found["name"] = name
    port = data.get("IpPort", "")
    if found and port.isascii() and port.isdigit() and len(port) < 6 and int(port) in _PORTS:  # noqa: PLR2004 - five digits
        found["port"] = int(port)
    return found or None


def _endpoint(host: Mapping[str, Any]) -> dict[str, Any]:
    return {name: host[name] for name in ("uid", "hostname") if name in host}


_MAKERS: Mapping[tuple[str, int], Callable[[Mapping[str, str], Mapping[str, Any]], Windows | None]] = {
    (SECURITY, 4624): _logon,
    (SECURITY, 4625): _failure,
    (SECURITY, 4634): _logoff,
    (SECURITY, 4647): _logoff,
    (SECURITY, 4648): _attempt,
    (SYSMON, 22): _query,
}
