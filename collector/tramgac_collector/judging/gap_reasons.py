"""Why sequences will not come: their agent gave them up, or the collector that had them was restored without them."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tramgac_collector.schema import CounterRow, GapRow, LedgerRow

GIVEN_UP = "given up by the agent"
"""Why most gaps are: the spool was full or too old. Its ledger says which."""
RESTORED = "the collector's restore: backup_older"
HEAD = "restored_head"
"""The counter that says up to where the log of a restored collector is its backup's."""


def reason(s: Session, host: str, lane: tuple[int, int], count: int, position: int) -> str:
    """Give the reason of a gap of `count` sequences before a batch at `position`; `lane`: epoch and lane.

    After a restore a gap that is larger than what the agent says it gave up was acknowledged once, and came after the
    backup: the agent no longer keeps it.
    """
    restored = s.get(CounterRow, HEAD)
    if restored is None or position < restored.value:
        return GIVEN_UP
    epoch, number = f"{lane[0]:016x}", lane[1]
    ledger = s.get(LedgerRow, (host, epoch, number), populate_existing=True)  # written past the session
    dropped = sum(ledger.dropped.values()) if ledger else 0
    where = (GapRow.host == host, GapRow.epoch == epoch, GapRow.lane == number)
    known = s.scalar(select(func.coalesce(func.sum(GapRow.count), 0)).where(*where)) or 0
    return RESTORED if dropped < known + count else GIVEN_UP
