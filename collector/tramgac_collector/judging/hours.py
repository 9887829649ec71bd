"""When hosts are usually on: learned each hour, by the hour of the week at the collector's place."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tramgac_collector import database
from tramgac_collector.presence_schema import HoursRow
from tramgac_collector.schema import HostRow

HOUR_NS = 3_600_000_000_000
HOURS = 168
AT_ONCE = 500
"""Hosts of one transaction: none may hold the control store for long."""
UNKNOWN = 0xFF
ALWAYS = 200
WEIGHT = 0.3
"""What the newest week counts against all before it: a new habit is learned in three weeks."""
_MANY_PARAMETERS = 500


def slot(moment: int) -> int:
    """Return the hour of the week of a time (ns): 0 is the first of Monday, local time."""
    local = time.localtime(moment // 1_000_000_000)
    return local.tm_wday * 24 + local.tm_hour


def learned(share: int, *, on: bool) -> int:
    """Return how often a host is on in an hour, 0 to ALWAYS, after one more such hour."""
    now = ALWAYS if on else 0
    return now if share == UNKNOWN else round(share + WEIGHT * (now - share))


@dataclass(slots=True)
class Hours:
    """Learns one hour after the other, some hosts at a time; an hour in which not everybody could speak is left out."""

    engine: Engine
    _hour: int = field(default=0, init=False)
    """The hour that is being learned, counted since 1970."""
    _after: str = field(default="", init=False)
    """Hosts up to this one have it already."""
    _done: bool = field(default=True, init=False)

    def learn(self, now: int, since: int) -> None:
        """Learn from the hour before `now` (ns), at most AT_ONCE hosts a call; `since`: from when all could speak."""
        hour = now // HOUR_NS - 1
        if hour != self._hour:
            self._hour, self._after, self._done = hour, "", since > hour * HOUR_NS
        if not self._done:
            with database.session(self.engine) as s:
                self._step(s, hour * HOUR_NS)

    def _step(self, s: Session, began: int) -> None:
        query = select(HostRow.id, HostRow.last_seen, HostRow.connected).order_by(HostRow.id).limit(AT_ONCE)
        hosts = s.execute(query.where(HostRow.id > self._after, HostRow.active, HostRow.last_seen.is_not(None))).all()
        known = _shares(s, [host for host, _, _ in hosts])
        at, rows = slot(began), []
        for host, last_seen, connected in hosts:
            on = (last_seen or 0) >= began and not (connected is not None and connected >= began + HOUR_NS)
            shares = known.get(host) or bytearray([UNKNOWN] * HOURS)
            shares[at] = learned(shares[at], on=on)
            rows.append({"host": host, "shares": shares.hex()})
        database.replace_many(s, HoursRow, rows)
        self._done = len(hosts) < AT_ONCE
        self._after = hosts[-1].id if hosts else self._after


def usually_on(s: Session, hosts: Iterable[str]) -> Callable[[str, int], bool | None]:
    """Return what tells whether one of these hosts is usually on at a time (ns); None where it is not learned."""
    shares = _shares(s, list(hosts))

    def tell(host: str, moment: int) -> bool | None:
        share = shares[host][slot(moment)] if host in shares else UNKNOWN
        return None if share == UNKNOWN else 2 * share >= ALWAYS

    return tell


def _shares(s: Session, hosts: list[str]) -> dict[str, bytearray]:
    found: dict[str, bytearray] = {}
    for first in range(0, len(hosts), _MANY_PARAMETERS):
        some = HoursRow.host.in_(hosts[first : first + _MANY_PARAMETERS])
        found |= {
            host: bytearray.fromhex(text)
            for host, text in s.execute(select(HoursRow.host, HoursRow.shares).where(some))
        }
    return found
