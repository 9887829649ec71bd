"""What the judge reads: one event as texts by Sigma's field names, with what tells its log source."""

from collections.abc import Mapping
from typing import NamedTuple

from tramgac_proto import names
from tramgac_proto.event_pb2 import Event

# A file's write whose creation was reported: Sigma's file_event has seen the file already.
KNOWN_FILE_WRITE = "file_write/known"


class Record(NamedTuple):  # one is made for each event, in a third of a frozen dataclass's time
    """One event for the judge.

    An absent field is not known; a tuple matches when one of its texts does. `kind` is the event's
    kind ("process_start", "event_log", "log_line"). `channel` is the Windows channel of an
    event_log, the service of a log_line. `event_id` is decimal text, of an event_log.
    """

    fields: Mapping[str, str | tuple[str, ...]]
    product: str = ""
    kind: str = "event_log"
    channel: str = ""
    event_id: str = ""


def record_of(event: Event, product: str) -> Record:
    """Return an event of ours as the judge reads it; `product` is the host's system: linux or windows."""
    kind = names.kind_of(event)
    if kind == "event_log":
        return _record_of_log(event)
    fields: dict[str, str | tuple[str, ...]] = {}
    names.put_sigma(event, kind, fields)
    if kind == "log_line":
        line = event.log_line
        return Record({**fields, "message": line.text}, product, kind, line.service)
    if kind == "file_write" and event.file_write.created:
        kind = KNOWN_FILE_WRITE
    return Record(fields, product, kind)


def _record_of_log(event: Event) -> Record:
    log = event.event_log
    data = names.texts(log.data)
    fields: dict[str, str | tuple[str, ...]] = {}
    names.put_sigma(event, "event_log", fields)
    # Data decides where both have a name, as in a file; the log source is told by the typed names alone.
    fields.update(data)
    if " " in "".join(data):
        fields.update((name.replace(" ", ""), text) for name, text in data.items())
    return Record(fields, "windows", "event_log", log.channel, str(log.event_id))
