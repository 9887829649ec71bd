"""The judge at the edge: which lane an event takes.

The same compiled rules as at the collector: an event that meets one goes at once, the rest in
batches. It decides about haste only; detections are made by the collector.
"""

from __future__ import annotations

import json
import logging
import sys
from typing import TYPE_CHECKING

from backports import zstd
from tramgac_proto.event_pb2 import LANE_BULK, LANE_SECURITY, LANE_URGENT, Event, Lane
from tramgac_rules.judge import Judge
from tramgac_rules.record import record_of

if TYPE_CHECKING:
    from pathlib import Path

_log = logging.getLogger(__name__)
_BULK = frozenset({"file_create", "file_write", "file_delete", "file_rename", "inventory"})
_PRODUCT = "windows" if sys.platform == "win32" else "linux"


class Triage:
    """Holds the rules in force, if there are any."""

    def __init__(self, product: str = _PRODUCT) -> None:
        """No rules yet: nothing is urgent but scan hits."""
        self._judge: Judge | None = None
        self._product = product
        self.version = 0
        """Number of the bundle in force; 0 for none."""
        self.failures = 0
        """Events that the rules could not be applied to."""

    def reload(self, path: Path) -> int:
        """Take a verified bundle (`current.json.zst`) into use; its number.

        Raises OSError, ValueError, KeyError or RulesError; the rules before stay in force then.
        """
        bundle = json.loads(zstd.decompress(path.read_bytes()))
        judge = Judge.load(bundle["sigma"])
        self.version = int(bundle["version"])
        self._judge = judge
        return self.version

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
