"""Hosts whose certificate a restored collector does not know: renewed after the backup and before the restore."""

from __future__ import annotations

from sqlalchemy.orm import Session

from tramgac_collector import audit, outbox
from tramgac_collector.ca import Identity
from tramgac_collector.schema import CounterRow, HostRow

TAKEN, RESTORED = "restored_taken", "restored_at"
"""Counters of a restored collector: when its backup was begun and when it was restored, ns since 1970."""
_SECOND = 1_000_000_000  # certificates know no less


def note(s: Session, taken: int, restored: int) -> None:
    """Write down from when to when certificates were signed of which the backup knows nothing."""
    for name, value in ((TAKEN, taken), (RESTORED, restored)):
        s.merge(CounterRow(name=name, value=value))


def signed_then(s: Session, identity: Identity) -> bool:
    """Tell whether a certificate was signed in that time."""
    times = [row.value if (row := s.get(CounterRow, name)) else 0 for name in (TAKEN, RESTORED)]
    return times[0] - _SECOND <= identity.signed <= times[1]


def readmit(s: Session, identity: Identity, now: int) -> bool:
    """Take in a certificate that is not known, if it was signed in that time for a host that is known and may speak.

    It is of our authority: TLS has seen to that. Its host's other certificate stays good, as after any renewal.
    """
    if not signed_then(s, identity):
        return False
    host = s.get(HostRow, identity.host, with_for_update=True)
    if host is None or not host.active:
        return False
    host.serial, host.previous_serial = identity.serial, host.serial
    s.flush()
    audit.write(s, "tramgac", "host.readmit", identity.host, {"serial": identity.serial}, now)
    outbox.add(s, "host", {"id": identity.host}, now)
    return True
