r"""ArcSight's Common Event Format, version 0; keys come from the `cef` option of our fields.

What CEF has no key for has its ECS name as key, and the entries of a map that name and theirs; a name that no key can
be goes into `tramgacOther`, a JSON object. Lists are JSON too. In values a backslash, an equals sign and what ends a
line are escaped; other control characters are told as `\xNN`, and since a backslash is always doubled none is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from tramgac_proto.names import ENVELOPE, KINDS, parse_time

from tramgac_collector.alert_pages import summary
from tramgac_collector.export.records import EVENT, OWN, Record, first_event
from tramgac_collector.export.values import PRODUCT, VENDOR, VERSION, base_name, category, escaped, one_line, plain

_KEY = re.compile(r"[A-Za-z0-9_.]+\Z")
_CUSTOM = re.compile(r"c[sn]\d\Z")
_ACTS = re.compile("[\\\\=\x00-\x1f\x7f-\x9f\u2028\u2029]")
_V6 = {"src": ("c6a2", "Source IPv6 Address"), "dst": ("c6a3", "Destination IPv6 Address")}
_SEVERITY: Mapping[str, int] = {"informational": 1, "low": 3, "medium": 5, "high": 8, "critical": 10}
_NOTHING = 0
_DEVICE = f"CEF:0|{VENDOR}|{PRODUCT}|{VERSION}|"
_KEYS: Mapping[str, Mapping[str, str]] = {
    name: {field.ecs: field.cef for field in (*kind.fields, *ENVELOPE) if field.ecs and field.cef}
    for name, kind in KINDS.items()
}
"""Keys by kind and ECS name."""


class Cef:
    """The format `cef`; over TCP each message stands behind a header of RFC 5424."""

    suffix = "cef"
    syslog = True

    def encode(self, record: Record) -> bytes:
        """Return a record as one line, without its end."""
        row = record.row
        if record.what == EVENT:
            fields = {name: value for name, value in row.items() if name not in OWN}
            kind = row["kind"] or "unknown"
            about = summary(kind, fields)
            head = _header(kind, f"{kind} {about}"[:512], _NOTHING)
            own = {"ingested": row["ingested"], "cat": "/".join(category(kind))}
        else:
            first = first_event(row)
            fields = {name: value for name, value in first["fields"].items() if name not in ("message", "@timestamp")}
            kind = first["kind"]
            head = _header(row["rule"]["id"], row["title"], _SEVERITY.get(row["level"], 5))
            own = _alert(row) | {"cat": "alert"}
        own |= {"rt": record.time // 1_000_000, "externalId": record.id, "dvchost": row["hostname"]}
        own |= {"deviceExternalId": row["host"]}
        pairs = [f"{key}={escape(value)}" for key, value in (*own.items(), *_extension(kind, fields)) if value != ""]
        return (head + " ".join(pairs)).encode("utf-8", "backslashreplace")


def _header(signature: str, name: str, severity: int) -> str:
    return f"{_DEVICE}{_part(signature)}|{_part(name)}|{severity}|"


def _part(text: str) -> str:
    return one_line(text).replace("\\", "\\\\").replace("|", "\\|")


def _alert(row: Mapping[str, Any]) -> dict[str, Any]:
    told = ("status", "stage", "verdict", "version", "level", "title_vi", "created", "tags")
    return {"msg": row["summary"], **{f"alert.{name}": row[name] for name in told if row[name] not in ("", None, [])}}


def _extension(kind: str, fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    keys = _KEYS.get(kind, {})
    other: dict[str, Any] = {}
    for name, value in fields.items():
        key = keys.get(name)
        if key is None and type(value) is not dict:
            yield name, value
        elif type(value) is dict:
            for entry, text in value.items():
                if _KEY.match(entry):
                    yield f"{name}.{entry}", text
                else:
                    other[f"{name}.{entry}"] = text
        elif key is not None:
            yield from _labelled(key, name, value)
    if other:
        yield "tramgacOther", other


def _labelled(key: str, name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if key in _V6 and ":" in str(value):
        key, label = _V6[key]
        yield f"{key}Label", label
    elif key == "rt":
        value = parse_time(value) // 1_000_000
    elif key == "filePath":
        yield "fname", base_name(value)
    yield key, value
    if _CUSTOM.match(key):
        yield f"{key}Label", name


def escape(value: object) -> str:
    """Return a value of the extension: lists and objects as JSON."""
    text = msgspec.json.encode(value).decode() if isinstance(value, (list, dict)) else plain(value)
    if text.isprintable() and "=" not in text and "\\" not in text:
        return text  # nearly always
    return _ACTS.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    return "\\" + character if character in "\\=" else escaped(character)
