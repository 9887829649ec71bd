"""The bug that `./dev lab cluster` plants and finds, in gateways alone; see planted.py. Not a lane itself."""

import os
import sys
from concurrent.futures import Future
from dataclasses import replace

BUG = "acknowledges what the queue does not have"


def plant() -> None:
    """A gateway that acknowledges a batch before the queue's servers vouch for it."""
    from nats.js import JetStreamContext
    from tramgac_collector.jetstream.lane import LaneQueue, Waiting

    honest = LaneQueue.put

    def put(self: LaneQueue, js: JetStreamContext, item: Waiting) -> None:
        honest(self, js, replace(item, future=Future()))
        item.future.set_result(self.last)

    LaneQueue.put = put  # type: ignore[method-assign]


if os.environ.get("TRAMGAC_LAB_PLANTED") == BUG and "gateway" in sys.orig_argv:
    plant()
