"""What is found in a log that is not as hosts made it, and where."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

KINDS: Final = (
    "unreadable",
    "unknown",
    "garbage",
    "altered",
    "broken",
    "missing",
    "repeated",
    "order",
    "forged",
    "removed",
    "contradicted",
    "snapshot",
    "unaccounted",
    "cut",
)
"""All kinds; `Found.kind` says what each means."""


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that is wrong, as near as it can be located."""

    kind: str
    """unreadable: records cannot be read. unknown: a record of unknown type. garbage: a batch does not unpack.
    altered: a batch's events are not those that its chain was made of. broken: a batch does not continue what stands
    before it. missing: sequences are not there and nobody gave them up. repeated: sequences are there again. order: a
    record reached us before the one in front of it. forged: a checkpoint is not its host's. removed: a host signed
    more than stands before it. contradicted: a host signed other events than these. snapshot: a segment begins with
    other watermarks. unaccounted: a gap is larger than what the agent says it gave up. cut: the newest that a host
    signed is not in the log."""
    segment: str
    """File name."""
    position: int
    """The record in the log."""
    host: str = ""
    epoch: int = 0
    lane: int = 0
    first: int = 0
    """First sequence concerned; for `unreadable` and `unknown` the first position."""
    last: int = 0
    """Last one."""

    def as_json(self) -> dict[str, object]:
        """Give the row as `--json` prints it."""
        where = {"found": self.kind, "segment": self.segment, "position": self.position, "host": self.host}
        epoch = f"{self.epoch:016x}" if self.host else ""
        return {**where, "epoch": epoch, "lane": self.lane, "first": self.first, "last": self.last}


@dataclass(slots=True)
class Totals:
    """What was looked at."""

    segments: int = 0
    records: int = 0
    batches: int = 0
    events: int = 0
    checkpoints: int = 0
    unplaced: int = 0
    """Checkpoints that speak of a place that is before what was read."""
    lanes: int = 0
    attested: int = 0
    """Events that hosts vouch for by a signature."""
    gaps: int = 0
    """Sequences that agents gave up, as the log says."""
    findings: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """Give the last line of `--json`: `ok` if nothing was found."""
        looked = {name: getattr(self, name) for name in ("segments", "records", "batches", "events", "lanes", "gaps")}
        proven = {"checkpoints": self.checkpoints, "unplaced": self.unplaced, "attested": self.attested}
        return {"ok": not self.findings, **looked, **proven, "findings": dict(self.findings)}
