"""Records of Windows event logs as JSON has them, and our own export: any of the forms to what the judge reads.

The forms: `{"Event": {"System": ...}}` as from EVTX; flat, as NXLog and OTRF have it; winlogbeat up to 6 and from 7;
a line of `tramgac events --json`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from tramgac_proto import names, options_pb2
from tramgac_rules.evaluate import MAX_VALUE
from tramgac_rules.record import KNOWN_FILE_WRITE, Record

from tramgac_collector.matching.words import Unread
from tramgac_collector.pairs import Both

Json = dict[str, Any]
Fields = dict[str, str | tuple[str, ...]]
_TIMES = ("TimeCreated_SystemTime", "@timestamp", "EventTime", "TimeCreated", "UtcTime")
_NUMBERS = ("EventRecordID", "RecordNumber")
_WINDOWS = "windows"


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of a file. `record` None: it could not be read, and `problem` says why, in both languages.

    `host`: which host sent it, where the file says so beside the event, as our own export does; else empty. `cut`:
    fields with a text that is longer than what rules look at, and its characters.
    """

    index: int
    record: Record | None
    record_id: int | None = None
    time: str | None = None
    problem: Both | None = None
    host: str = ""
    cut: tuple[tuple[str, int], ...] = ()


def entry_of(index: int, data: object) -> Entry:
    """Return a decoded JSON value as an entry; what is in none of the forms is an unreadable one."""
    if not isinstance(data, dict):
        return Entry(index, None, problem=Unread.NO_OBJECT.both())
    for wanted, read in _FORMS:
        if wanted(data):
            record, number, time = read(data)
            sender = text_of(data.get("host")) if read is _own else None
            return Entry(index, record, _integer(number), time, host=sender or "")
    return Entry(index, None, problem=Unread.NO_EVENT.both())


def cut_of(fields: Mapping[str, str | tuple[str, ...]]) -> tuple[tuple[str, int], ...]:
    """Return the fields with a text that is longer than what rules look at, and how many characters it has."""
    texts = ((name, (value,) if isinstance(value, str) else value) for name, value in fields.items())
    return tuple((name, len(text)) for name, some in texts for text in some if len(text) > MAX_VALUE)


def text_of(value: object) -> str | None:
    """Return a scalar as text, decimal for numbers; None for null and for what is no scalar."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return None


def _value(value: object) -> str | tuple[str, ...] | None:
    """Return a value as a field holds it: the `#text` of an element, the texts of a list; None if it is absent."""
    if isinstance(value, dict):
        value = value.get("#text")
    if isinstance(value, list):
        texts = tuple(text for text in map(text_of, value) if text is not None)
        return texts or None
    return text_of(value)


def _add(fields: Fields, members: Iterable[tuple[str, object]]) -> None:
    for name, value in members:
        known = _value(value)
        if known is not None and not name.startswith("#"):
            fields[name.replace(" ", "") if " " in name else name] = known


def _system(system: object) -> Fields:
    """Return System's elements as fields, their attributes as Element_Attribute."""
    fields: Fields = {}
    if isinstance(system, dict):
        _add(fields, system.items())
        for name, value in system.items():
            attributes = value.get("#attributes") if isinstance(value, dict) else None
            if isinstance(attributes, dict):
                _add(fields, ((f"{name}_{key}", text) for key, text in attributes.items()))
    return fields


def _members(data: object) -> Iterator[tuple[str, object]]:
    """Yield the members of an object; of anything else none."""
    if isinstance(data, dict):
        yield from data.items()


def _event(data: Json) -> tuple[Record, object, str | None]:
    """Read the form that EVTX gives."""
    event = data["Event"]
    fields = _system(event.get("System"))
    channel, event_id = _one(fields.get("Channel")), _one(fields.get("EventID"))
    number, time = fields.get("EventRecordID"), _time(fields)
    _add(fields, _members(event.get("EventData")))
    for element in _members(event.get("UserData")):
        _add(fields, _members(element[1]))
    return Record(fields, _WINDOWS, "event_log", channel, event_id), number, time


