"""`./dev lab recall`: what rules find in public recordings of attacks, public ones alone and with ours.

Needs TRAMGAC_TEST_DATA, the folder with public rules and recordings. A labelled recording counts as matched if a rule
that fires names one of its techniques, or the one above or below it. Each figure is given for the odd half, on which
rules were written, and the even one, on which they are scored (recordings.py says which is which). `--quick` leaves
the largest recordings out and judges nothing; `--rules` lists what each of ours gives, and what the odd half misses.
"""

import os
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.lab import recordings
from tests.lab.judged import Alert, RuleSet, techniques, told
from tests.lab.recordings import Recording
from tests.lab.rows import note, row

PUBLIC = ("sigma/rules/windows", "sigma/rules-emerging-threats", "sigma/rules-threat-hunting/windows")
OURS = Path(__file__).parents[2] / "rules/content/sigma"
LANE = "recall"
WANTED, ALLOWED_GAP, QUICK_BYTES = 43, 10, 400_000


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of one recording: alerts of the public rules and of ours, and its events."""

    recording: Recording
    public: list[Alert]
    ours: list[Alert]
    events: int

    @property
    def both(self) -> list[Alert]:
        """Alerts of all rules."""
        return [*self.public, *self.ours]


Alerts = Callable[[Seen], list[Alert]]
Hit = Callable[[Seen, Sequence[Alert]], bool]
SIDES: tuple[tuple[str, Alerts], ...] = (
    ("public rules", lambda seen: seen.public),
    ("with ours", lambda seen: seen.both),
    ("ours alone", lambda seen: seen.ours),
    ("ours, promoted", lambda seen: [alert for alert in seen.ours if alert.promoted]),
)


def halves(every: Sequence[Seen]) -> tuple[tuple[str, list[Seen]], ...]:
    """Return all, the odd and the even ones, each with its name."""
    odd = [seen for seen in every if seen.recording.odd]
    even = [seen for seen in every if not seen.recording.odd]
    return ("all", list(every)), ("odd", odd), ("even", even)


def matched(seen: Seen, alerts: Sequence[Alert]) -> bool:
    """Whether the alerts tell what the recording shows."""
    return told(seen.recording.techniques, techniques(alerts))


def loud(alerts: Sequence[Alert]) -> list[Alert]:
    """Return the alerts of at least medium."""
    return [alert for alert in alerts if alert.loud]


def found(what: str, unit: str, every: Sequence[Seen], hit: Hit, *, least: int | None = None, gap: int | None) -> bool:
    """Print how many recordings each side hits, and with ours how far the even half stays behind the odd one.

    `least`: of all, with ours; `gap`: so many points at most.
    """
    good = True
    for side, alerts in SIDES:
        shares = {}
        for half, part in halves(every):
            count = sum(hit(seen, alerts(seen)) for seen in part)
            shares[half] = 100 * count / max(len(part), 1)
            wanted = least if (side, half) == ("with ours", "all") else None
            good &= row(LANE, f"{what}, {side}, {half}", count, f"of {len(part)} {unit}", at_least=wanted)
        behind = round(shares["odd"] - shares["even"], 1)
        allowed = gap if side == "with ours" else None
        good &= row(LANE, f"{what}, {side}, odd less even", behind, "points", at_most=allowed)
    return good


def noise(every: Sequence[Seen], most: float | None) -> bool:
    """Alerts of at least medium per 1,000 events of whole hosts; ours also grouped by rule, host and cause: `most`."""
    good = True
    for half, part in halves(every):
        events = sum(seen.events for seen in part)
        for side, alerts in (SIDES[0], SIDES[3]):
            count = sum(len(loud(alerts(seen))) for seen in part)
            row(LANE, f"alerts, {side}, {half}", round(1000 * count / events, 3), "per 1,000 events")
        groups = sum(len({alert.key for alert in loud(SIDES[3][1](seen))}) for seen in part)
        rate = round(1000 * groups / events, 3)
        bound = most if half == "all" else None
        good &= row(LANE, f"alerts, ours, promoted, grouped, {half}", rate, "per 1,000 events", at_most=bound)
    return good


def tell(every: Sequence[Seen]) -> None:
    """List our rules by how often they fire, and what nothing tells in the odd half."""
    count = Counter((alert.rule.title, alert.rule.level) for seen in every for alert in seen.ours)
    for (title, level), number in count.most_common():
        note(f"{number:6}  {level:<13} {title}")
    for seen in every:
        labels, name = seen.recording.techniques, seen.recording.name
        if seen.recording.odd and (not matched(seen, seen.both) if labels else not loud(seen.both)):
            note(f"missed: {name} {' '.join(sorted(labels))}")


def main(arguments: list[str]) -> int:
    """All figures; 0 if every one is ok."""
    given = os.environ.get("TRAMGAC_TEST_DATA")
    if not given:
        note("lab recall: TRAMGAC_TEST_DATA names no folder with public rules and recordings")
        return 2
    data, quick = Path(given), "--quick" in arguments
    public, ours = RuleSet([data / name for name in PUBLIC]), RuleSet([OURS])

    def seen(recording: Recording) -> Seen:
        alerts, events = public.alerts(recording)
        return Seen(recording, alerts, ours.alerts(recording)[0], events)

    def small(recording: Recording) -> bool:
        return not quick or recording.path.stat().st_size < QUICK_BYTES

    hosts = [seen(each) for each in recordings.labelled(data) if small(each)]
    attacks = [seen(each) for each in recordings.samples(data) if small(each)]
    known, gap = [each for each in hosts if each.recording.techniques], None if quick else ALLOWED_GAP
    good = found("labelled", "recordings", known, matched, least=None if quick else WANTED, gap=gap)
    good &= found("files", "files", attacks, lambda _seen, alerts: bool(loud(alerts)), gap=gap)
    good &= noise(hosts, None if quick else 1)
    if "--rules" in arguments:
        tell([*hosts, *attacks])
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
