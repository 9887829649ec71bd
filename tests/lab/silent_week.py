"""A week of a national organisation's machines, as transitions: who begins to speak, and how each stops. Seeded.

Not a lane itself. Times are seconds since the first Monday's midnight.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

MINUTE, HOUR, DAY = 60, 3_600, 86_400
SITES = 63
SERVERS = 0.05  # of all hosts: on by day and night
CUT_OFF = 0.05  # of the evenings' switch-offs: at the wall, without last words
DROPS = 0.01  # of hosts, a day: its own line, 8 minutes in the mean
OUTAGES, FLAPS = 1 / 30, 3 / 7  # of a site's line, a day: 45 and 3 minutes in the mean
ABSENT = 0.06  # of hosts, a day: on leave


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """At `time`, a host does `what`: on, off (with last words), cut (nothing is heard), killed (its agent alone)."""

    time: float
    host: int
    what: str


class Week:
    """All changes of `days` days of `count` hosts, with `kills` agents killed at a time at which they speak."""

    def __init__(self, count: int, days: int, kills: int, seed: int) -> None:
        self._random = random.Random(seed)
        self.count, self.days = count, days
        self.site = [self._random.randrange(SITES) for _ in range(count)]
        self.server = [self._random.random() < SERVERS for _ in range(count)]
        self._arrives = [self._random.gauss(7.6 * HOUR, 12 * MINUTE) for _ in range(count)]
        self._leaves = [self._random.gauss(17 * HOUR, 20 * MINUTE) for _ in range(count)]
        self.changes: list[Change] = []
        self.spans: list[tuple[int, float, float]] = []
        """Host, from when to when it speaks: working days, and servers'."""
        for host in range(count):
            self._live(host)
        self._lines()
        self.killed = self._kill(kills)
        self.changes.sort()

    def _live(self, host: int) -> None:
        if self.server[host]:
            self.changes.append(Change(0, host, "on"))
            self.spans.append((host, 0, self.days * DAY))
            return
        for day in range(self.days):
            if day % 7 >= 5 or self._random.random() < ABSENT:
                continue
            begins = day * DAY + self._arrives[host] + self._random.gauss(0, 10 * MINUTE)
            ends = day * DAY + self._leaves[host] + self._random.gauss(0, 15 * MINUTE)
            self.changes += [Change(begins, host, "on")]
            self.changes += [Change(ends, host, "cut" if self._random.random() < CUT_OFF else "off")]
            self.spans.append((host, begins, ends))

    def _lines(self) -> None:
        """Sites' lines, and in working hours some hosts' own."""
        for site in range(SITES):
            for a_day, mean in ((OUTAGES, 45 * MINUTE), (FLAPS, 3 * MINUTE)):
                begins = self._random.expovariate(a_day / DAY)
                while begins < self.days * DAY:
                    self._cut_site(site, begins, begins + self._random.expovariate(1 / mean))
                    begins += self._random.expovariate(a_day / DAY)
        for host, first, last in self.spans:
            if self._random.random() < DROPS * (last - first) / DAY:
                begins = self._random.uniform(first, last)
                self._cut(host, begins, begins + self._random.expovariate(1 / (8 * MINUTE)), last)

    def _cut_site(self, site: int, begins: float, ends: float) -> None:
        for host, first, last in self.spans:
            if self.site[host] == site and first < begins < last:
                self._cut(host, begins, ends, last)

    def _cut(self, host: int, begins: float, ends: float, last: float) -> None:
        self.changes.append(Change(begins + self._random.uniform(0, MINUTE), host, "cut"))
        if ends < last - MINUTE:
            self.changes.append(Change(ends + self._random.uniform(MINUTE, 5 * MINUTE), host, "on"))

    def _kill(self, kills: int) -> dict[int, float]:
        """Kill agents for the rest of the time: nothing else happens on those hosts."""
        killed: dict[int, float] = {}
        for host, first, last in self._random.sample(self.spans, 4 * kills):
            if len(killed) < kills and host not in killed and first > HOUR:
                killed[host] = self._random.uniform(first + 10 * MINUTE, last - 10 * MINUTE)
        self.changes = [one for one in self.changes if one.host not in killed or one.time < killed[one.host]]
        alive = {host for host in killed if self._speaks(host)}
        self.changes += [Change(time, host, "killed") for host, time in killed.items() if host in alive]
        return {host: time for host, time in killed.items() if host in alive}

    def _speaks(self, host: int) -> bool:
        last = max((one for one in self.changes if one.host == host), default=None)
        return last is not None and last.what == "on"

    def until(self, time: float, position: int) -> Iterator[Change]:
        """Give the changes from `position` on that have happened by `time`."""
        while position < len(self.changes) and self.changes[position].time <= time:
            yield self.changes[position]
            position += 1
