"""What became of an agent whose machine lost its power: stored, or told of, and no sequence given twice.

What was not yet safe in the spool is gone. Of sequences that the agent still knows of, the collector tells a gap; the
rest it cannot know of, and tells for how long nobody vouches for what happened. Not a lane itself: power.py asks.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from tramgac_collector.ca import identify
from tramgac_collector.engine.client import connect
from tramgac_proto.names import parse_time

from tests.lab.auditing import Key
from tests.lab.rows import note, row
from tests.lab.site import Agent, Site

SEVERAL = 3
"""After so many cuts something was lost: the spool syncs every five seconds, and one cut may come right after it."""
_STORED = "SELECT lower(leftPad(hex(epoch), 16, '0')), lane, sequence FROM events WHERE host = {host:String}"


@dataclass(frozen=True)
class Fate:
    """Of all events that an agent gave a sequence."""

    given_twice: int
    """Sequences that were given to two events."""
    stored: int
    missing: int
    """Sequences of which the collector says that they will not come."""
    wrongly: int
    """Those of them that are stored, or were never given."""
    unvouched: int
    """Neither stored nor called missing, in a time for which nobody vouches, as the collector says."""
    silent: int
    """Neither stored nor told of."""
    off: int
    """Lanes whose last books are not exact."""


def fate(site: Site, agent: Agent) -> Fate:
    """Compare the truth with what the collector stores and says of this host."""
    host = identify((agent.state / "identity/certificate.pem").read_bytes()).host
    found = connect(site.stage.paths).query(_STORED, parameters={"host": host}).result_rows
    stored: set[Key] = {(str(epoch), int(lane), int(sequence)) for epoch, lane, sequence in found}
    said: dict[str, Any] = site.stage.client.get(f"/api/hosts/{host}/ledger")
    assert len(said["gaps"]) == said["gaps_total"]
    missing = {
        (gap["epoch"], int(gap["lane"]), number)
        for gap in said["gaps"]
        for number in range(gap["first"], gap["first"] + gap["count"])
    }
    times, given = agent.times(), Counter(one[:3] for one in agent.written())
    periods = [(parse_time(one["first"]), parse_time(one["last"])) for one in said["missed_periods"]]
    gone = [times[key] for key in given if key not in stored and key not in missing]
    unvouched = sum(any(first <= time <= last for first, last in periods) for time in gone)
    return Fate(
        given_twice=sum(count > 1 for count in given.values()),
        stored=len(stored),
        missing=len(missing),
        wrongly=len(missing & stored) + len(missing - given.keys()),
        unvouched=unvouched,
        silent=len(gone) - unvouched,
        off=sum(_off(lane, stored, missing) for lane in said["lanes"]),
    )


def _off(lane: dict[str, Any], stored: set[Key], missing: set[Key]) -> bool:
    """Whether a lane's books as the host last told them leave anything open, or say other than what is there.

    What is called dropped there may have arrived, if a power cut took the acknowledgement: then it is no gap.
    """
    keys = {(lane["epoch"], lane["lane"], number) for number in range(1, lane["emitted"] + 1)}
    here, lost = len(keys & stored), len(keys & missing)
    dropped, open_end = sum(lane["dropped"].values()), lane["spooled"]
    exact = lane["acked"] <= here <= lane["acked"] + dropped + open_end and lost <= dropped
    return not (lane["balanced"] and exact and here + lost == lane["emitted"])


def told(lane: str, result: Fate, cuts: int) -> bool:
    """Print it; whether nothing is silent."""
    note(f"{lane}: of the agent, after {cuts} cuts of its power: {result}")
    figures = {
        "sequences given to two events": (result.given_twice, "sequences"),
        "sequences called missing that are there": (result.wrongly, "events"),
        "events neither stored nor told of": (result.silent, "events"),
        "lanes whose last books are not exact": (result.off, "lanes"),
    }
    good = [row(lane, f"agent: {what}", value, unit, at_most=0) for what, (value, unit) in figures.items()]
    lost, least = result.missing + result.unvouched, 1 if cuts >= SEVERAL else None
    good.append(row(lane, f"agent: events lost in {cuts} cuts of its power, all told", lost, "events", at_least=least))
    return all(good)
