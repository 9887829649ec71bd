"""What waits for one channel, as a machine without clock, network or disk: alerts in, messages out, outcomes in.

Alerts of one key make one notice. A notice goes out soon after its first alert; the next of its key not before the
window is over. Tries in any minute are bounded: when more notices are due than may go, they go together in one
message. What failed is tried again later and later, never mixed with what was not tried yet, and is given up in the
end. Nothing is dropped without being handed back as given up.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from tramgac_collector.notify.routing import Brief
from tramgac_collector.notify.words import Notify
from tramgac_collector.vocabulary import LEVELS

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
SETTLE = 2 * SECOND
"""So long the first alert of a key waits for its kin."""
SHOWN = 10
"""Alerts of a notice that are told one by one; of the others the number."""
TOGETHER = 200
"""Notices in one message."""
MOST = 500
"""Notices that wait; what does not fit is told in one notice of its own, and beyond twice as many the oldest go."""
REST = ""
"""The key of what does not fit."""
FIRST_WAIT, LAST_WAIT = 30 * SECOND, 3_600 * SECOND
_REMEMBERED = 10_000


@dataclass(slots=True)
class Notice:
    """Alerts that are told together. Times are nanoseconds since 1970."""

    number: int
    key: str
    language: str
    level: str
    count: int
    first: int
    last: int
    due: int
    shown: list[Brief]
    tries: int = 0
    reason: str = ""
    """Why the last try failed, or why it was given up."""

    def add(self, brief: Brief, now: int) -> None:
        """Take one more alert."""
        self.count += 1
        self.last = now
        self.level = max(self.level, brief.level, key=LEVELS.index)
        if len(self.shown) < SHOWN:
            self.shown.append(brief)


@dataclass(slots=True)
class Outcome:
    """What became of notices: those that changed, and those that are no more here."""

    changed: list[Notice] = field(default_factory=list)
    gone: list[Notice] = field(default_factory=list)


@dataclass(slots=True)
class Queue:
    """What waits for one channel."""

    per_minute: int
    tries: int
    notices: dict[int, Notice] = field(default_factory=dict)
    number: int = 0
    """The highest number that was given."""
    sending: tuple[int, ...] = ()
    _open: dict[tuple[str, str], int] = field(default_factory=dict)
    _attempts: deque[int] = field(default_factory=deque)
    _told: OrderedDict[tuple[str, str], int] = field(default_factory=OrderedDict)

    def load(self, notices: Iterable[Notice], number: int) -> None:
        """Begin with what is stored; what is on its way stays so, and how much was sent of late."""
        self.number = number
        self.notices.clear()
        self._open.clear()
        for notice in notices:
            self.add(notice)
        self.sending = tuple(number for number in self.sending if number in self.notices)

    def add(self, notice: Notice) -> None:
        """Put a notice in that was stored."""
        self.notices[notice.number] = notice
        if not notice.tries and notice.number not in self.sending:
            self._open[notice.language, notice.key] = notice.number

    def take(self, brief: Brief, key: str, language: str, window: int, now: int) -> Outcome:
        """Take an alert: into the open notice of its key, or a new one."""
        if (language, key) not in self._open and len(self.notices) >= MOST:
            key = REST
        known = self._open.get((language, key))
        if known is not None:
            self.notices[known].add(brief, now)
            return Outcome([self.notices[known]])
        self.number += 1
        due = max(now + min(SETTLE, window), self._told.get((language, key), 0) + window)
        notice = Notice(self.number, key, language, brief.level, 1, now, now, min(due, now + window), [brief])
        self.add(notice)
        return Outcome([notice], self._make_room())

    def choose(self, now: int) -> tuple[Notice, ...]:
        """Give the notices that go out now, as one message; none if nothing is due or may go."""
        room = self._room(now)
        if self.sending or not room:
            return ()
        due = sorted((notice for notice in self.notices.values() if notice.due <= now), key=_order)
        if not due:
            return ()
        first = due[0]
        kin = [notice for notice in due if (notice.language, notice.tries) == (first.language, first.tries)]
        chosen = tuple(kin[:TOGETHER]) if len(due) > room else (first,)
        self.sending = tuple(notice.number for notice in chosen)
        for notice in chosen:
            self._close(notice)
        self._attempts.append(now)
        return chosen

    def sent(self, now: int) -> Outcome:
        """The message was taken."""
        gone = [self.notices.pop(number) for number in self.sending]
        self.sending = ()
        for notice in gone:
            self._told[notice.language, notice.key] = now
            self._told.move_to_end((notice.language, notice.key))
        while len(self._told) > _REMEMBERED:
            self._told.popitem(last=False)
        return Outcome(gone=gone)

    def failed(self, reason: str, now: int, chance: float) -> Outcome:
        """The message was not taken; `chance` in [0, 1) spreads the next try. What is gone is given up."""
        outcome = Outcome()
        for number in self.sending:
            notice = self.notices[number]
            notice.tries += 1
            notice.reason = reason
            notice.due = now + wait(notice.tries, chance)
            if notice.tries >= self.tries:
                outcome.gone.append(self.notices.pop(number))
            else:
                outcome.changed.append(notice)
        self.sending = ()
        outcome.gone += self._make_room()
        return outcome

    def wake(self, now: int) -> int | None:
        """Give the time of the next thing to do; None while nothing waits, or a message is on its way."""
        if self.sending or not self.notices:
            return None
        due = min(notice.due for notice in self.notices.values())
        if self._room(now):
            return due
        return max(due, self._attempts[0] + MINUTE)

    def _room(self, now: int) -> int:
        while self._attempts and not 0 <= now - self._attempts[0] < MINUTE:
            self._attempts.popleft()
        return self.per_minute - len(self._attempts)

    def _close(self, notice: Notice) -> None:
        """No more alerts come into it: what comes now is told by another."""
        if self._open.get((notice.language, notice.key)) == notice.number:
            del self._open[notice.language, notice.key]

    def _make_room(self) -> list[Notice]:
        gone = []
        while len(self.notices) - len(self.sending) > 2 * MOST:
            waiting = (notice for number, notice in self.notices.items() if number not in self.sending)
            oldest = max(waiting, key=lambda notice: (notice.tries, -notice.number))
            oldest.reason = Notify.FULL.en
            self._close(oldest)
            gone.append(self.notices.pop(oldest.number))
        return gone


def _order(notice: Notice) -> tuple[int, int]:
    return notice.due, notice.number


def wait(tries: int, chance: float) -> int:
    """Give how long to wait after so many tries that failed, nanoseconds: twice as long each time, and jitter."""
    span = min(LAST_WAIT, FIRST_WAIT << min(tries - 1, 20))
    return int(span * (0.5 + chance / 2))