def _flat(data: Json) -> tuple[Record, object, str | None]:
    """Read the form with all fields on one level."""
    fields: Fields = {}
    _add(fields, data.items())
    for name, alias in (("SourceName", "Provider_Name"), ("Hostname", "Computer")):
        if name in fields:
            fields.setdefault(alias, fields[name])
    record = Record(fields, _WINDOWS, "event_log", _one(fields.get("Channel")), _one(fields.get("EventID")))
    number = next((fields[name] for name in _NUMBERS if name in fields), None)
    return record, number, _time(fields)


_WINLOGBEAT = {
    "event_id": "EventID",
    "log_name": "Channel",
    "channel": "Channel",
    "source_name": "Provider_Name",
    "provider_name": "Provider_Name",
    "computer_name": "Computer",
    "record_number": "EventRecordID",
    "record_id": "EventRecordID",
}


def _winlogbeat(data: Json) -> tuple[Record, object, str | None]:
    """Read winlogbeat's form, of either generation."""
    below = data.get("winlog")
    log = below if isinstance(below, dict) else data
    fields: Fields = {}
    _add(fields, ((ours, log[name]) for name, ours in _WINLOGBEAT.items() if name in log))
    channel, event_id = _one(fields.get("Channel")), _one(fields.get("EventID"))
    number, time = fields.get("EventRecordID"), text_of(data.get("@timestamp"))
    _add(fields, _members(log.get("event_data")))
    _add(fields, _members(log.get("user_data")))
    return Record(fields, _WINDOWS, "event_log", channel, event_id), number, time


def _own(data: Json) -> tuple[Record, object, str | None]:
    """Read a line of our own export: ECS names to Sigma's, as the kind's message says."""
    kind = str(data["kind"])
    fields: Fields = {}
    for field in names.KINDS[kind].fields:
        value = data.get(field.ecs) if field.ecs else None
        if value is None and field.descriptor.type == FieldDescriptor.TYPE_BOOL:
            value = False  # an export leaves it out; Sigma's fields have it always
        if field.path == ("data",) and isinstance(value, dict):
            _add(fields, value.items())
        elif field.sigma and value is not None:
            digest = field.form == options_pb2.FORM_SHA256
            _add(fields, [(field.sigma, f"SHA256={value.upper()}" if digest and isinstance(value, str) else value)])
    channel, event_id = text_of(data.get("winlog.channel")) or "", text_of(data.get("event.code")) or ""
    if kind == "log_line":
        channel = text_of(data.get("log.syslog.appname")) or ""
        _add(fields, [("message", data.get("message"))])
    if kind == "file_write" and data.get("tramgac.file.created") is True:
        kind = KNOWN_FILE_WRITE
    return Record(fields, _product(kind, data), kind, channel, event_id), None, text_of(data.get("time"))


def _product(kind: str, data: Mapping[str, object]) -> str:
    """Return the system that an exported event is from, told by its paths: the export does not say."""
    paths = [str(data[name]) for name in ("process.executable", "file.path") if name in data]
    return _WINDOWS if kind == "event_log" or any(path[1:3] == ":\\" for path in paths) else "linux"


# How a form is known, and what reads it; the first that fits counts.
_FORMS: tuple[tuple[Callable[[Json], bool], Callable[[Json], tuple[Record, object, str | None]]], ...] = (
    (lambda data: isinstance(data.get("Event"), dict), _event),
    (lambda data: isinstance(data.get("winlog"), dict), _winlogbeat),
    (lambda data: "event_id" in data and "log_name" in data, _winlogbeat),
    (lambda data: "sequence" in data and str(data.get("kind")) in names.KINDS, _own),
    (lambda data: "EventID" in data or "Channel" in data, _flat),
)


def _one(value: str | tuple[str, ...] | None) -> str:
    return value if isinstance(value, str) else value[0] if value else ""


def _time(fields: Fields) -> str | None:
    return next((_one(fields[name]) for name in _TIMES if name in fields), None)


def _integer(value: object) -> int | None:
    text = value if isinstance(value, str | int) and not isinstance(value, bool) else None
    try:
        return None if text is None else int(text)
    except ValueError:
        return None
