"""One host for people: what it is, whether everything of its is here, what it sees and what was odd."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any

from tramgac_collector import quarantine_words
from tramgac_collector.cli.cut import tell_first, tell_some
from tramgac_collector.cli.headings import Cell, Heading
from tramgac_collector.cli.host_words import named
from tramgac_collector.cli.pairs import pick, say
from tramgac_collector.cli.said import reasoned, said
from tramgac_collector.cli.terminal import table
from tramgac_collector.cli.times import local, spelled
from tramgac_collector.vocabulary import ON_PURPOSE

_SENSORS = (Heading.CAPABILITY, Heading.RUNG, Heading.STATE, Heading.WHY)
MISSED_HEADS = (Heading.FROM, Heading.UNTIL, Heading.HOW_LONG, Heading.WHY_MISSED, Heading.CAPABILITY, Heading.EVENTS)
_PARKED = (Heading.RULES_PARKED, Heading.FROM, Heading.WHY_MISSED)
_FINDINGS = (Heading.LAST, Heading.TIMES, Heading.FINDING)

_SHOWN = 20
"""Newest losses that are written for people; programs get more."""


def standing(row: Mapping[str, Any]) -> str:
    """Tell whether a host is connected, or may not be."""
    if row["active"] and row["quarantine"]:
        return say(Cell.QUARANTINED)
    connected = Cell.YES if row["connected"] else Cell.NO
    return say(connected if row["active"] else Cell.REVOKED)


def rules(row: Mapping[str, Any]) -> str:
    """Tell which bundle a host has in force, which one it would not take, and how many rules it parked."""
    version, refused, parked = row["bundle"], row["content_refused"], row["parked"]["total"]
    told = say(Cell.RULES_REFUSED, version=version, refused=refused) if refused else str(version)
    return f"{told}, {say(Cell.RULES_PARKED, count=parked)}" if parked else told


def lost(row: Mapping[str, Any]) -> str:
    """Tell how many events of a host were dropped or missed, and for how long nobody watched it.

    What its own policy left out is no loss.
    """
    kept = row["completeness"]
    missed, _ = _parted(kept["missed"])
    count = sum(kept["dropped"].values()) + sum(missed.values())
    unwatched = sum(kept["missed_seconds"].values())
    return say(Cell.LOST_AND_UNWATCHED, lost=count, time=spelled(unwatched)) if unwatched else str(count)


def write_host(row: Mapping[str, Any]) -> None:
    """Write all that is known of a host on stdout."""
    table((say(head), value) for head, value in _facts(row))
    sensors = [_sensor(sensor) for sensor in row["sensors"]]
    findings = [[local(found["last"]), found["count"], _finding(found)] for found in row["findings"]]
    missed = [period(one) for one in row["completeness"]["missed_periods"][-_SHOWN:]]
    parked = [[one["rule"], local(one["since"]), said(one["reason"])] for one in row["parked"]["rules"]]
    for heads, rows in ((_SENSORS, sensors), (_PARKED, parked), (MISSED_HEADS, missed), (_FINDINGS, findings)):
        if rows:
            sys.stdout.write("\n")
            table(rows, heads=[say(head) for head in heads])
        if heads is MISSED_HEADS:
            tell_some(len(rows), row["completeness"]["missed_periods_total"])
        if heads is _PARKED:
            tell_first(len(rows), row["parked"]["total"])


def _sensor(sensor: Mapping[str, Any]) -> list[object]:
    why = "; ".join(map(reasoned, str(sensor["why"]).splitlines()))  # a line a rung
    return [named("cap", sensor["capability"]), sensor["rung"], named("sensor", sensor["state"]), why]


def _finding(found: Mapping[str, Any]) -> str:
    return f"{named('finding', found['kind'])}: {said(found['detail'])}"


def _facts(row: Mapping[str, Any]) -> Iterator[tuple[Heading, object]]:
    kept = row["completeness"]
    missed, filtered = _parted(kept["missed"])
    yield Heading.ID, row["id"]
    yield Heading.NAME, row["name"]
    yield Heading.SYSTEM, row["os_name"] or row["os"]
    yield Heading.AGENT, row["agent_version"]
    yield Heading.SITE, row["site"]
    yield Heading.CONNECTED, standing(row)
    if held := row["quarantine"]:
        why = quarantine_words.REASONS.get(held["reason"])
        told = {"until": local(held["until"]), "why": pick(why) if why else held["reason"], "detail": held["detail"]}
        yield Heading.QUARANTINE, say(Cell.UNTIL_BECAUSE, **told)
    yield Heading.ADDRESS, row["address"]
    yield Heading.LAST_SEEN, local(row["last_seen"])
    if row["last_words"]:
        yield Heading.STOPPED, said(row["last_words"])
    yield Heading.ENROLLED, local(row["enrolled"])
    yield Heading.CLOCK, f"{row['skew_ms'] / 1000:+.1f} s"
    yield Heading.RULES, row["bundle"]
    if row["content_refused"]:
        yield Heading.RULES_REFUSED, f"{row['content_refused']}: {said(named('refused', row['content_reason']))}"
    if row["parked"]["total"]:
        yield Heading.RULES_PARKED, row["parked"]["total"]
    yield Heading.ACKED, f"{kept['acked']}/{kept['emitted']}"
    yield Heading.WAITING, kept["spooled"]
    yield Heading.DROPPED, classes(kept["dropped"])
    for heading, name in ((Heading.RESENT, "resent"), (Heading.GONE, "gone")):
        if kept[name]:
            yield heading, kept[name]
    yield Heading.MISSED, _missed(missed, kept["missed_seconds"])
    yield Heading.FILTERED, filtered
    yield Heading.GAPS, kept["gaps_total"]
    yield Heading.AS_OF, local(kept["as_of"])


def _parted(counts: Mapping[str, int]) -> tuple[dict[str, int], int]:
    """Give what was missed by class, and how much was left out on purpose."""
    missed = {name: count for name, count in counts.items() if name not in ON_PURPOSE}
    return missed, sum(counts.values()) - sum(missed.values())


def _missed(counts: Mapping[str, int], seconds: Mapping[str, int]) -> str:
    """Give events of the classes that were counted, and the time of those of which nobody can say."""
    counted = {name: count for name, count in counts.items() if count or name not in seconds}
    told = [classes(counted)] if counted else []
    return ", ".join([*told, *(f"{named('class', name)} {spelled(length)}" for name, length in seconds.items())]) or "0"


def period(one: Mapping[str, Any]) -> list[object]:
    """Give the cells of one loss, below MISSED_HEADS."""
    events = say(Cell.UNCOUNTED) if one["count"] is None else one["count"]
    times = [local(one["first"]), local(one["last"]), spelled(one["seconds"])]
    return [*times, named("class", one["class"]), named("cap", one["capability"]) or "-", events]


def classes(by_class: Mapping[str, int]) -> str:
    """Give counts by class in the person's language."""
    return ", ".join(f"{named('class', name)} {count}" for name, count in by_class.items()) or "0"
