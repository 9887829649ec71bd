"""What a host's sensors lost before it had a number: events that were counted, and time of which nobody can say."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from tramgac_proto.names import time_text

from tramgac_collector.schema import MissedRow
from tramgac_collector.vocabulary import ON_PURPOSE

PERIODS_SHOWN = 100
"""Newest losses that a listing shows of one host."""
_NS = 1_000_000_000


def missed(rows: Sequence[MissedRow]) -> dict[str, Any]:
    """Return the losses of a host as its listing has them.

    ``missed``: events by class, 0 where nobody can say; what was left out on purpose is among them, and in none of the
    others. ``missed_seconds``: by class, how long nobody could count, in whole seconds, time that was told twice once.
    ``missed_periods``: the newest losses, oldest first: class, capability ("" for all), count (None where nobody can
    say), first, last, seconds. ``missed_periods_total``: how many there are.
    """
    counts: Counter[str] = Counter()
    blind: dict[str, list[MissedRow]] = {}
    for row in rows:
        counts[row.class_name] += row.count
        if not row.count and row.class_name not in ON_PURPOSE:
            blind.setdefault(row.class_name, []).append(row)
    told = sorted((row for row in rows if row.class_name not in ON_PURPOSE), key=lambda row: (row.first, row.last))
    return {
        "missed": dict(sorted(counts.items())),
        "missed_seconds": {name: _seconds(_together(blind[name])) for name in sorted(blind)},
        "missed_periods": [_period(row) for row in told[-PERIODS_SHOWN:]],
        "missed_periods_total": len(told),
    }


def _together(rows: Iterable[MissedRow]) -> int:
    """Nanoseconds that are in at least one of the periods."""
    covered = until = 0
    for row in sorted(rows, key=lambda row: row.first):
        covered += max(0, row.last - max(row.first, until))
        until = max(until, row.last)
    return covered


def _seconds(nanoseconds: int) -> int:
    """Whole seconds, rounded up: a time that nobody watched is never told as none."""
    return -(-nanoseconds // _NS)


def _period(row: MissedRow) -> dict[str, Any]:
    times = {"first": time_text(row.first), "last": time_text(row.last)}
    length = _seconds(max(0, row.last - row.first))
    kind = {"class": row.class_name, "capability": row.capability, "count": row.count or None}
    return {**kind, **times, "seconds": length}
