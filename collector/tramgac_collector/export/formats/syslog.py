r"""Syslog as RFC 5424 has it, all that is known as structured data; one line a message, whatever hosts write.

SD-IDs: `event@N` and `alert@N` hold ECS names, `NAME@N` the entries of a map (`event_data@N`), N the enterprise number.
A list is a parameter that comes again. A name that no SD-NAME can be goes into `other`, a JSON object.

Escapes are RFC 5424's, section 6.3.3. A control character is told as a backslash and what it is (`\n`, `\x1b`), which
that section has receivers take as those characters; since a backslash of the text is always doubled, whoever wants
to can tell them apart.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from tramgac_collector.alert_pages import summary
from tramgac_collector.export.formats.ecs import number
from tramgac_collector.export.records import EVENT, OWN, Record, first_event
from tramgac_collector.export.values import PRODUCT, escaped, one_line, plain, techniques

DOCUMENTATION = 32473
"""The enterprise number that RFC 5612 keeps for examples: we have none of our own."""
BOM = "\ufeff"
"""What RFC 5424 (6.4) has before a MSG in UTF-8."""
_ACTS = re.compile('["\\\\\\]\x00-\x1f\x7f-\x9f\u2028\u2029]')
_NAME = re.compile(r"[!#-<>-\\^-~]{1,32}\Z")
_HOSTNAME = re.compile("[^!-~]")
_SEVERITY: Mapping[str, int] = {"informational": 6, "low": 5, "medium": 4, "high": 3, "critical": 2}
_INFORMATIONAL = 6
_NANOSECONDS = len("2026-01-31T08:00:00.000000000Z")


class Syslog:
    """The format `syslog`.

    Args:
        facility: 0 to 23; 16 is local0.
        enterprise: the private enterprise number behind the names of structured data.

    """

    suffix = "log"
    syslog = True

    def __init__(self, facility: int = 16, enterprise: int = DOCUMENTATION) -> None:
        """Keep how it is to be told."""
        self._facility, self._enterprise = facility, enterprise

    def encode(self, record: Record) -> bytes:
        """Return a record as one message."""
        row = record.row
        if record.what == EVENT:
            head = self.header(record, _INFORMATIONAL, row["kind"] or "event")
            fields = {name: value for name, value in row.items() if name not in OWN}
            own = {"event.id": record.id, "time": row["time"], "ingested": row["ingested"]}
            data = "".join(
                self._elements("event", {**own, "host.id": row["host"], "host.name": row["hostname"], **fields})
            )
            text = f"{row['kind']} {summary(row['kind'], fields)}".strip()
        else:
            head = self.header(record, severity(row["level"]), "alert")
            data = "".join(self._alert(record))
            text = f"{row['level']}: {row['title']}: {row['summary']}"
        return f"{head} {data} {BOM}{one_line(text)}".encode("utf-8", "backslashreplace")

    def wrap(self, record: Record, message: bytes) -> bytes:
        """Return a message of another format behind a header of this one, without structured data."""
        alert = record.what != EVENT
        level = severity(record.row["level"]) if alert else _INFORMATIONAL
        return (
            self.header(record, level, "alert" if alert else record.row["kind"] or "event").encode() + b" - " + message
        )

    def header(self, record: Record, level: int, kind: str) -> str:
        """Return PRI to MSGID. A host's name in other than printable ASCII stands in full in the structured data."""
        host = _one_word(record.row["hostname"] or record.row["host"])
        return f"<{8 * self._facility + level}>1 {stamp(record.row['time'])} {host} {PRODUCT} - {kind[:32]}"

    def _alert(self, record: Record) -> Iterator[str]:
        row, first = record.row, first_event(record.row)
        told = ("title", "title_vi", "level", "status", "stage", "verdict", "version", "summary", "user", "created")
        alert = {name: row[name] for name in told if row[name] not in ("", None)}
        alert |= {"id": row["id"], "time": row["time"], "host.id": row["host"], "host.name": row["hostname"]}
        alert |= {"rule.id": row["rule"]["id"], "rule.version": row["rule"]["version"], "tags": row["tags"]}
        alert |= {"technique": techniques(row["tags"]), "events": [number(event["id"]) for event in row["events"]]}
        yield from self._elements("alert", alert)
        yield from self._elements("event", {"kind": first["kind"], **first["fields"]})

    def _elements(self, name: str, fields: Mapping[str, Any]) -> Iterator[str]:
        other: dict[str, Any] = {}
        maps = {field: value for field, value in fields.items() if type(value) is dict}
        flat = [(field, value) for field, value in fields.items() if field not in maps] if maps else fields.items()
        params = list(_params(flat, other))
        for field, entries in maps.items():
            short = field.rpartition(".")[2]
            odd: dict[str, Any] = {}
            found = "".join(_params(entries.items(), odd))
            other |= {f"{field}.{key}": value for key, value in odd.items()}
            if found:
                params.append(f"][{short}@{self._enterprise}{found}")
        if other:
            params.insert(0, f' other="{escape(msgspec.json.encode(other).decode())}"')
        yield f"[{name}@{self._enterprise}{''.join(params)}]"


def _params(fields: Iterable[tuple[str, Any]], other: dict[str, Any]) -> Iterator[str]:
    for name, value in fields:
        if not _is_name(name):
            other[name] = value
        elif type(value) is list:
            for each in value:
                yield f' {name}="{escape(plain(each))}"'
        else:
            yield f' {name}="{escape(plain(value))}"'


@functools.lru_cache(4_096)
def _is_name(text: str) -> bool:
    return _NAME.match(text) is not None


def escape(text: str) -> str:
    """Return text as the value of a parameter."""
    if text.isprintable() and '"' not in text and "\\" not in text and "]" not in text:
        return text  # nearly always
    return _ACTS.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    return "\\" + character if character in '"\\]' else escaped(character)


@functools.lru_cache(4_096)
def _one_word(name: str) -> str:
    return _HOSTNAME.sub("?", name)[:255] or "-"


def stamp(time: str) -> str:
    """Return one of our times as RFC 5424 has it: six decimals at most."""
    return f"{time[:-4]}Z" if time[19:20] == "." and len(time) == _NANOSECONDS else time


def severity(level: str) -> int:
    """Return syslog's severity of a level: 2 for critical, 6 for what only informs."""
    return _SEVERITY.get(level, 4)
