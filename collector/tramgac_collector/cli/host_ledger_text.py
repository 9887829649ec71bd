"""A host's ledger for people: complete or not and why, then what became of its events, lane by lane."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from tramgac_collector.cli.cut import tell_some
from tramgac_collector.cli.host_text import MISSED_HEADS, classes, period
from tramgac_collector.cli.host_words import named
from tramgac_collector.cli.ledger_words import LedgerWord, word
from tramgac_collector.cli.pairs import say
from tramgac_collector.cli.said import said
from tramgac_collector.cli.terminal import table
from tramgac_collector.cli.times import local, spelled

_LANES = (
    LedgerWord.HEAD_EPOCH,
    LedgerWord.HEAD_LANE,
    LedgerWord.HEAD_EMITTED,
    LedgerWord.HEAD_ACKED,
    LedgerWord.HEAD_SPOOLED,
    LedgerWord.HEAD_DROPPED,
    LedgerWord.HEAD_RESENT,
    LedgerWord.HEAD_GONE,
    LedgerWord.HEAD_GAPS,
    LedgerWord.HEAD_SIGNED,
    LedgerWord.HEAD_AS_OF,
)
_MADE, _LATER = ("emitted", "acked", "spooled"), ("resent", "gone")
_GAPS = (
    LedgerWord.HEAD_EPOCH,
    LedgerWord.HEAD_LANE,
    LedgerWord.HEAD_FIRST,
    LedgerWord.HEAD_LAST,
    LedgerWord.HEAD_NOTICED,
    LedgerWord.HEAD_WHY,
)


def write_ledger(row: Mapping[str, Any]) -> None:
    """Write a ledger on stdout."""
    sys.stdout.write(_first(row) + "\n")
    names = {lane["lane"]: lane["name"] for lane in row["lanes"]}
    lanes = [_lane(lane) for lane in row["lanes"]]
    gaps = [_gap(gap, names) for gap in row["gaps"]]
    missed = [period(one) for one in row["missed_periods"]]
    for heads, rows in ((_LANES, lanes), (_GAPS, gaps), (MISSED_HEADS, missed)):
        if rows:
            sys.stdout.write("\n")
            table(rows, heads=[say(head) for head in heads])
    tell_some(len(gaps), row["gaps_total"])
    tell_some(len(missed), row["missed_periods_total"])


def _first(row: Mapping[str, Any]) -> str:
    """Say whether all is here, or why not. Time that nobody watched is no event that is known to be missing."""
    spent = row["missed_seconds"]
    unwatched = ", ".join(f"{named('class', name)} {spelled(length)}" for name, length in spent.items())
    told = {"as_of": local(row["as_of"]), "name": row["name"], "unwatched": unwatched}
    match row["why_not"]:
        case []:
            return say(LedgerWord.COMPLETE, **told)
        case ["unwatched"]:
            return say(LedgerWord.UNWATCHED, **told)
    why = [word("why", name) + (f" ({unwatched})" if name == "unwatched" else "") for name in row["why_not"]]
    return say(LedgerWord.NOT_COMPLETE, **told, why=", ".join(why))


def _lane(lane: Mapping[str, Any]) -> list[object]:
    dropped = classes(lane["dropped"])
    if not lane["balanced"]:
        dropped += f" ({say(LedgerWord.UNBALANCED)})"
    made, later = ([_number(lane[name]) for name in names] for names in (_MADE, _LATER))
    signed = lane["signed"]
    told = "-" if signed is None else f"{signed['sequence']} ({local(signed['time'])})"
    place = [lane["epoch"], word("lane", lane["name"])]
    return [*place, *made, dropped, *later, lane["gaps"], told, local(lane["time"])]


def _number(count: int | None) -> object:
    return "-" if count is None else count


def _gap(gap: Mapping[str, Any], names: Mapping[int, str]) -> list[object]:
    place = [gap["epoch"], word("lane", names.get(gap["lane"], str(gap["lane"])))]
    return [*place, gap["first"], gap["first"] + gap["count"] - 1, local(gap["noticed"]), said(gap["reason"])]
