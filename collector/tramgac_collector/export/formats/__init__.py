"""The formats in which records leave."""

from __future__ import annotations

from typing import Protocol

from tramgac_collector.export.formats.cef import Cef
from tramgac_collector.export.formats.ecs import Ecs
from tramgac_collector.export.formats.ocsf import Ocsf
from tramgac_collector.export.formats.syslog import Syslog
from tramgac_collector.export.records import Record

FORMATS = ("syslog", "cef", "ecs", "ocsf")
"""By name, as settings have them."""


class Format(Protocol):
    """Turns a record into one line."""

    suffix: str
    """Of files that hold it."""
    syslog: bool
    """Whether over TCP each line is a syslog message with its length before it; else lines with their ends."""

    def encode(self, record: Record) -> bytes:
        """Return the line without its end; no byte of it is a line feed."""


def make(name: str, *, facility: int = 16, enterprise: int = 32473) -> Format:
    """Return the format of a name."""
    match name:
        case "syslog":
            return Syslog(facility, enterprise)
        case "cef":
            return Cef()
        case "ecs":
            return Ecs()
        case _:
            return Ocsf()
