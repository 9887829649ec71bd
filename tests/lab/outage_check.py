"""What an outage lane's host did, held against what the collector has and says of it. Not a lane itself."""

import json
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tramgac_collector import ingest
from tramgac_collector.demo.children import program
from tramgac_collector.demo.stage import Stage
from tramgac_collector.engine.client import connect
from tramgac_collector.paths import StatePaths
from tramgac_collector.proof.verify import open_walk
from tramgac_proto.event_pb2 import LANE_BULK
from tramgac_proto.names import parse_time, time_text

from tests.lab.auditing import TITLE
from tests.lab.outage_truth import Key, Lane, Truth

_STORED = "SELECT epoch, lane, sequence, toUnixTimestamp64Nano(time) FROM events WHERE host = {host:String}"
_COUNT = "SELECT count() FROM events WHERE host = {host:String}"
_FULL = {"spool_full"}
GIVEN_UP = "given up by the agent"
UPPER = "urgent and security events that are not at the collector"
INEXACT = "lanes whose books are not exact"


@dataclass
class Found:
    """How often something is not as it should be, by what it is; all are to be 0."""

    wrong: Counter[str] = field(default_factory=Counter)
    stored: int = 0
    missing: int = 0
    """Bulk events that were given up."""
    settled: bool = False
    """All that the agent has was acknowledged, and the collector has worked on it: nothing is wrong for haste."""

    @property
    def good(self) -> bool:
        """Nothing is wrong."""
        return not any(self.wrong.values())


def wait(stage: Stage, host: str, written: int, health: int, seconds: float) -> bool:
    """Wait until the judge has read the last health of the host, and the store holds all but what is a gap."""
    deadline = time.monotonic() + seconds
    with connect(stage.paths) as client:
        while time.monotonic() < deadline:
            count = int(client.query(_COUNT, parameters={"host": host}).result_rows[0][0])
            told = stage.client.get(f"/api/hosts/{host}/ledger")
            gone = sum(gap["count"] for gap in told["gaps"])
            if count + gone >= written and told["as_of"] == time_text(health):
                return True
            time.sleep(1)
    return False


def worked_on(paths: StatePaths) -> bool:
    """Store and judge have worked on all that is in the log."""
    head = ingest.head(paths)
    return all(ingest.worked_on(paths, name, head) for name in ("store", "judge"))


def check(stage: Stage, host: str, truth: Truth) -> Found:
    """Compare all of it."""
    found, ledger = Found(), stage.client.get(f"/api/hosts/{host}/ledger")
    times = _stored(stage.paths, host, truth, found)
    gaps = list(_gaps(ledger, found))
    for lane, wanted in truth.times.items():
        here = {number for number in range(1, len(wanted) + 1) if (*lane, number) in times}
        _lane(lane, len(wanted), here, gaps, found)
    _ledger(truth, ledger, gaps, found)
    _missed(truth, ledger, found)
    _alerts(stage, host, truth, found)
    row = next(one for one in stage.client.get("/api/hosts")["items"] if one["id"] == host)
    found.wrong["times that the host came into quarantine"] += row["quarantine"] is not None
    found.wrong["findings of two agents, though there is one"] += sum(
        one["kind"] == "two_agents" for one in row["findings"]
    )
    found.wrong["command line says other than the API"] += _command_line(stage, host) != ledger
    walk, start = open_walk(stage.paths, host=host)
    found.wrong["findings in the proof of the log"] += len(list(walk.findings(start)))
    return found


def _stored(paths: StatePaths, host: str, truth: Truth, found: Found) -> set[Key]:
    """All that is stored of the host, compared one by one."""
    names = ("events stored twice", "events stored that are not what was written")
    seen: set[Key] = set()
    found.wrong.update(dict.fromkeys(names, 0))
    with connect(paths) as client, client.query_rows_stream(_STORED, parameters={"host": host}) as rows:
        for epoch, lane, sequence, moment in rows:
            key = int(epoch), int(lane), int(sequence)
            wanted = truth.times.get(key[:2])
            found.wrong[names[0]] += key in seen
            found.wrong[names[1]] += not wanted or sequence > len(wanted) or wanted[sequence - 1] != int(moment)
            seen.add(key)
    found.stored = len(seen)
    return seen


def _gaps(ledger: dict[str, Any], found: Found) -> Iterator[tuple[Lane, range]]:
    found.wrong["gaps that the listing leaves out, or with another reason"] += ledger["gaps_total"] - len(
        ledger["gaps"]
    )
    for gap in ledger["gaps"]:
        found.wrong["gaps that the listing leaves out, or with another reason"] += gap["reason"] != GIVEN_UP
        yield (int(gap["epoch"], 16), gap["lane"]), range(gap["first"], gap["first"] + gap["count"])


def _lane(lane: Lane, count: int, here: set[int], gaps: list[tuple[Lane, range]], found: Found) -> None:
    """What of a lane is missing is what is called missing."""
    missing = set(range(1, count + 1)) - here
    told = [number for where, numbers in gaps if where == lane for number in numbers]
    if lane[1] == LANE_BULK:
        found.missing += len(missing)
    else:
        found.wrong[UPPER] += len(missing)
    found.wrong["events that are missing, and no gap says so"] += len(missing - set(told))
    found.wrong["sequences that a gap calls missing, and are not, or twice"] += len(told) - len(missing & set(told))


def _ledger(truth: Truth, ledger: dict[str, Any], gaps: list[tuple[Lane, range]], found: Found) -> None:
    """Books by epoch, lane and reason, as of the last health."""
    said = {(int(one["epoch"], 16), one["lane"]): one for one in ledger["lanes"]}
    lost: Counter[Lane] = Counter()
    for lane, numbers in gaps:
        lost[lane] += len(numbers)
    for lane, count in truth.told.items():
        one = said.get(lane)
        if one is None:
            found.wrong[INEXACT] += count > 0
            continue
        dropped = one["dropped"]
        exact = (one["emitted"], one["acked"], one["spooled"]) == (count, count - lost[lane], 0)
        exact &= sum(dropped.values()) == lost[lane] == one["gaps"] and dropped.keys() <= _FULL and one["balanced"]
        found.wrong[INEXACT] += not exact


def _missed(truth: Truth, ledger: dict[str, Any], found: Found) -> None:
    """What a power cut took lies in a time for which nobody vouches; what was too large is counted."""
    periods = [(parse_time(one["first"]), parse_time(one["last"])) for one in ledger["missed_periods"]]
    uncovered = [moment for moment in truth.torn if not any(first <= moment <= last for first, last in periods)]
    found.wrong["events that a power cut took, told by no period"] += len(uncovered)
    counted = int(ledger["missed"].get("sensor_error", 0))
    found.wrong["events that are too large for a batch, not counted"] += abs(counted - truth.refused)


def _alerts(stage: Stage, host: str, truth: Truth, found: Found) -> None:
    times: Counter[Key] = Counter()
    for alert in stage.client.lines("/api/alerts/export", status="all", limit=1_000_000):
        if alert["host"] == host and alert["rule"]["title"] == TITLE:
            times.update((int(one["epoch"], 16), one["lane"], one["sequence"]) for one in alert["events"])
    found.wrong["attacks without an alert, or with two"] += sum(times[key] != 1 for key in truth.planted)


def _command_line(stage: Stage, host: str) -> Any:
    command = (program("tramgac"), "hosts", "show", host, "--ledger", "--json", "--state", str(stage.state))
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
