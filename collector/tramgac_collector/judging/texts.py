"""Texts of events that YARA looks at: command lines and script blocks, and what a hit in one is. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from tramgac_proto import names
from tramgac_proto.event_pb2 import Event
from tramgac_scan.client import Hit

from tramgac_collector.alerts import Detection, EventCopy
from tramgac_collector.ingest import Entry
from tramgac_collector.judging.verdicts import key_of
from tramgac_collector.judging.yara_rules import YaraRules, string_condition

MOST = 128 << 10
"""So many characters of a text are looked at; what comes after is not, which is counted."""
DATA = ("ScriptBlockText", "CommandLine")
"""Data of Windows' records that are such texts: script blocks of PowerShell, command lines of 4688 and Sysmon."""
CONTEXT = "text"
"""The word by which a rule's meta `scan_context` (a list, as public rules have it) says that it is for texts too."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text in an event: as Sigma calls its field, and as much of it as is looked at. `blob`: the event, encoded."""

    entry: Entry
    sequence: int
    blob: bytes
    field: str
    text: str
    cut: bool
    key: bytes


def texts_of(entry: Entry, sequence: int, blob: bytes) -> Iterator[Text]:
    """Yield the texts of an event. Raises DecodeError."""
    event = Event.FromString(blob)
    kind = event.WhichOneof("kind")
    found: list[tuple[str, str]] = []
    if kind == "process_start":
        found = [("CommandLine", event.process_start.process.command_line)]
    elif kind == "event_log":
        found = [(name, event.event_log.data[name]) for name in DATA if name in event.event_log.data]
    for field, whole in found:
        if whole:
            text = whole[:MOST]
            yield Text(entry, sequence, blob, field, text, len(whole) > MOST, key_of(text))


def is_for_texts(hit: Hit) -> bool:
    """Tell whether a rule is for texts: unless its `scan_context` names other places alone."""
    said = hit.meta.get("scan_context")
    return said is None or CONTEXT in (word.strip().lower() for word in said.split(","))


def detection(text: Text, hit: Hit, yara: YaraRules) -> Detection:
    """Return the detection of a rule that a text met, with the characters that its strings stand on."""
    batch, event = text.entry.batch, Event.FromString(text.blob)
    copy = EventCopy(
        text.entry.host,
        batch.epoch,
        batch.lane,
        text.sequence,
        names.kind_of(event),
        event.time,
        text.entry.received,
        names.ecs(event),
    )
    rule, version = yara.rule(hit.rule)
    data = text.text.encode("utf-8", "surrogatepass")
    spans: dict[str, list[list[int]]] = {}
    for name, offset, length in hit.strings:
        start = _characters(data, offset)
        spans.setdefault(name, []).append([start, start + _characters(data[offset:], length)])
    why = [string_condition(name, text.field, text.text, found) for name, found in spans.items()]
    return Detection(rule, version, (copy,), why)


def _characters(data: bytes, end: int) -> int:
    """Return how many characters begin in the first `end` bytes of UTF-8."""
    return sum(byte & 0xC0 != 0x80 for byte in data[:end])  # noqa: PLR2004 - what continues a character is 10xxxxxx
