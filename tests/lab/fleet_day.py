"""A working day of a fleet, told beforehand by a seed.

Who is switched on when, works how much, loses its network, has a wrong clock, says things twice, is attacked. A day
takes minutes: its clock is accelerated. Not a lane itself.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

DAY_S = 11 * 3_600.0
"""From 7 in the morning to 6 in the evening."""
ON_S, OFF_S = 3_600.0, 36_000.0
SPREAD_S = 1_500.0
NOON_S = 5 * 3_600.0
"""Then the collector's gateway is killed: all lose their streams, and no site's network is at fault."""
BURST = 9.0
"""Events come together, so many on average."""
BAD_CLOCKS_NS = (-840_000_000_000_000_000, -600_000_000_000_000_000, 270_000_000_000_000_000, 3_600_000_000_000)
"""Years off, as after an empty battery or a typing error, and an hour."""
_DARK_S = 1_800.0


@dataclass(frozen=True, slots=True)
class Step:
    """At a second of the day a member does something: on, off, work, attack, cut, dark, light, again, jump.

    Or, whoever the member is, the collector is struck: kill.
    """

    at: float
    member: int
    what: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """How large and how bad the day is."""

    members: int
    events_a_day: int
    seed: int
    attacked: int = 20
    """Some of them before noon, some while the gateway is away, some later."""
    dark: float = 0.1
    """Part of the fleet, a site, that loses its network for a while."""
    wrong: float = 0.05
    """Part that has a wrong clock."""


def clocks(plan: Plan) -> list[int]:
    """How far each member's clock is ahead, nanoseconds."""
    chance = random.Random(plan.seed ^ 0xC10C)
    return [chance.choice(BAD_CLOCKS_NS) if chance.random() < plan.wrong else 0 for _ in range(plan.members)]


def steps(plan: Plan) -> list[Step]:
    """All that happens, in order."""
    chance = random.Random(plan.seed)
    found = [step for member in range(plan.members) for step in _member(plan, member, chance)]
    victims = chance.sample(range(plan.members), min(plan.attacked, plan.members))
    found += [Step(chance.uniform(0.35, 0.75) * DAY_S, member, "attack") for member in victims]
    site = range(int(plan.members * plan.dark))
    dark = 0.45 * DAY_S
    found += [Step(dark, member, "dark") for member in site]
    found += [Step(dark + _DARK_S, member, "light") for member in site]
    found.append(Step(NOON_S, 0, "kill"))
    return sorted(found, key=lambda step: (step.at, step.member, step.what))


def _member(plan: Plan, member: int, chance: random.Random) -> Iterator[Step]:
    on = max(0.0, chance.gauss(ON_S, SPREAD_S))
    off = min(DAY_S, max(on + 3_600, chance.gauss(OFF_S, SPREAD_S)))
    yield Step(on, member, "on")
    yield Step(off, member, "off")
    bursts = plan.events_a_day / BURST
    at = on
    while (at := at + chance.expovariate(bursts / (off - on))) < off:
        yield Step(at, member, "work", 1 + int(chance.expovariate(1 / (BURST - 1))))
    for what, share in (("cut", 0.15), ("again", 0.2), ("jump", 0.02)):
        if chance.random() < share:
            yield Step(chance.uniform(on, off), member, what)
