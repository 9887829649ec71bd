"""The agent about itself: sensors, ledger, losses, cost."""

from __future__ import annotations

import time
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

import psutil
from tramgac_proto.event_pb2 import (
    SENSOR_STATE_ALIVE,
    Health,
    JudgeStanding,
    Lane,
    LaneLedger,
    LensStanding,
    Missed,
    Sensor,
)
from tramgac_wire.limits import MAX_TEXT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tramgac_agent import lens, triage
    from tramgac_agent.sensors.ladder import Report
    from tramgac_agent.spool import Ledger


class Losses:
    """Independent counters of what was lost before it had a sequence, with the time of first and last."""

    def __init__(self) -> None:
        """Nothing was lost yet."""
        self._found: dict[tuple[str, str], Missed] = {}
        self._gaps: list[Missed] = []

    def set(self, capability: str, kind: str, count: int, now: int) -> None:
        """A counter stands at `count` since the agent started; `now` in nanoseconds since 1970."""
        known = self._found.get((capability, kind))
        if known is None:
            if count:
                self._found[capability, kind] = _missed(kind, capability, count, now, now)
        elif known.count != count:
            known.count, known.last = count, now

    def gap(self, capability: str, kind: str, first: int, last: int) -> None:
        """Nobody counted from `first` to `last`."""
        self._gaps.append(_missed(kind, capability, 0, first, last))

    def all(self) -> list[Missed]:
        """All counters that are not zero, and all gaps."""
        return [*self._found.values(), *self._gaps]


def _missed(kind: str, capability: str, count: int, first: int, last: int) -> Missed:
    """One of them; its field `class` is a word of Python's."""
    found = Missed(capability=capability, count=count, first=first, last=last)
    setattr(found, "class", kind)
    return found


def _lane(lane: int, books: Ledger, epoch: int = 0) -> LaneLedger:
    """One lane's books; only classes of which there are any. `epoch`: an earlier one, of which they are the last."""
    found = LaneLedger(
        lane=cast("Lane.ValueType", lane),
        emitted=books.emitted,
        acked=books.acked,
        spooled=books.spooled,
        resent=books.resent,
        gone=books.gone,
        epoch=epoch,
        missing_from=books.missing_from if epoch else 0,
    )
    for kind, count in books.dropped.items():
        if count:
            found.dropped[kind] = count
    return found


def _lens(standing: lens.Standing) -> LensStanding | None:
    """The message; None where there is nothing to say."""
    if not any(standing):
        return None
    return LensStanding(**standing._replace(trouble=standing.trouble[:MAX_TEXT])._asdict())


def _judge(standing: triage.Standing) -> JudgeStanding | None:
    """The message; None where there is nothing to say."""
    if not any(standing):
        return None
    rules = tuple(rule[:MAX_TEXT] for rule in standing.parked_rules)
    return JudgeStanding(**standing._replace(parked_rules=rules)._asdict())


def health(
    version: str,
    reports: Iterable[Report],
    ledger: Mapping[int, Ledger],
    losses: Losses,
    *,
    edge: tuple[lens.Standing, triage.Standing],
    last_words: str = "",
    closed: Mapping[int, Mapping[int, Ledger]] = MappingProxyType({}),
) -> Health:
    """The message as it is sent. `edge`: how lens and judge stand; `closed`: last books of earlier epochs.

    Cost is that of the sensor process, which does nearly all of the work.
    """
    cpu, memory = cost()
    return Health(
        agent_version=version,
        sensors=[Sensor(capability=r.capability, rung=r.rung, state=r.state, why=r.why) for r in reports],
        lanes=[_lane(lane, books) for lane, books in ledger.items()],
        closed=[_lane(lane, books, epoch) for epoch, lanes in closed.items() for lane, books in lanes.items()],
        missed=losses.all(),
        last_words=last_words,
        cpu=cpu,
        memory=memory,
        lens=_lens(edge[0]),
        judge=_judge(edge[1]),
    )


def cost() -> tuple[int, int]:
    """Processor time of this process, nanoseconds; its resident memory, bytes."""
    return time.process_time_ns(), psutil.Process().memory_info().rss


def in_trouble(reports: Iterable[Report]) -> bool:
    """Some capability does not see."""
    return any(r.state != SENSOR_STATE_ALIVE for r in reports)
