"""What a stored event is about, in one line: a path, an address, a name, a key; beside it the program that did it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

Row = Mapping[str, Any]
_OF_DATA: Final = (
    "TargetObject", "QueryName", "TargetFilename", "ImageLoaded", "PipeName", "CommandLine", "ScriptBlockText",
    "NewProcessName", "ServiceName", "TaskName", "TargetImage", "TargetUserName", "Image",
)  # fmt: skip
"""Names in a Windows event's data that say what it is about, the most telling first."""
_PROGRAMS: Final = ("Image", "NewProcessName", "ProcessName", "SourceImage")


def about(row: Row) -> str:
    """Give the line; empty where the event says nothing that fits into one."""
    kind = str(row["kind"])
    what = _MADE.get(kind, _first)(row)
    program = "" if kind in _PROCESSES else _program(row)
    return f"{what}  ({program})" if what and program and program != what else what or program


def endpoint(address: object, port: object) -> str:
    """Give an address with its port as people write them."""
    if not address:
        return ""
    shown = f"[{address}]" if ":" in str(address) else str(address)
    return f"{shown}:{port}" if port else str(address)


def _process(row: Row) -> str:
    return _text(row, "process.command_line", "process.executable")


def _renamed(row: Row) -> str:
    before, now = _text(row, "tramgac.file.previous_path"), _text(row, "file.path")
    return f"{before} → {now}" if before and now else now or before


def _connected(row: Row) -> str:
    """Name the far end: of what came in, who came."""
    near, far = (endpoint(row.get(f"{end}.ip"), row.get(f"{end}.port")) for end in ("source", "destination"))
    return far if row.get("tramgac.network.initiated") or not near else f"{near} → {far}"


def _scanned(row: Row) -> str:
    return ": ".join(filter(None, (_text(row, "rule.name"), _text(row, "file.path"))))


def _said(row: Row) -> str:
    return ": ".join(filter(None, (_text(row, "log.syslog.appname"), _text(row, "message"))))


def _recorded(row: Row) -> str:
    """Name a Windows event's channel and number, and what its data says."""
    data = _data(row)
    far = endpoint(data.get("DestinationIp"), data.get("DestinationPort"))
    what = far or next((str(data[name]) for name in _OF_DATA if data.get(name)), "")
    where = " ".join(filter(None, (_text(row, "winlog.channel"), _text(row, "event.code"))))
    return ": ".join(filter(None, (where, what or ", ".join(map(str, row.get("winlog.values") or ())))))


def _host(row: Row) -> str:
    return ", ".join(filter(None, (_text(row, "host.hostname"), _text(row, "host.os.full"))))


def _health(row: Row) -> str:
    return _text(row, "tramgac.health.last_words", "tramgac.health.lens.trouble")


def _first(row: Row) -> str:
    return _text(row, "file.path", "destination.ip", "message")


def _program(row: Row) -> str:
    data = _data(row)
    named = next((str(data[name]) for name in _PROGRAMS if data.get(name)), "")
    return _text(row, "process.executable") or named


def _data(row: Row) -> Row:
    found = row.get("winlog.event_data")
    return found if isinstance(found, Mapping) else {}


def _text(row: Row, *names: str) -> str:
    return next((str(row[name]) for name in names if row.get(name)), "")


_PROCESSES: Final = frozenset({"process_start", "process_exit"})
_MADE: Final[Mapping[str, Callable[[Row], str]]] = {
    **dict.fromkeys(_PROCESSES, _process),
    "file_rename": _renamed,
    "network_connection": _connected,
    "scan_hit": _scanned,
    "log_line": _said,
    "event_log": _recorded,
    "inventory": _host,
    "health": _health,
}
