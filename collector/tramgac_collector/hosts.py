"""Hosts: how they become known, whether they may speak, and the last that they said of themselves."""

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Insert, Update, bindparam, case, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tramgac_collector import host_listing, outbox, quarantine
from tramgac_collector.columns import fit
from tramgac_collector.database import Given, dialect, insert_new
from tramgac_collector.refusals import HostAmbiguous, HostSpoke, HostUnknown
from tramgac_collector.schema import Base, FindingRow, GapRow, HostRow, TokenRow

CLOCK_OFF = 300_000_000_000
"""A clock this far off, nanoseconds, is a finding: rules about time of day and other tools' logs go wrong.

Five minutes, where Kerberos gives up too. Not an hour: a clock that is an hour off (a wrong time zone, the commonest
fault) is measured as a little less, by the time the message takes.
"""
MAX_GAPS = 10_000
"""Separate gaps of one host that are kept; an honest host has few, a rogue one fills no table."""

# Built once: SQLAlchemy takes longer to build a statement than SQLite to run it.
_SERIALS = select(HostRow.id, HostRow.serial, HostRow.previous_serial).where(
    HostRow.active, HostRow.id.in_(bindparam("hosts", expanding=True))
)
_ID = re.compile(r"[0-9a-f]{32}")
_BEGINNING = re.compile(r"[0-9a-f]{8,31}")
_SOME = 5  # of several hosts that were meant so many are named


@dataclass(frozen=True, slots=True)
class Gap:
    """Sequences `first` .. `first + count - 1` of a lane that will not come; `reason` says why."""

    epoch: int
    lane: int
    first: int
    count: int
    reason: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something odd about a host's dialogue; `kind` as in `record_finding`."""

    host: str
    kind: str
    detail: str
    last: int
    """When it was found, nanoseconds since 1970."""


def enrol(
    s: Session, host: str, hostname: str, os_type: str, agent_version: str, serial: str, token: TokenRow, now: int
) -> HostRow:
    """Write down a host that `token` (just redeemed) let in, with its certificate's serial (hexadecimal).

    A host that was known by the same key is let in again with the new serial; it keeps its history.
    """
    row = s.get(HostRow, host, with_for_update=True)
    if row is None:
        row = HostRow(id=host, enrolled=now)
        s.add(row)
    row.hostname, row.os_type, row.agent_version = hostname, os_type, agent_version
    row.serial, row.previous_serial = serial, None
    row.site, row.token_id, row.active = token.site, token.id, True
    s.flush()
    _changed(s, host, now)
    return row


def allowed(s: Session, host: str, serial: str) -> bool:
    """Tell whether the host is known, active, and its certificate is its newest or the one just before."""
    return all_allowed(s, [(host, serial)])[0]


def all_allowed(s: Session, asked: Sequence[tuple[str, str]]) -> list[bool]:
    """Tell of each (host, serial) whether it is allowed."""
    found = s.execute(_SERIALS, {"hosts": [host for host, _ in asked]})
    serials = {host: (newest, before) for host, newest, before in found}
    return [serial in serials.get(host, ()) for host, serial in asked]


def renewed(s: Session, host: str, serial: str, *, presented: str | None = None) -> None:
    """Write down a host's new certificate; the one before stays good until the new one is used. Raises HostUnknown.

    `presented` is the serial that the host came with: it stays good although an earlier new one was never received.
    """
    row = _get(s, host)
    if row.serial != serial:
        row.serial, row.previous_serial = serial, presented or row.serial


def deactivate(s: Session, host: str, now: int) -> None:
    """Let the host speak no longer. Raises HostUnknown."""
    _get(s, host).active = False
    _changed(s, host, now)


def activate(s: Session, host: str, now: int) -> None:
    """Let the host speak again. Raises HostUnknown."""
    _get(s, host).active = True
    _changed(s, host, now)


def release(s: Session, host: str, now: int) -> bool:
    """End a host's quarantine; False if it is in none. Raises HostUnknown."""
    _get(s, host)
    return quarantine.release(s, host, now)


def forget(s: Session, host: str, now: int) -> None:
    """Remove a host that was enrolled and never spoke: its certificate opens none. Raises HostUnknown, HostSpoke."""
    row = s.get(HostRow, host, with_for_update=True) or _get(s, host)
    if row.last_seen is not None:
        message = f"host {host} has spoken: what is known of it stays; `tramgac hosts revoke` ends its stream"
        raise HostSpoke(message, id=host)
    s.delete(row)
    s.flush()
    _changed(s, host, now)


def seen(s: Session, times: Mapping[str, int]) -> None:
    """Move `last_seen` of many hosts at once: host -> ns. Meant to be called once in seconds, not for each batch."""
    if times:
        s.execute(_seen(dialect(s)), {"rows": [[host, fit(time)] for host, time in times.items()]})


