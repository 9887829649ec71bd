"""From windows of correlations to alerts: with copies of their events, and the steps as why."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from tramgac_rules.correlation.extract import Correlations
from tramgac_rules.correlation.model import Correlation, EventId, Match, Window, event_text
from tramgac_rules.correlation.steps import steps
from tramgac_rules.explain import Condition

from tramgac_collector import alert_stages, held_back, rule_counts
from tramgac_collector.alerts import Detection, EventCopy
from tramgac_collector.correlation_schema import MemberEventRow
from tramgac_collector.exceptions import JUDGED, Exceptions
from tramgac_collector.held_back import Held
from tramgac_collector.judging.allowance import Allowance
from tramgac_collector.judging.correlation_rows import ControlRows
from tramgac_collector.judging.detect import condition_json, rule_json
from tramgac_collector.judging.writing import site
from tramgac_collector.rule_counts import Met
from tramgac_collector.rule_states import ALERT, OFF, States
from tramgac_collector.schema import AlertRow

EVENTS = 200
"""Most copies of events in an alert; `count` in its why says how many there were."""


def write_alerts(
    s: Session,
    correlations: Correlations,
    rows: ControlRows,
    hostname: Callable[[str], str],
    now: int,
    states: States | None = None,
    allowance: Allowance | None = None,
    exceptions: Exceptions | None = None,
) -> Counter[str]:
    """Write what became of windows into their alerts; return what was done. `hostname`: a host's name by its id.

    One whose correlation is not to alert (`states`), whose events all meet an exception, or whose first host made too
    many today (`allowance`), raises none and is counted; an alert that is there already is amended whatever holds now.
    """
    rows.flush()
    states, allowance, exceptions = states or States(), allowance or Allowance(), exceptions or Exceptions()
    counts: Counter[str] = Counter()
    _count(s, correlations, rows, states, now)
    for (index, number), (window, final, instead) in rows.told.items():
        correlation = correlations.all[index]
        if not window.fired or correlation.rule.id in correlations.quiet:
            continue
        if final is None:
            counts["correlations_withdrawn"] += alert_stages.withdraw(s, number, instead, now)
            held_back.release(s, number)
            continue
        host = window.first.event[0]
        known = s.get(AlertRow, number) is not None
        if not known and states.of(correlation.rule.id, site(s, host)) != ALERT:
            continue
        name, copies = hostname(host), _copies(s, correlations, rows, index, window)
        if not copies:  # of a chain that is provisional: another judge took back what it is of
            continue
        told, rule = [*_why(correlation, window, correlations, name)], correlation.rule
        detection = Detection(rule_json(rule), rule.digest, copies, told, number, window.last.time)
        if not known and (which := _exception(s, correlations, rows, (index, window), exceptions, counts, now)):
            counts["alerts_held_back"] += held_back.write(s, [Held(which, detection, name, correlated=True)], now)
        else:
            _raise(s, detection, name, now, allowance, counts, known=known, final=final)
    return counts


def _raise(
    s: Session,
    detection: Detection,
    name: str,
    now: int,
    allowance: Allowance,
    counts: Counter[str],
    *,
    known: bool,
    final: bool,
) -> None:
    """Raise or amend an alert; it was held back once, say, before its exception ended: then it was not after all."""
    if not known:
        held_back.release(s, detection.number)
        if not allowance.alert(s, detection, now):
            counts["alerts_over_limit"] += final
            allowance.tell(s, detection, name, now)
            return
    new = alert_stages.put(s, detection, name, now, final=final)
    counts["alerts"] += new
    if new:
        allowance.raised(s, detection)


def _count(s: Session, correlations: Correlations, rows: ControlRows, states: States, now: int) -> None:
    """Count firings that are final: under their first member, which makes them what they are."""
    met: Counter[Met] = Counter()
    for (index, first), count in rows.fired.items():
        rule, host = correlations.all[index].rule.id, first.event[0]
        if states.of(rule, site(s, host)) != OFF:
            met[rule, first.time, host] += count
    rule_counts.add(s, met, now)


def _why(
    correlation: Correlation, window: Window, correlations: Correlations, hostname: str
) -> Iterable[dict[str, Any]]:
    """Yield the steps; a host's name stands for its id."""
    host = window.group[0] if correlation.by_host else None
    for step in steps(correlation, window, correlations.titles):
        if step.selection == "group-by" and step.value == host:
            yield condition_json(Condition(step.selection, step.field, hostname or step.value, step.pattern))
        else:
            yield condition_json(step)


def _exception(
    s: Session,
    correlations: Correlations,
    rows: ControlRows,
    told: tuple[int, Window],
    exceptions: Exceptions,
    counts: Counter[str],
    now: int,
) -> int:
    """Return which exception all events of a window meet, 0 for none; none where one of them is no longer known."""
    index, window = told
    rule = correlations.all[index].rule.id
    if not exceptions.concern(rule):
        return 0
    wanted = {event_text(match.event) for match in _events(correlations, rows, index, window)}
    copies = list(_found(s, wanted).values()) if len(wanted) <= JUDGED else []
    if len(copies) < len(wanted):
        counts["exceptions_unsure"] += 1
        return 0
    return exceptions.holds(rule, copies, lambda host: site(s, host), now, counts)


def _found(s: Session, wanted: Collection[str]) -> dict[str, EventCopy]:
    query = select(MemberEventRow.event, MemberEventRow.copy).where(MemberEventRow.event.in_(wanted))
    return {event: EventCopy.from_json(copy) for event, copy in s.execute(query)}


def _copies(s: Session, correlations: Correlations, rows: ControlRows, index: int, window: Window) -> list[EventCopy]:
    """Return copies of the events of a window; those of a correlation that is a member of another in its place."""
    members = {event_text(match.event): match for match in _events(correlations, rows, index, window)}
    wanted = [*members][:EVENTS]
    found = _found(s, wanted)
    return [found[text] if text in found else _gone(members[text]) for text in wanted]


def _events(correlations: Correlations, rows: ControlRows, index: int, window: Window) -> Iterable[Match]:
    """Yield the matches of events below a window."""
    correlation = correlations.all[index]
    for match in window.members:
        own = _own_id(match.event)
        if own is None:
            yield match
            continue
        earlier = _referred(correlations, correlation, match)
        below = rows.window(earlier, own)
        if below is not None:
            yield from _events(correlations, rows, earlier, below)


def stands(correlations: Correlations, rows: ControlRows, index: int, match: Match) -> bool:
    """Tell whether the fired correlation that a match stands for is still there: it may have been withdrawn."""
    own = _own_id(match.event)
    return own is None or rows.window(_referred(correlations, correlations.all[index], match), own) is not None


def _referred(correlations: Correlations, correlation: Correlation, match: Match) -> int:
    """Return the index of the correlation that a match is a firing of."""
    return correlations.index[correlation.rules[len(correlation.rules) - 1 - match.turn]]


def _own_id(event: EventId) -> str | None:
    """Return the id of a fired correlation that an event stands for; None for an event of a host."""
    return str(event[4]) if len(event) > 4 else None  # noqa: PLR2004 - a host's has four parts


def _gone(match: Match) -> EventCopy:
    """Return what is known of an event whose copy is no longer kept."""
    host, epoch, lane, sequence = match.event[:4]
    return EventCopy(host, epoch, lane, sequence, "event", match.time, match.time, {})
