"""Ends a lane of one collector: it and the agents at rest, then all books are compared. Not a lane itself."""

from collections.abc import Sequence

from tests.lab import power_agent
from tests.lab.auditing import Account, account, told
from tests.lab.rows import note, row
from tests.lab.site import Agent, Site

ON_THE_WAY = 1_000
SETTLED_S = 120


def settled(lane: str, site: Site, agent: Agent, after: str) -> bool:
    """All that was emitted is acknowledged."""
    drained = site.drain(SETTLED_S)
    if not drained:
        note(f"{lane}: {agent.waiting()} events still wait after {after}")
    return drained


def rest(site: Site, agent: Agent) -> None:
    """End the agent at a moment at which all that it wrote is acknowledged, and its books say so."""
    for _ in range(5):
        site.drain(SETTLED_S)
        agent.kill()
        if agent.waiting() == 0:
            return
        agent.start(0)  # it wrote a report just then


def compared(
    lane: str, site: Site, agents: Sequence[Agent], cuts: int = 0, patience: float = 90
) -> tuple[Account, bool]:
    """What came of all of it, at the collector and in its ledger of each agent; whether every figure is well.

    Of the agents' power were so many `cuts`. Store and judge may stand still for `patience` seconds.
    """
    for agent in agents:
        rest(site, agent)
    if not cuts:  # else the time for which nobody vouches then would hide what is silent
        for agent in agents:
            agent.start(0)  # reports at once: the last books are those of all that was done
        for agent in agents:
            rest(site, agent)
    result = account(site, patience)
    fate = power_agent.together([power_agent.fate(site, agent) for agent in agents])
    good = told(lane, result, missing=fate.missing)
    return result, power_agent.told(lane, fate, cuts) and good


def closing(lane: str, site: Site, agent: Agent, rounds: int, cuts: int = 0) -> bool:
    """Compare the books of a lane of one agent and so many rounds; whether every figure is well."""
    result, good = compared(lane, site, [agent], cuts)
    return row(lane, "events acknowledged", result.acknowledged, "events", at_least=rounds * ON_THE_WAY) and good
