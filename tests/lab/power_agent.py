"""What became of an agent whose machine lost its power: stored, or told of, and no sequence given twice.

What was not yet safe in the spool is gone. Of sequences that the agent still knows of, the collector tells a gap; the
rest it cannot know of, and tells for how long nobody vouches for what happened. Not a lane itself: power.py asks.
"""

import time
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Any

from tramgac_collector import ingest
from tramgac_collector.ca import identify
from tramgac_collector.engine.client import connect
from tramgac_proto.names import parse_time, time_text

from tests.lab.auditing import Key
from tests.lab.generator import HEALTH
from tests.lab.rows import note, row
from tests.lab.site import Agent, Site

SEVERAL = 3
"""After so many cuts something was lost: the spool syncs every five seconds, and one cut may come right after it."""
READ_S = 60
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
    unread: int
    """1 if the ledger is not that of the last report."""


def fate(site: Site, agent: Agent) -> Fate:
    """Compare the truth with what the collector stores and says of this host."""
    host = identify((agent.state / "identity/certificate.pem").read_bytes()).host
    times, written = agent.times(), agent.written()
    reported = time_text(max(times[one[:3]] for one in written if one[3] == HEALTH))
    said = _ledger(site, host, reported)
    found = connect(site.stage.paths).query(_STORED, parameters={"host": host}).result_rows
    stored: set[Key] = {(str(epoch), int(lane), int(sequence)) for epoch, lane, sequence in found}
    assert len(said["gaps"]) == said["gaps_total"]
    missing = {
        (gap["epoch"], int(gap["lane"]), number)
        for gap in said["gaps"]
        for number in range(gap["first"], gap["first"] + gap["count"])
    }
    given = {one[:3] for one in written}
    periods = [(parse_time(one["first"]), parse_time(one["last"])) for one in said["missed_periods"]]
    gone = [times[key] for key in given if key not in stored and key not in missing]
    unvouched = sum(any(first <= moment <= last for first, last in periods) for moment in gone)
    return Fate(
        given_twice=agent.given_twice(),
        stored=len(stored),
        missing=len(missing),
        wrongly=len(missing & stored) + len(missing - given),
        unvouched=unvouched,
        silent=len(gone) - unvouched,
        off=sum(_off(lane, stored, missing) for lane in said["lanes"]),
        unread=int(said["as_of"] != reported),
    )


def together(fates: Sequence[Fate]) -> Fate:
    """That of several agents: none hides another's, since all but `stored` count what should not be."""
    return Fate(*map(sum, zip(*map(astuple, fates), strict=True)))


def _ledger(site: Site, host: str, reported: str) -> dict[str, Any]:
    """What the collector says of the host's books, once judge and store have the report of that time."""
    paths, deadline = site.stage.paths, time.monotonic() + READ_S
    while True:
        said: dict[str, Any] = site.stage.client.get(f"/api/hosts/{host}/ledger")
        read = said["as_of"] == reported and ingest.worked_on(paths, "store", ingest.head(paths))
        if read or time.monotonic() > deadline:
            return said
        time.sleep(0.2)


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
    """Print it; whether nothing is silent, and nothing lost without a cut."""
    note(f"{lane}: of the agent, after {cuts} cuts of its power: {result}")
    figures = {
        "sequences given to two events": (result.given_twice, "sequences"),
        "sequences called missing that are there": (result.wrongly, "events"),
        "events neither stored nor told of": (result.silent, "events"),
        "lanes whose last books are not exact": (result.off, "lanes"),
        "last reports that the ledger does not know": (result.unread, "reports"),
    }
    good = [row(lane, f"agent: {what}", value, unit, at_most=0) for what, (value, unit) in figures.items()]
    lost, what = result.missing + result.unvouched, f"agent: events lost in {cuts} cuts of its power, all told"
    least, most = 1 if cuts >= SEVERAL else None, None if cuts else 0
    return row(lane, what, lost, "events", at_least=least, at_most=most) and all(good)
