"""Correlations over the events of all hosts: in memory while it runs, and from their rows after a restart.

What it writes stands in the transaction that moves the judge's cursor; if that fails, memory is forgotten and read
again. A host's own watermark is behind its newest event by LATE_HOST_NS, since its agent sends in order; the one over
all hosts is behind by LATE_NS. What comes later still is judged again from its rows, up to KEEP_NS back.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import structlog
from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import Session
from tramgac_rules.correlation.correlator import Correlator
from tramgac_rules.correlation.extract import Correlations
from tramgac_rules.correlation.late import restore, settle
from tramgac_rules.correlation.model import Match

from tramgac_collector.alerts import EventCopy
from tramgac_collector.correlation_schema import MemberEventRow, MemberRow, WindowRow
from tramgac_collector.database import insert_many
from tramgac_collector.judging.correlation_alerts import write_alerts
from tramgac_collector.judging.correlation_rows import ControlRows
from tramgac_collector.judging.detect import Found, Rules
from tramgac_collector.schema import AlertRow

LATE_HOST_NS = 60_000_000_000
"""What a host may still send of before its newest event: batches wait up to 30 s, and lanes go their own ways."""
LATE_NS = 300_000_000_000
"""The same over all hosts that are connected."""
IDLE_NS = 600_000_000_000
"""Of a host, or of all, that said nothing for so long, what waits is judged as it stands."""
KEEP_NS = 7 * 86_400_000_000_000
"""Members are kept so long beyond the span of their correlation: so late may an event be."""
MOST_MEMBERS = 2_000_000
"""Members that are kept at most; beyond it the oldest quarter goes, counted."""
_ALL = ""
_LOG = structlog.get_logger(__name__)


@dataclass(slots=True)
class Correlating:
    """The correlations in force, with all that waits and is open in them."""

    counts: Counter[str] = field(default_factory=Counter)
    _correlator: Correlator | None = None
    _of: Correlations | None = None
    _seen: dict[str, int] = field(default_factory=dict)
    """Greatest time of an event, by host, and of all."""
    _heard: dict[str, int] = field(default_factory=dict)
    """When that was, by our clock."""
    _looked: int = 0

    def write(
        self, s: Session, rules: Rules, block: Sequence[Found], hostname: Callable[[str], str], now: int
    ) -> Counter[str]:
        """Write down what a block of batches means to correlations; return what was done."""
        correlator = self._ready(s, rules, now)
        if correlator is None:
            return Counter()
        rows = ControlRows(s, rules.correlations.all, now)
        copies: dict[str, EventCopy] = {}
        for found in block:
            for copy, matches in _matches(found):
                for index, match in matches:
                    if self._in_time(correlator, index, match, now):
                        copies[copy.text] = copy
                        rows.put_match(index, match)
                        correlator.add(index, match)
        _keep(s, copies, now)
        for host in self._hear(block, now):
            correlator.advance(host, self._seen[host] - LATE_HOST_NS)
        correlator.advance(_ALL, self._seen[_ALL] - LATE_NS)
        settle(correlator, rows)
        return write_alerts(s, rules.correlations, rows, hostname, now, rules.states)

    def silent(self, now: int) -> list[str]:
        """Return the hosts for which something waits although they said nothing for long, "" for all. Now and then."""
        if self._correlator is None or 0 <= now - self._looked < LATE_HOST_NS:
            return []
        self._looked = now
        waits = self._correlator.waits()
        self._heard = {part: time for part, time in self._heard.items() if part in waits or part == _ALL}
        return sorted((part for part in waits if now - self._heard.setdefault(part, now) >= IDLE_NS), reverse=True)

    def settle(
        self, s: Session, rules: Rules, parts: Iterable[str], hostname: Callable[[str], str], now: int
    ) -> Counter[str]:
        """Judge what waits for hosts that are silent, as it stands; return what was done."""
        correlator = self._ready(s, rules, now)
        if correlator is None:
            return Counter()
        rows = ControlRows(s, rules.correlations.all, now)
        for part in parts:
            correlator.settle(part, now - IDLE_NS)
        settle(correlator, rows)
        return write_alerts(s, rules.correlations, rows, hostname, now, rules.states)

    def all_counts(self) -> Counter[str]:
        """Return what took no part, came late or was given up."""
        correlator = Counter[str]() if self._correlator is None else self._correlator.counts
        return self.counts + correlator + (Counter() if self._of is None else self._of.counts)

    def lost(self) -> None:
        """Forget what is in memory: the transaction that it belongs to was not written."""
        self._correlator = self._of = None
        self._seen.clear()

    def trim(self, s: Session, rules: Rules, now: int) -> None:
        """Take out what nothing can need any more, and the oldest if there is too much."""
        if rules.correlations:
            _trim(s, rules.correlations, now)
            self.counts["members_given_up"] += _bound(s)
            old = (MemberEventRow.written < now - KEEP_NS, ~exists().where(MemberRow.event == MemberEventRow.event))
            s.execute(delete(MemberEventRow).where(*old))

    def _ready(self, s: Session, rules: Rules, now: int) -> Correlator | None:
        """Return the correlator of the correlations in force, from its rows if it is new; None if there are none."""
        if rules.version == 0:  # no content yet: what is written may be wanted again
            return None
        if self._of is not rules.correlations:
            known = [correlation.rule.digest for correlation in rules.correlations.all]
            _purge(s, known)
            self._of, self._correlator = rules.correlations, None
        if not rules.correlations:
            return None
        if self._correlator is None:
            self._correlator = Correlator(rules.correlations.all)
            restore(self._correlator, ControlRows(s, rules.correlations.all, now))
            waiting = sum(stream.waiting for stream in self._correlator.streams)
            _LOG.info("correlations go on from their rows", correlations=len(rules.correlations.all), waiting=waiting)
        return self._correlator

    def _in_time(self, correlator: Correlator, index: int, match: Match, now: int) -> bool:
        """Tell whether a match can be judged: in time, or late and all that it could change is still kept."""
        stream = correlator.streams[index]
        if match.time >= now - KEEP_NS or match.time > stream.watermark(stream.part_of(match)):
            return True
        self.counts["members_too_late"] += 1
        return False

    def _hear(self, block: Sequence[Found], now: int) -> list[str]:
        """Note how far hosts are; return those that spoke."""
        spoke = {found.entry.host: 0 for found in block}
        for found in block:
            for part in (found.entry.host, _ALL):
                self._seen[part] = max(self._seen.get(part, 0), found.latest)
                self._heard[part] = now
        return sorted(spoke)


def _matches(found: Found) -> Iterator[tuple[EventCopy, Sequence[tuple[int, Match]]]]:
    for meaning in found.meanings:
        if meaning.copy is not None:
            yield meaning.copy, meaning.matches


def _keep(s: Session, copies: dict[str, EventCopy], now: int) -> None:
    rows = [{"event": text, "written": now, "copy": copy.as_json()} for text, copy in copies.items()]
    insert_many(s, MemberEventRow, rows)


def _purge(s: Session, known: Sequence[str]) -> None:
    """Take out the rows of correlations that are no longer in force; their provisional alerts stay as they are."""
    for table in (WindowRow, MemberRow):
        for name in [*s.scalars(select(table.correlation).distinct())]:
            if name not in known:
                if table is WindowRow:
                    open_ = select(WindowRow.id).where(WindowRow.correlation == name, WindowRow.final.is_(False))
                    s.execute(update(AlertRow).where(AlertRow.id.in_(open_)).values(stage="confirmed"))
                s.execute(delete(table).where(table.correlation == name))


def _trim(s: Session, correlations: Correlations, now: int) -> None:
    reach = [correlation.span for correlation in correlations.all]
    for index in reversed(range(len(reach))):  # what refers to one may ask for its events for longer
        for name in correlations.all[index].rules:
            if name in correlations.index:
                earlier = correlations.index[name]
                reach[earlier] = max(reach[earlier], reach[index])
    for correlation, span in zip(correlations.all, reach, strict=True):
        old, name = now - KEEP_NS, correlation.rule.digest
        mine = (MemberRow.correlation == name, MemberRow.time < old - span, MemberRow.written < old)
        s.execute(delete(MemberRow).where(*mine))
        ended = (WindowRow.correlation == name, WindowRow.ended < old - span, WindowRow.written < old)
        s.execute(delete(WindowRow).where(*ended, WindowRow.final))


def _bound(s: Session) -> int:
    """Take out the oldest members if there are too many; return how many."""
    count = s.scalar(select(func.count()).select_from(MemberRow)) or 0
    if count <= MOST_MEMBERS:
        return 0
    surplus = count - MOST_MEMBERS * 3 // 4
    time = s.scalar(select(MemberRow.time).order_by(MemberRow.time).offset(surplus).limit(1))
    s.execute(delete(MemberRow).where(MemberRow.time < time))
    _LOG.warning("correlations have too many members; the oldest are given up", count=count, before=time)
    return surplus
