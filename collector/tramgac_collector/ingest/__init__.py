"""The ingest log: every accepted batch as it came, in order, durable before it is acknowledged."""

from tramgac_collector.ingest.attestation import Attestation
from tramgac_collector.ingest.entry import Entry, Mark
from tramgac_collector.ingest.log import IngestLog
from tramgac_collector.ingest.reading import (
    consume,
    consumers,
    head,
    open_reader,
    read_cursor,
    set_aside,
    tell_cursor,
    worked_on,
)
from tramgac_collector.ingest.room import Limits

__all__ = [
    "Attestation",
    "Entry",
    "IngestLog",
    "Limits",
    "Mark",
    "consume",
    "consumers",
    "head",
    "open_reader",
    "read_cursor",
    "set_aside",
    "tell_cursor",
    "worked_on",
]
