"""What hosts signed goes into the control store, many at once: the log has it already."""

from __future__ import annotations

from tramgac_collector import proofs
from tramgac_collector.gateway.hall import Hall


async def keep(hall: Hall) -> None:
    """Write down the newest that hosts signed; where that fails it is tried again with what came since."""
    said, hall.attested = hall.attested, {}
    if not said:
        return
    written = False
    try:
        await hall.control.write(lambda s: proofs.keep(s, said.values()))
        written = True
    finally:
        if not written:
            hall.attested = said | hall.attested
