"""Times as people write them on a command line."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from tramgac_collector.cli.complaints import Complaint
from tramgac_collector.cli.errors import Misuse
from tramgac_collector.cli.pairs import pick
from tramgac_collector.cli.words import Word, say

_SPAN: Final = re.compile(r"([0-9]{1,9})(s|m|h|d)")
_UNITS: Final = ((86_400, ("d", "ngày")), (3600, ("h", "giờ")), (60, ("min", "phút")), (1, ("s", "giây")))
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def duration(text: str, most: str = "") -> int:
    """Read 90s, 15m, 2h or 7d as seconds, `most` at most. Raises Misuse."""
    found = _SPAN.fullmatch(text)
    if found is None:
        raise Misuse(say(Complaint.BAD_SPAN, text=text))
    seconds = int(found[1]) * _SECONDS[found[2]]
    if most and seconds > duration(most):
        raise Misuse(say(Complaint.LONG_SPAN, text=text, most=most))
    return seconds


def spelled(seconds: int) -> str:
    """Give a length of time as people read it, in its two largest units: 45 s, 10 min, 3 h 20 min, 2 d 4 h."""
    for at, (size, name) in enumerate(_UNITS):
        if seconds >= size:
            rest, (small, below) = seconds % size, _UNITS[min(at + 1, len(_UNITS) - 1)]
            shown = [f"{seconds // size} {pick(name)}"]
            return " ".join([*shown, f"{rest // small} {pick(below)}"] if rest // small else shown)
    return f"0 {pick(_UNITS[-1][1])}"


def moment(text: str | None, now: datetime | None = None, *, name: str = "--since") -> str | None:
    """Read a moment, or how long ago it is, as RFC 3339 in UTC; a moment without an offset is local. Raises Misuse.

    `name`: the option that it stands behind, for what is said of it.
    """
    if text is None:
        return None
    if _SPAN.fullmatch(text):
        found = (now or datetime.now(UTC)) - timedelta(seconds=duration(text))
        return found.isoformat().replace("+00:00", "Z")
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise Misuse(say(Word.BAD_TIME, name=name, text=text)) from None
    # Nanoseconds that the text may have beyond what datetime holds are kept for the collector to read.
    return text if text.endswith("Z") else given.astimezone(UTC).isoformat().replace("+00:00", "Z")


def local(text: str | None, *, fine: bool = False) -> str:
    """Give the collector's time (RFC 3339, UTC) on this machine's clock, to the second or finer; "-" for none.

    What comes out is read by `moment`.
    """
    if not text:
        return "-"
    return datetime.fromisoformat(text).astimezone().isoformat(timespec="milliseconds" if fine else "seconds")
