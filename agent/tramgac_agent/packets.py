"""What the two parts of the agent say to each other: one packet is one message, JSON with a "say" word.

The sensor process runs as root and trusts nothing that comes from the uplink: shape, type and range of every field
are checked here.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any

from tramgac_wire.errors import LimitError
from tramgac_wire.limits import MAX_KEPT
from tramgac_wire.rule_marks import parted

from tramgac_agent.errors import LocalError

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORD = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Heads:
    """Sensor to uplink: what is there to be sent. Lane number to [first, next).

    `present` is the epoch in which new events get their sequences; another one is sent to its end and then forgotten.
    """

    epoch: int
    present: int
    lanes: Mapping[int, tuple[int, int]]
    kept: tuple[int, ...] = ()
    """Earlier epochs of which acknowledged events are kept, the newest first."""
    sizes: Mapping[int, int] = field(default_factory=dict, compare=False)  # it changes with the lanes
    """Bytes of what is there to be sent, by lane."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Sensor to uplink: the file that was asked for; its descriptor came with the packet."""

    sha256: bytes
    size: int
    fd: int = -1


@dataclass(frozen=True, slots=True)
class NoSample:
    """Sensor to uplink: why not."""

    sha256: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class Content:
    """Sensor to uplink: what became of a staged bundle; with version 0 only which one is in force."""

    version: int
    loaded: bool
    reason: str
    current: int


@dataclass(frozen=True, slots=True)
class Acked:
    """Uplink to sensor: the collector has everything up to and including this sequence."""

    epoch: int
    lane: int
    sequence: int


@dataclass(frozen=True, slots=True)
class Held:
    """Uplink to sensor: at the begin of a stream the collector says that it holds so much, 0 for nothing."""

    epoch: int
    lane: int
    sequence: int


@dataclass(frozen=True, slots=True)
class Lost:
    """Uplink to sensor: the spool gives these sequences back no more, `first` to `last`; they will not be sent."""

    epoch: int
    lane: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Renew:
    """Uplink to sensor: the collector holds something else under this epoch."""

    epoch: int
    reason: str


@dataclass(frozen=True, slots=True)
class Skew:
    """Uplink to sensor: what to add to this host's clock, nanoseconds."""

    ns: int


@dataclass(frozen=True, slots=True)
class Staged:
    """Uplink to sensor: a bundle's files lie in `content/staged`."""

    version: int


@dataclass(frozen=True, slots=True)
class WantSample:
    """Uplink to sensor: please open the file with this hash."""

    sha256: bytes
    limit: int


@dataclass(frozen=True, slots=True)
class Choices:
    """Uplink to sensor: marks (rule_marks.py) of rules that people chose to be quiet, or urgent; the newest holds."""

    quiet: bytes = b""
    urgent: bytes = b""


Message = Heads | Sample | NoSample | Content | Acked | Held | Lost | Renew | Skew | Staged | WantSample | Choices
FROM_UPLINK = (Acked, Held, Lost, Renew, Skew, Staged, WantSample, Choices)
FROM_SENSOR = (Heads, Sample, NoSample, Content)
_SAY: Mapping[str, type[Message]] = {kind.__name__: kind for kind in (*FROM_SENSOR, *FROM_UPLINK)}


def encode(message: Message) -> bytes:
    """One packet."""
    body = {name: value for name, value in asdict(message).items() if name != "fd"}
    for name, value in body.items():
        if isinstance(value, bytes):
            body[name] = value.hex()
    return json.dumps({"say": type(message).__name__, **body}, separators=(",", ":")).encode()


def decode(packet: bytes, fd: int = -1) -> Message:
    """One message.

    Raises:
        LocalError: wrong shape, type or range.
    """
    try:
        raw = json.loads(packet)
        kind = _SAY[raw.pop("say")]
        wanted = {f.name for f in fields(kind)} - {"fd"}
        if set(raw) != wanted:
            raise LocalError(f"{kind.__name__}: fields {sorted(raw)}, wanted {sorted(wanted)}")
        values: dict[str, object] = {name: _value(name, value) for name, value in raw.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, LimitError) as error:
        raise LocalError(f"packet of {len(packet)} bytes on the local socket: {error!r}") from error
    if kind is Sample:
        values["fd"] = fd
    return kind(**values)  # type: ignore[arg-type] # names and types were checked one by one


def _value(name: str, value: object) -> object:
    """A field's value, checked by its name."""
    match name, value:
        case ("lanes" | "kept" | "sizes", dict() | list()):
            return _many(name, value)
        case ("sha256" | "quiet" | "urgent", str()):
            return _bytes(name, bytes.fromhex(value))
        case ("loaded", bool()):
            return value
        case ("reason", str()):
            return value[:500]
        case ("ns", int()) if not isinstance(value, bool) and -(1 << 63) <= value < 1 << 63:
            return value
        case (
            "epoch" | "present" | "lane" | "sequence" | "first" | "last" | "size" | "version" | "limit" | "current",
            _,
        ):
            return _number(value)
    raise LocalError(f"{name} = {value!r:.80}")


def _many(name: str, value: dict[str, Any] | list[object]) -> object:
    """Lanes with where they begin and end, or with bytes; epochs."""
    if isinstance(value, list):
        return tuple(map(_number, value[:MAX_KEPT]))
    if name == "sizes":
        return {int(lane): _number(size) for lane, size in value.items()}
    return {int(lane): (_number(pair[0]), _number(pair[1])) for lane, pair in value.items() if len(pair) == 2}  # noqa: PLR2004


def _bytes(name: str, value: bytes) -> bytes:
    """A whole SHA-256, or marks of rules, whole and not too many."""
    if name != "sha256":
        parted(value)
    elif len(value) != 32:  # noqa: PLR2004 - bytes of a SHA-256
        raise LocalError(f"sha256 of {len(value)} bytes")
    return value


def _number(value: object) -> int:
    """An unsigned 64-bit number."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _WORD:
        raise LocalError(f"not an unsigned number: {value!r:.80}")
    return value
