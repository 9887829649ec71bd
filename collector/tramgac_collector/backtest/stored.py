"""Stored events in the order of their time, a page after the other: as many in memory as one page holds.

An event counts at its time, or when it was received where its host's clock is ahead, as the judge has it. Those of a
clock that is ahead come first, all of them: they are few, and nothing that follows is earlier than what was given.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tramgac_proto.event_pb2 import Event

from tramgac_collector.events.asking import ask
from tramgac_collector.events.query import event_of, rows_of, selected
from tramgac_collector.events.schema import TABLE
from tramgac_collector.paths import StatePaths
from tramgac_collector.search.sql import Conditions

PAGE = 5_000
"""Events that are read at once."""
_BUCKETS = 20_000
"""Pieces that the time is cut into at most to see where events are."""
_FINEST_S = 60
_NS = 1_000_000_000
_IDENTITY = "(toUnixTimestamp64Nano(time), host, epoch, lane, sequence)"
_TYPES = "Tuple(Int64, String, UInt64, UInt8, UInt64)"
_AHEAD = "time > ingested"


@dataclass(frozen=True, slots=True)
class Stored:
    """An event and whose it is; `received`: ns, as the judge had it."""

    host: str
    epoch: int
    lane: int
    sequence: int
    received: int
    event: Event


@dataclass(frozen=True, slots=True)
class Page:
    """Events, at most PAGE; none that is given later is of before `until` (ns)."""

    events: Sequence[Stored]
    until: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events: from `since` and before `until` (ns), of these kinds; `channels`: of Windows' logs, lower case.

    None stands for any.
    """

    since: int
    until: int
    kinds: frozenset[str] | None = None
    channels: frozenset[str] | None = None

    def conditions(self) -> Conditions:
        """Give what is asked beside the time."""
        made = Conditions()
        if self.kinds is not None:
            made.add("kind IN {}", "Array(String)", sorted(self.kinds))
        if self.channels is not None:
            clause = "(kind != 'event_log' OR has({}, lowerUTF8(winlog_channel)))"
            made.add(clause, "Array(String)", sorted(self.channels))
        return made


@dataclass(frozen=True, slots=True)
class Source:
    """The stored events that are wanted; how many there are, and when the first of them is (0: none)."""

    paths: StatePaths
    wanted: Wanted
    total: int
    first: int
    _slices: Sequence[tuple[int, int]]

    @classmethod
    def look(cls, paths: StatePaths, wanted: Wanted) -> Source:
        """Count the events, and see where in time they are. Raises QueryError, EngineAway."""
        step = max(_FINEST_S, (wanted.until - wanted.since) // _NS // _BUCKETS) * _NS
        counted = wanted.conditions()
        bucket = f"intDiv(toUnixTimestamp64Nano(time), {counted.parameter('Int64', step)})"
        counted = _between(counted, "time", wanted.since, wanted.until)
        counted.clauses.append(f"NOT ({_AHEAD})")
        sql = (
            f"SELECT {bucket} AS g_at, count(), min(toUnixTimestamp64Nano(time)) FROM {TABLE}"  # noqa: S608 - names are ours, values are parameters
            f" WHERE {counted.where} GROUP BY g_at ORDER BY g_at"
        )
        _, buckets = ask(paths, sql, counted)
        ahead = _ahead(wanted)
        sql = f"SELECT count(), min(toUnixTimestamp64Nano(ingested)) FROM {TABLE} WHERE {ahead.where}"  # noqa: S608 - as above
        _, found = ask(paths, sql, ahead)
        early = [(int(count), int(first)) for count, first in found if count]
        firsts = [first for _, first in early] + [int(row[2]) for row in buckets[:1]]
        total = sum(count for count, _ in early) + sum(int(row[1]) for row in buckets)
        return cls(paths, wanted, total, min(firsts, default=0), _slices(wanted, step, buckets))

    def pages(self) -> Iterator[Page]:
        """Give the events. Raises QueryError, EngineAway."""
        for events in self._read(_ahead(self.wanted)):
            yield Page(events, self.wanted.since)
        for since, until in self._slices:
            conditions = _between(self.wanted.conditions(), "time", since, until)
            conditions.clauses.append(f"NOT ({_AHEAD})")
            for events in self._read(conditions):
                yield Page(events, events[-1].event.time)
        yield Page((), self.wanted.until)

    def _read(self, conditions: Conditions) -> Iterator[list[Stored]]:
        """Give the events that meet conditions, by time, each once."""
        after: tuple[Any, ...] | None = None
        columns = selected(self.wanted.kinds)
        while True:
            asked = replace(conditions, clauses=[*conditions.clauses], parameters=dict(conditions.parameters))
            if after is not None:
                asked.add(f"{_IDENTITY} > {{}}", _TYPES, after)
            sql = (
                f"SELECT {columns} FROM {TABLE} WHERE {asked.where}"  # noqa: S608 - names are ours, values are parameters
                f" ORDER BY time, host, epoch, lane, sequence LIMIT {PAGE:d}"
            )
            rows = rows_of(self.paths, sql, asked)
            if rows:
                last = rows[-1]
                after = tuple(last[name] for name in ("time", "host", "epoch", "lane", "sequence"))
                yield [_stored(row) for row in rows]
            if len(rows) < PAGE:
                return


def _slices(wanted: Wanted, step: int, buckets: Sequence[Sequence[Any]]) -> list[tuple[int, int]]:
    """Put neighbouring pieces of time together as long as their events fit into a page."""
    found: list[tuple[int, int]] = []
    held = 0
    for at, count, *_ in buckets:
        since, until = max(wanted.since, int(at) * step), min(wanted.until, (int(at) + 1) * step)
        if found and held + count <= PAGE:
            found[-1], held = (found[-1][0], until), held + count
        else:
            found.append((since, until))
            held = count
    return found


def _ahead(wanted: Wanted) -> Conditions:
    conditions = _between(wanted.conditions(), "ingested", wanted.since, wanted.until)
    conditions.clauses.append(_AHEAD)
    return conditions


def _between(conditions: Conditions, column: str, since: int, until: int) -> Conditions:
    conditions.add(f"{column} >= fromUnixTimestamp64Nano({{}}, 'UTC')", "Int64", since)
    conditions.add(f"{column} < fromUnixTimestamp64Nano({{}}, 'UTC')", "Int64", until)
    return conditions


def _stored(row: dict[str, Any]) -> Stored:
    host, epoch, lane = str(row["host"]), int(row["epoch"]), int(row["lane"])
    return Stored(host, epoch, lane, int(row["sequence"]), int(row["ingested"]), event_of(row))
