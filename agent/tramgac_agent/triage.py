"""The judge at the edge: which lane an event takes.

The same compiled rules as at the collector: an event that meets one goes at once, the rest in
batches. It decides about haste only; detections are made by the collector. So a rule that costs too much on this host
is parked without harm: what meets it alone waits for its batch. Another bundle, or another start, tries it again.

Nor is a rule evaluated that raises no alert at this host's site: it hurries nothing. The bundle says which rules begin
under watch, the collector which ones people chose otherwise.
"""

from __future__ import annotations

import json
import logging
import sys
from typing import TYPE_CHECKING, Final, NamedTuple

from backports import zstd
from tramgac_proto.event_pb2 import LANE_BULK, LANE_SECURITY, LANE_URGENT, Event, Lane
from tramgac_rules.judge import Judge
from tramgac_rules.record import record_of
from tramgac_wire.rule_marks import mark_of, parted

from tramgac_agent.packets import Choices

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tramgac_rules.costs import Budget

_log = logging.getLogger(__name__)
_BULK = frozenset({"file_create", "file_write", "file_delete", "file_rename", "inventory"})
_PRODUCT = "windows" if sys.platform == "win32" else "linux"
_IDLE = "raises no alert here"
MAX_PARKED: Final = 64
"""Parked rules that are named; all are counted."""


class Standing(NamedTuple):
    """How the judge stands; the words of JudgeStanding in host.proto."""

    rules: int
    parked: int
    parked_rules: tuple[str, ...]
    parked_why: tuple[str, ...]
    failures: int
    idle: int


class Triage:
    """Holds the rules in force, if there are any. `budget`: what a rule may cost before it is parked."""

    def __init__(self, product: str = _PRODUCT, *, budget: Budget | None = None) -> None:
        """No rules yet: nothing is urgent but scan hits."""
        self._judge: Judge | None = None
        self._product = product
        self._budget = budget
        self._logged = 0
        self._marks: Mapping[bytes, str] = {}
        self._watched: frozenset[str] = frozenset()
        self._choices = Choices()
        self.version = 0
        """Number of the bundle in force; 0 for none."""
        self.failures = 0
        """Events that the rules could not be applied to."""

    def reload(self, path: Path) -> int:
        """Take a verified bundle (`current.json.zst`) into use; its number.

        Raises OSError, ValueError, KeyError or RulesError; the rules before stay in force then.
        """
        bundle = json.loads(zstd.decompress(path.read_bytes()))
        judge = Judge.load(bundle["sigma"], budget=self._budget)
        watched = frozenset(bundle.get("watch", ())) & judge.rules.keys()
        self.version = int(bundle["version"])
        self._judge, self._logged, self._watched = judge, 0, watched
        self._marks = {mark_of(rule): rule for rule in judge.rules}
        self._apply()
        return self.version

    def choose(self, choices: Choices) -> None:
        """Take what people chose at the collector; the same again costs nothing."""
        if choices is not self._choices:
            self._choices = choices
            self._apply()

    def _apply(self) -> None:
        """Evaluate the rules that raise alerts here, and no others; one over its budget stays parked."""
        if self._judge is None:
            return
        quiet, urgent = self._rules(self._choices.quiet), self._rules(self._choices.urgent)
        idle = (self._watched - urgent) | quiet
        parked = self._judge.parked
        resumed = [rule for rule, why in parked.items() if why == _IDLE and rule not in idle]
        self._judge.exchange(dict.fromkeys(idle - parked.keys(), _IDLE), resumed)

    def _rules(self, marks: bytes) -> frozenset[str]:
        return frozenset(self._marks[mark] for mark in parted(marks) & self._marks.keys())

    def standing(self) -> Standing:
        """How it stands, for doctor and health; a rule that was parked since the last time is told to the log."""
        if self._judge is None:
            return Standing(0, 0, (), (), self.failures, 0)
        parked = {rule: why for rule, why in self._judge.parked.items() if why != _IDLE}
        named = [*parked.items()][:MAX_PARKED]
        for rule, why in named[self._logged :]:
            _log.warning("rule %s is parked here, so what meets it alone travels with its batch: %s", rule, why)
        self._logged = len(named)
        rules, whys = tuple(rule for rule, _ in named), tuple(why for _, why in named)
        idle = len(self._judge.parked) - len(parked)
        return Standing(len(self._judge.rules), len(parked), rules, whys, self.failures, idle)

    def lane(self, event: Event) -> Lane.ValueType:
        """URGENT if the event meets a rule or is a hit, else by its kind.

        A file that was hashed is a program or a script: it does not wait with the bulk, since the collector may want
        to look into it while it is still there.
        """
        kind = event.WhichOneof("kind")
        if kind == "scan_hit" or self._met(event):
            return LANE_URGENT
        if kind == "file_write" and event.file_write.sha256:
            return LANE_SECURITY
        return LANE_BULK if kind in _BULK else LANE_SECURITY

    def _met(self, event: Event) -> bool:
        if self._judge is None:
            return False
        try:
            return bool(self._judge.match(record_of(event, self._product)))
        except Exception:  # noqa: BLE001 # bulkhead: a rule that fails on one event must not stop the sensors
            if not self.failures:
                _log.exception("a rule failed on an event; further failures are counted only")
            self.failures += 1
            return False