@functools.cache
def _seen(dialect: str) -> Update:
    table, rows = Base.metadata.tables[HostRow.__tablename__], Given(dialect)
    older = table.c.last_seen.is_(None) | (table.c.last_seen < rows.number(1))
    return update(table).where(table.c.id == rows.text(0), older).values(last_seen=rows.number(1))


def record_gap(s: Session, host: str, gap: Gap, now: int) -> bool:
    """Write down a gap; False if it was known, or the host is not. More than MAX_GAPS of one host are a finding."""
    if s.get(HostRow, host) is None:
        return False
    if (s.scalar(select(func.count()).select_from(GapRow).where(GapRow.host == host)) or 0) >= MAX_GAPS:
        record_finding(s, host, "gaps_too_many", f"more than {MAX_GAPS} separate gaps", now)
        return False
    where = {"host": host, "epoch": f"{gap.epoch:016x}", "lane": gap.lane, "first": gap.first}
    new = insert_new(s, GapRow, {**where, "count": gap.count, "reason": gap.reason, "noticed": now})
    if new:
        _changed(s, host, now)
    return new


def record_finding(s: Session, host: str, kind: str, detail: str, now: int) -> None:
    """Write down something odd about a host's dialogue: sequence_jump, chain_broken, epoch_new, clock_off, ...

    One row a host and kind, with a count and the newest detail.
    """
    record_findings(s, [Finding(host, kind, detail, now)])


def record_findings(s: Session, found: Sequence[Finding]) -> list[None]:
    """Write down findings of many hosts, as `record_finding` does."""
    rows = [{**asdict(one), "first": one.last, "count": 1} for one in found]
    if rows:
        s.execute(_found(dialect(s)), rows)
    return [None] * len(rows)


@functools.cache
def _found(dialect: str) -> Insert:
    table = Base.metadata.tables[FindingRow.__tablename__]
    new = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table)
    last = case((new.excluded.last > table.c.last, new.excluded.last), else_=table.c.last)
    again = {"detail": new.excluded.detail, "last": last, "count": table.c.count + 1}
    return new.on_conflict_do_update(index_elements=[table.c.host, table.c.kind], set_=again)


def clock_text(skew: int) -> str:
    """Say how far a host's clock is off and how to mend it. `skew` as in host_streams.Began."""
    side = "ahead of" if skew < 0 else "behind"
    return (
        f"this host's clock is {abs(skew) / 1e9:.0f} s {side} the collector's; the times of its events are corrected, "
        "but set it (timedatectl set-ntp true)"
    )


def record_content(s: Session, host: str, *, version: int, loaded: bool, reason: str, current: int, now: int) -> None:
    """Write down what became of a content offer on a host (ContentReport). Raises HostUnknown."""
    row = _get(s, host)
    row.bundle = current
    row.content_refused, row.content_reason = (0, "") if loaded else (version, reason)
    _changed(s, host, now)


def listing(s: Session) -> list[dict[str, Any]]:
    """Return all hosts as `tramgac hosts --json` prints them, by name."""
    return host_listing.listing(s)


def get(s: Session, host: str) -> dict[str, Any]:
    """Return one host as `listing` would. Raises HostUnknown."""
    _get(s, host)
    return host_listing.listing(s, host)[0]


def find(s: Session, text: str) -> str:
    """Return the id of the host that a person means: by id, by name, or by the first 8 digits of its id or more.

    An id is given back as it is, known or not: events outlive their host. Raises HostUnknown, HostAmbiguous.
    """
    if _ID.fullmatch(text):
        return text
    meant = HostRow.hostname == text
    if _BEGINNING.fullmatch(text):
        meant = or_(meant, HostRow.id.between(text, text + "g"))  # g follows every hexadecimal digit
    found = s.scalars(select(HostRow.id).where(meant).order_by(HostRow.id).limit(_SOME)).all()
    if not found:
        message = f"no host {text!r} is enrolled here; `tramgac hosts` lists them"
        raise HostUnknown(message, id=text)
    if len(found) > 1:
        message = f"{text!r} may be any of several hosts: {', '.join(found)}; give the id"
        raise HostAmbiguous(message, id=text, found=found)
    return found[0]


def _get(s: Session, host: str) -> HostRow:
    row = s.get(HostRow, host)
    if row is None:
        message = f"no host {host!r} is enrolled here; `tramgac hosts` lists them"
        raise HostUnknown(message, id=host)
    return row


def _changed(s: Session, host: str, now: int) -> None:
    outbox.add(s, "host", {"id": host}, now)
