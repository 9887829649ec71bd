"""Correlations over the events of all hosts: in memory while it runs, and from their rows after a restart.

What it writes stands in the transaction that moves the judge's cursor; if that fails, memory is forgotten and read
again. A host's own watermark is behind its newest event by LATE_HOST_NS, since its agent sends in order; the one over
all hosts is behind by LATE_NS. What comes later still is judged again from its rows, up to KEEP_NS back.

Several judges share the groups: what belongs to another's is handed over as a row, and the watermark over all hosts is
that of all judges together (tide.py).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import structlog
from sqlalchemy.orm import Session
from tramgac_rules.correlation.correlator import Correlator
from tramgac_rules.correlation.extract import Correlations
from tramgac_rules.correlation.late import restore, settle
from tramgac_rules.correlation.model import Match
from tramgac_rules.correlation.stream import DROP, EARLY, PUT

from tramgac_collector.alerts import EventCopy
from tramgac_collector.correlation_schema import MemberEventRow
from tramgac_collector.database import insert_many
from tramgac_collector.judges import Seat
from tramgac_collector.judging import correlation_alerts, correlation_trim, handing
from tramgac_collector.judging.allowance import Allowance
from tramgac_collector.judging.correlation_rows import ControlRows
from tramgac_collector.judging.correlation_trim import KEEP_NS
from tramgac_collector.judging.detect import Found, Rules, rule_json
from tramgac_collector.judging.handing import Handed, Handing, Share
from tramgac_collector.judging.tide import LATE_NS
from tramgac_collector.judging.together import Together

LATE_HOST_NS = 60_000_000_000
"""What a host may still send of before its newest event: batches wait up to 30 s, and lanes go their own ways."""
IDLE_NS = 600_000_000_000
"""Of a host, or of all, that said nothing for so long, what waits is judged as it stands."""
_ALL = ""
_LOG = structlog.get_logger(__name__)


@dataclass(slots=True)
class Correlating:
    """The correlations in force, with all that waits and is open in them: of the groups of one judge."""

    seat: Seat = field(default_factory=Seat)
    counts: Counter[str] = field(default_factory=Counter)
    handed_to: set[int] = field(default_factory=set)
    """Judges to whom something was handed over: who was told is taken out."""
    allowance: Allowance = field(default_factory=Allowance)
    """What hosts have left of today."""
    _correlator: Correlator | None = None
    _of: Correlations | None = None
    _together: Together = field(init=False)
    _seen: dict[str, int] = field(default_factory=dict)
    """Greatest time of an event, by host, and of all."""
    _heard: dict[str, int] = field(default_factory=dict)
    """When that was, by our clock."""
    _looked: int = 0

    def __post_init__(self) -> None:
        """Know of no other judge yet."""
        self._together = Together(self.seat)

    @property
    def _alone(self) -> bool:
        """Whether there is no other judge."""
        return self.seat.of == 1

    def write(
        self,
        s: Session,
        rules: Rules,
        block: Sequence[Found],
        hostname: Callable[[str], str],
        now: int,
        *,
        ahead: bool = False,
    ) -> Counter[str]:
        """Write down what a block of batches means to correlations; return what was done.

        `ahead`: it was taken before its turn, and says nothing of how far its hosts are.
        """
        correlator = self._ready(s, rules, now)
        if not ahead:
            self._hear(block, now)
        if correlator is None:
            return self._pass(s, rules)
        work = self._begin(s, rules, correlator, now)
        copies: dict[str, EventCopy] = {}
        for found in block:
            for copy, matches in _matches(found):
                for index, match in matches:
                    if not self._may_take_part(work, index, match, hostname):
                        continue
                    if work.share.owns(index, match.group):
                        kept = self._add(work, index, match)
                    else:
                        kept = True
                        work.handing.put(index, match, PUT)
                    if kept:
                        copies[copy.text] = copy
        _keep(s, copies, now)
        if not ahead:
            self._advance(correlator, block)
        return self._end(work, hostname)

    def due(self, s: Session, rules: Rules, position: int, *, moving: bool) -> bool:
        """Tell whether `exchange` has something to do: others handed something over, or (`moving`) went on.

        `position`: up to where we have read, and written down.
        """
        if self._alone or rules.version == 0:
            return False
        if handing.any_waits(s, self.seat.number, _digests(rules), rules.version):
            return True
        if not moving or not rules.correlations:
            return False
        return self.asleep(rules) or self._together.look(s, position) != self._together.applied

    def exchange(
        self, s: Session, rules: Rules, position: int, hostname: Callable[[str], str], now: int
    ) -> Counter[str]:
        """Take what others handed over, and go on in event time as far as they are; return what was done."""
        correlator = self._ready(s, rules, now)
        if correlator is None:
            return self._pass(s, rules)
        work = self._begin(s, rules, correlator, now)
        targets = self._together.look(s, position)
        if not self._take(work, self.seat.number):
            for level, watermark in enumerate(targets):
                correlator.advance(_ALL, watermark, level)
            self._together.applied = targets
        return self._end(work, hostname)

    def inherit(self, s: Session, rules: Rules, hostname: Callable[[str], str], now: int) -> Counter[str]:
        """Take what was handed over between judges in whose place we are, the only one; return what was done."""
        correlator = self._ready(s, rules, now)
        if correlator is None:
            return self._pass(s, rules)
        work = self._begin(s, rules, correlator, now)
        while self._take(work, None):
            pass
        return self._end(work, hostname)

    def asleep(self, rules: Rules) -> bool:
        """Tell whether what is in force is not in memory yet: after a start, before anything was heard."""
        return bool(rules.version and rules.correlations) and (
            self._correlator is None or self._of is not rules.correlations
        )

    def silent(self, now: int) -> list[str]:
        """Return the hosts for which something waits although they said nothing for long, "" for all. Now and then."""
        if self._correlator is None or 0 <= now - self._looked < LATE_HOST_NS:
            return []
        self._looked = now
        self._heard[_ALL] = max(self._heard.get(_ALL, now), self._together.heard)
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
        work = self._begin(s, rules, correlator, now)
        quiet = now - self._heard.get(_ALL, now)
        for part in parts:
            if part != _ALL or self._alone:
                correlator.settle(part, now - IDLE_NS)
                continue
            for level in range(max(correlator.levels) + 1):  # others may still hand over what these refer to
                if quiet >= IDLE_NS + level * LATE_HOST_NS:
                    correlator.settle(_ALL, now - IDLE_NS, level)
        return self._end(work, hostname)

    def all_counts(self) -> Counter[str]:
        """Return what took no part, came late or was given up."""
        correlator = Counter[str]() if self._correlator is None else self._correlator.counts
        return self.counts + correlator + (Counter() if self._of is None else self._of.counts)

    def lost(self) -> None:
        """Forget what is in memory: the transaction that it belongs to was not written."""
        self._correlator = self._of = None
        self._seen.clear()
        self._together = Together(self.seat)

    def trim(self, s: Session, rules: Rules, now: int) -> None:
        """Take out what nothing can need any more, and the oldest if there is too much. For one judge of several."""
        if not self._alone:
            self.counts["handed_given_up"] += handing.trim(s, now - KEEP_NS)
            if rules.version and self._of is rules.correlations and self._together.agree(s):
                correlation_trim.purge(s, _digests(rules))
        if rules.correlations:
            self.counts["members_given_up"] += correlation_trim.trim(s, rules.correlations, now)

    def _ready(self, s: Session, rules: Rules, now: int) -> Correlator | None:
        """Return the correlator of the correlations in force, from its rows if it is new; None if there are none."""
        if rules.version == 0:  # no content yet: what is written may be wanted again
            return None
        if self._of is not rules.correlations:
            if self._alone:  # what one of several does not know another may
                correlation_trim.purge(s, _digests(rules))
            self._of, self._correlator = rules.correlations, None
        if not rules.correlations:
            return None
        if self._correlator is None:
            self._correlator = self._restored(s, rules, now)
            waiting = sum(stream.waiting for stream in self._correlator.streams)
            _LOG.info("correlations go on from their rows", correlations=len(rules.correlations.all), waiting=waiting)
        return self._correlator

    def _pass(self, s: Session, rules: Rules) -> Counter[str]:
        """Say how far we are where no correlation is in force, and take out what was handed over for one."""
        if rules.version and not self._alone:
            self._together.content = rules.version
            self._together.tell(s)
            gone = handing.waiting(s, self.seat.number, {}, rules.version)
            handing.taken(s, gone)
            self.counts["handed_unknown"] += len(gone)
        return Counter()

    def _restored(self, s: Session, rules: Rules, now: int) -> Correlator:
        share = Share(self.seat, rules.correlations.all)
        made = Correlator(rules.correlations.all, owns=None if self._alone else share.owns)
        if not self._alone:
            self._together.begin(s, rules.version, max(made.levels))
        restore(made, self._begin(s, rules, made, now).rows)
        return made

    def _begin(self, s: Session, rules: Rules, correlator: Correlator, now: int) -> "_Work":
        share = Share(self.seat, rules.correlations.all)
        gathered = Handing(share, rules.version, now)
        if self._alone:
            rows = ControlRows(s, rules.correlations.all, now)
        else:
            reached = min(self._together.applied)
            rows = ControlRows(s, rules.correlations.all, now, share, gathered.put, reached)
        return _Work(s, rules, correlator, rows, share, gathered, now)

    def _end(self, work: "_Work", hostname: Callable[[str], str]) -> Counter[str]:
        """Write down all that came of it."""
        settle(work.correlator, work.rows)
        s, rules = work.s, work.rules
        done = correlation_alerts.write_alerts(
            s, rules.correlations, work.rows, hostname, work.now, rules.states, self.allowance, rules.exceptions
        )
        if not self._alone:
            work.handing.flush(work.s)
            self._together.tell(work.s)
            self.handed_to |= work.handing.owners
            done["handed_over"] += work.handing.count
        return done

    def _take(self, work: "_Work", owner: int | None) -> bool:
        """Take what was handed over; True if there may be more."""
        known = {digest: index for index, digest in enumerate(_digests(work.rules))}
        found = handing.waiting(work.s, owner, known, work.rules.version)
        for each in found:
            self._take_one(work, each)
        handing.taken(work.s, found)
        return len(found) >= handing.AT_ONCE

    def _take_one(self, work: "_Work", each: Handed) -> None:
        index, correlator = each.index, work.correlator
        if index is None:
            self.counts["handed_unknown"] += 1
        elif each.how == EARLY:
            if correlation_alerts.stands(work.rules.correlations, work.rows, index, each.match):
                correlator.hasten(index, each.match)
        elif each.how == DROP:
            work.rows.drop_match(index, each.match)
            correlator.streams[index].remove(each.match, correlator.changes)
        else:
            self._add(work, index, each.match)

    def _may_take_part(self, work: "_Work", index: int, match: Match, hostname: Callable[[str], str]) -> bool:
        """Tell whether an event may: one host fills no more of the rows, and of memory, than its allowance of a day."""
        host, rule = match.event[0], work.rules.correlations.all[index].rule
        if self.allowance.member(host, rule.id, work.now):
            return True
        self.counts["members_over_limit"] += 1
        self.allowance.tell_members(work.s, host, rule_json(rule), hostname(host), work.now)
        return False

    def _add(self, work: "_Work", index: int, match: Match) -> bool:
        """Take a match, unless it comes too late: when what it could change is no longer kept."""
        stream = work.correlator.streams[index]
        if match.time < work.now - KEEP_NS and match.time <= stream.watermark(stream.part_of(match)):
            self.counts["members_too_late"] += 1
            return False
        work.rows.put_match(index, match)
        work.correlator.add(index, match)
        return True

    def _advance(self, correlator: Correlator, block: Sequence[Found]) -> None:
        """Go on in event time by what hosts were heard to say."""
        for host in sorted({found.entry.host for found in block}):
            correlator.advance(host, self._seen[host] - LATE_HOST_NS)
        if self._alone:
            correlator.advance(_ALL, self._seen[_ALL] - LATE_NS)

    def _hear(self, block: Sequence[Found], now: int) -> None:
        """Note how far hosts are."""
        for found in block:
            for part in (found.entry.host, _ALL):
                self._seen[part] = max(self._seen.get(part, 0), found.latest)
                self._heard[part] = now
        self._together.hear(self._seen[_ALL], now)


@dataclass(frozen=True, slots=True)
class _Work:
    """What one transaction works with."""

    s: Session
    rules: Rules
    correlator: Correlator
    rows: ControlRows
    share: Share
    handing: Handing
    now: int


def _digests(rules: Rules) -> list[str]:
    return [correlation.rule.digest for correlation in rules.correlations.all]


def _matches(found: Found) -> Iterator[tuple[EventCopy, Sequence[tuple[int, Match]]]]:
    for meaning in found.meanings:
        if meaning.copy is not None:
            yield meaning.copy, meaning.matches


def _keep(s: Session, copies: dict[str, EventCopy], now: int) -> None:
    rows = [{"event": text, "written": now, "copy": copy.as_json()} for text, copy in copies.items()]
    insert_many(s, MemberEventRow, rows)
