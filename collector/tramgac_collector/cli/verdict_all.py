"""One verdict for all open alerts that some filters let through: asked before, shown while it goes on."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tramgac_collector.cli.complaints import Complaint
from tramgac_collector.cli.cut import number
from tramgac_collector.cli.errors import Failed, Misuse
from tramgac_collector.cli.headings import Heading
from tramgac_collector.cli.misuse import choose
from tramgac_collector.cli.options import tell, write
from tramgac_collector.cli.pairs import say
from tramgac_collector.cli.verdict_words import VerdictWord
from tramgac_collector.vocabulary import REASONED, VERDICTS
from tramgac_collector.vocabulary_words import in_words

if TYPE_CHECKING:
    from tramgac_collector.cli.client import Client

_YES = frozenset(("y", "yes", "c", "co", "có"))


def require(verdict: str, note: str) -> None:
    """Raise Misuse for what is no verdict, or needs a reason."""
    choose("VERDICT", verdict, VERDICTS, "verdict")
    if verdict in REASONED and not note.strip():
        raise Misuse(say(Complaint.REASON_MISSING, verdict=verdict))


def close(client: Client, asked: Mapping[str, str], verdict: str, note: str, *, yes: bool, json: bool) -> None:
    """Close them, asking first unless `yes`. Raises Misuse, Failed."""
    found = client.get("/api/alerts", status="open", **asked, limit=1, known="true")
    total: int = found["total"]
    if not total and not json:
        tell(VerdictWord.NOTHING_OPEN)
        return
    if total and not yes:
        _ask(total, asked, verdict)
    order = {**asked, "verdict": verdict, "note": note, "until": found["time"]}
    decided, left = _all(client, order, total)
    changed = max(0, total - decided - left)
    if json:
        write({"verdict": verdict, "decided": decided, "changed": changed, "left": left, "until": found["time"]})
    else:
        tell(VerdictWord.CLOSED, count=number(decided), verdict=in_words("verdict", verdict))
        if changed:
            tell(VerdictWord.CHANGED, count=number(changed))
    if left:
        raise Failed(say(VerdictWord.STILL_OPEN, count=number(left)))


def _ask(total: int, asked: Mapping[str, str], verdict: str) -> None:
    if not sys.stdin.isatty():
        raise Misuse(say(VerdictWord.NOBODY_TO_ASK, count=number(total)))
    which = ", ".join(_filters(asked)) or say(VerdictWord.EVERY_ONE)
    sys.stderr.write(say(VerdictWord.ASK, count=number(total), which=which, verdict=in_words("verdict", verdict)))
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in _YES:
        raise Failed(say(VerdictWord.NOT_CLOSED))


def _filters(asked: Mapping[str, str]) -> Iterator[str]:
    """Yield each filter in words: severity high, host pc-1."""
    for name, value in asked.items():
        parts = (in_words("level", part) for part in value.split(","))
        if value:
            yield f"{say(Heading[name.upper()]).lower()} {','.join(parts) if name == 'severity' else value}"


def _all(client: Client, order: Mapping[str, Any], total: int) -> tuple[int, int]:
    """Give how many were decided, and how many are left where it does not go on."""
    from tramgac_collector.matching.progress import Progress

    bar, decided = Progress(total, sys.stderr, sys.stdout), 0
    try:
        while True:
            done = client.send("/api/alerts/verdict", order)
            decided += done["decided"]
            bar.at(decided, decided, total)
            if not done["left"] or not done["decided"]:
                return decided, done["left"]
    finally:
        bar.end()
