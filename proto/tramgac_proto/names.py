"""The names other worlds use for our fields, read once out of the proto options.

Nothing else in the project spells these names: the matching view, store columns, searches and exports derive from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from tramgac_proto.event_pb2 import Event


@dataclass(frozen=True, slots=True)
class Field:
    """One value of an event that has a name or a type of its own: a leaf, a list of leaves or a map."""

    kind: str
    """The kind it belongs to; empty for the envelope."""
    path: tuple[str, ...]
    """Proto names from the kind's message (from Event for the envelope): ("process", "executable")."""
    ecs: str | None
    sigma: str | None
    ocsf: str | None
    form: int
    """A value of options_pb2.Form."""
    descriptor: FieldDescriptor


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of event."""

    name: str
    """The name in Event's oneof: process_start."""
    message: Descriptor
    sigma_categories: tuple[str, ...]
    ecs_type: str
    """ECS event.category and event.type: process/start."""
    ocsf_class: int
    fields: tuple[Field, ...]


KINDS: Mapping[str, Kind] = {}
"""Every kind by its name, in the order of the oneof."""
ENVELOPE: tuple[Field, ...] = ()
"""The fields around the oneof."""


def kind_of(event: Event) -> str:
    """Return the name of an event's kind ("process_start"), "" if this program does not know it."""
    return event.WhichOneof("kind") or ""


def ecs(event: Event) -> dict[str, object]:
    """Return an event by dotted ECS names, values fit for JSON; what is not known is absent.

    64-bit entity ids, hashes, addresses and times are texts (see options.proto's Form); other numbers are numbers.
    """
    raise NotImplementedError


def sigma(event: Event) -> dict[str, str | tuple[str, ...]]:
    """Return an event as Sigma sees it: every value a text, or texts; what is not known is absent.

    A boolean with a Sigma name is always there ("true", "false"). Hashes is "SHA256=" and upper-case hexadecimal.
    EventLog.data is flattened in (our typed names win); LogLine has its text in no field: it is for keywords.
    """
    raise NotImplementedError


def time_text(ns: int) -> str:
    """Return nanoseconds since 1970 as RFC 3339 with a Z, with as many decimals (0, 3, 6, 9) as needed."""
    raise NotImplementedError


def parse_time(text: str) -> int:
    """Return nanoseconds since 1970 UTC of an RFC 3339 text (a date alone: its midnight; no offset: UTC).

    Raises:
        ValueError: it is no such time, or before 1970.
    """
    raise NotImplementedError


def entity_text(entity: int) -> str:
    """Return a 64-bit id as 16 lower-case hexadecimal digits."""
    return f"{entity:016x}"


def parse_entity(text: str) -> int:
    """Return the id of its 16 hexadecimal digits.

    Raises:
        ValueError: it is no such text.
    """
    raise NotImplementedError
