"""Ends a lane of one collector and one agent: both at rest, then all books are compared. Not a lane itself."""

from tests.lab import power_agent
from tests.lab.auditing import account, told
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


def closing(lane: str, site: Site, agent: Agent, rounds: int, cuts: int = 0) -> bool:
    """What came of all of it, at the collector and in its ledger of the agent, of whose power were so many cuts."""
    rest(site, agent)
    if not cuts:  # else the time for which nobody vouches then would hide what is silent
        agent.start(0)  # reports at once: the last books are those of all that was done
        rest(site, agent)
    result = account(site)
    fate = power_agent.fate(site, agent)
    good = told(lane, result, missing=fate.missing)
    good &= row(lane, "events acknowledged", result.acknowledged, "events", at_least=rounds * ON_THE_WAY)
    return power_agent.told(lane, fate, cuts) and good
