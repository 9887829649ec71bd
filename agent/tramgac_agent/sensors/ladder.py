"""One capability's ladder: the best rung that works, watched, and left for the next when it goes blind.

    start ─► probe rungs from the best; run the first that works
    every 2 minutes (and at start): canary ── seen ─► ALIVE
                                        └── missed ─► BLIND, again in 10 s; at the third miss down a rung
    every minute: programs and marks in place? ── no ─► BLIND, start the same rung again, else down
    every 10 minutes on a lower rung: probe the better ones, go up where one works
Pure but for its sensors and its canary: time is passed in (monotonic nanoseconds).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from tramgac_proto.event_pb2 import (
    MECHANISM_UNSPECIFIED,
    SENSOR_STATE_ABSENT,
    SENSOR_STATE_ALIVE,
    SENSOR_STATE_BLIND,
    SENSOR_STATE_UNSPECIFIED,
    Mechanism,
    SensorState,
)

from tramgac_agent.sensors.canary import Canary
from tramgac_agent.sensors.errors import SensorError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tramgac_agent.observations import Observation
    from tramgac_agent.sensors.base import Sensor, Setting

_S = 1_000_000_000
CANARY_EVERY = 120 * _S
CANARY_AGAIN = 10 * _S
CHECK_EVERY = 60 * _S
CLIMB_EVERY = 600 * _S
MISSES = 3


class Report(NamedTuple):
    """How a capability stands; the words are those of event.proto, Sensor."""

    capability: str
    rung: str
    state: SensorState.ValueType
    why: str


class Ladder:
    """One capability."""

    def __init__(
        self, capability: str, rungs: Sequence[type[Sensor]], setting: Setting, *, canary: Canary | None = None
    ) -> None:
        """`rungs`: best first."""
        self.capability = capability
        self._rungs = rungs
        self._setting = setting
        self._canary = canary if canary is not None else Canary(capability)
        self._sensor: Sensor | None = None
        self._level = len(rungs)
        self._why: dict[str, str] = {}
        self._trouble = ""
        self._failure = ""
        self._state = SENSOR_STATE_UNSPECIFIED
        self._misses = 0
        self._lost: Counter[str] = Counter()
        self._next_canary = self._next_check = self._next_climb = 0

    def start(self, now: int, level: int = 0) -> None:
        """Run the best rung that works, not above `level`."""
        self._why = {rung: why for rung, why in self._why.items() if rung in self._names(level)}
        self._level = len(self._rungs)
        for index in range(level, len(self._rungs)):
            if self._try(index, now):
                return
        self._state = SENSOR_STATE_ABSENT

    def _names(self, level: int) -> set[str]:
        return {rung.rung for rung in self._rungs[:level]}

    def _try(self, index: int, now: int) -> bool:
        """Start this rung, or note why not."""
        sensor = self._rungs[index](self._setting)
        probe = sensor.probe()
        why = probe.why
        if probe.ok:
            try:
                sensor.start()
            except SensorError as error:
                why = str(error)
            else:
                self._sensor, self._level = sensor, index
                self._why.pop(sensor.rung, None)
                self._state = SENSOR_STATE_UNSPECIFIED
                self._misses = 0
                self._trouble = ""
                self._failure = ""
                self._next_canary = now
                self._next_check = now + CHECK_EVERY
                self._next_climb = now + CLIMB_EVERY
                return True
        self._why[sensor.rung] = why
        return False

    @property
    def mechanism(self) -> Mechanism.ValueType:
        """How its events came to be known."""
        return self._sensor.mechanism if self._sensor is not None else MECHANISM_UNSPECIFIED

    def drain(self, budget: int) -> Sequence[Observation]:
        """What was observed; canaries are looked for on the way."""
        if self._sensor is None:
            return ()
        try:
            found = self._sensor.drain(budget)
        except (SensorError, OSError) as error:
            self._lost["sensor_error"] += 1
            self._failure = f"it failed: {error}"
            return ()
        if self._canary.running:
            self._canary.look(found)
        return found

    def wake(self) -> int | None:
        """A descriptor that says that draining should not wait."""
        return self._sensor.wake() if self._sensor is not None else None

    def turn(self, now: int) -> bool:
        """Do what is due; True if the report changed."""
        before = self.report()
        self._end_canary(now)
        if self._sensor is not None and now >= self._next_check:
            self._next_check = now + CHECK_EVERY
            self._failure = self._failure or self._check(self._sensor)
        if self._sensor is not None and self._failure:
            self._restart(self._failure, now)
        if self._level > 0 and now >= self._next_climb:
            self._climb(now)
        if self._sensor is not None and now >= self._next_canary and not self._canary.running:
            self._next_canary = now + CANARY_EVERY
            self._canary.begin(self._sensor, now)
        return self.report() != before

    @staticmethod
    def _check(sensor: Sensor) -> str:
        try:
            return sensor.check()
        except (SensorError, OSError) as error:
            return str(error)

    def _end_canary(self, now: int) -> None:
        seen = self._canary.ended(now)
        if seen is None:
            return
        if seen:
            self._state, self._misses, self._trouble = SENSOR_STATE_ALIVE, 0, ""
            return
        self._misses += 1
        self._state = SENSOR_STATE_BLIND
        self._trouble = self._canary.trouble or "its canary did not come through"
        self._next_canary = now + CANARY_AGAIN
        if self._misses >= MISSES and self._level + 1 < len(self._rungs):
            assert self._sensor is not None
            self._why[self._sensor.rung] = self._trouble
            self._leave()
            self.start(now, self._level + 1)

    def _restart(self, trouble: str, now: int) -> None:
        """What it had in the kernel is gone: say so, and set it up anew."""
        level = self._level
        self._failure = ""
        self._leave()
        self._why[self._rungs[level].rung] = trouble
        self.start(now, level)
        if self._sensor is not None:
            self._state, self._trouble = SENSOR_STATE_BLIND, f"was set up anew: {trouble}"

    def _climb(self, now: int) -> None:
        """Has a better rung come into reach?"""
        self._next_climb = now + CLIMB_EVERY
        for index in range(self._level):
            probe = self._rungs[index](self._setting).probe()
            if probe.ok:
                self._leave()
                self.start(now, index)
                return
            self._why[self._rungs[index].rung] = probe.why

    def _leave(self) -> None:
        if self._sensor is not None:
            self._lost.update(self._sensor.missed())
            self._sensor.stop()
        self._sensor = None
        self._canary.end()

    def report(self) -> Report:
        """How it stands. `why`: a line for each better rung, one for present trouble, one for what is not looked at."""
        lines = [
            f"{rung.rung}: {self._why[rung.rung]}" for rung in self._rungs[: self._level] if self._why.get(rung.rung)
        ]
        rung = self._sensor.rung if self._sensor is not None else ""
        if self._trouble:
            lines.append(f"{rung}: {self._trouble}")
        if self._sensor is not None and (unseen := self._sensor.unseen()):
            lines.append(f"{rung}: {unseen}")
        return Report(self.capability, rung, self._state, "\n".join(lines))

    @property
    def settled(self) -> bool:
        """The first canary has been looked at, or there is no sensor."""
        return self._state != SENSOR_STATE_UNSPECIFIED

    def missed(self) -> Mapping[str, int]:
        """Losses by class since the agent started, over all sensors of this capability."""
        total = Counter(self._lost)
        if self._sensor is not None:
            total.update(self._sensor.missed())
        return {kind: count for kind, count in total.items() if count}

    def stop(self) -> None:
        """Stop observing."""
        self._leave()
