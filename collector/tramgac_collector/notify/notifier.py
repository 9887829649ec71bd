"""The notifier's work: one look reads the outbox, takes in what sends came to, and begins others."""

from __future__ import annotations

import queue
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tramgac_collector import bell, database, outbox
from tramgac_collector.logs import Counts
from tramgac_collector.notify import keeping
from tramgac_collector.notify.errors import NotifySettingsError, Undelivered
from tramgac_collector.notify.keeping import NAME
from tramgac_collector.notify.message import Frame, Message, compose
from tramgac_collector.notify.queue import Notice, Outcome, Queue
from tramgac_collector.notify.routing import Brief, wanted
from tramgac_collector.notify.senders.base import Sender
from tramgac_collector.notify.sending import sender_of
from tramgac_collector.notify.settings import Channel, NotifySettings, load
from tramgac_collector.notify.words import Notify
from tramgac_collector.paths import StatePaths
from tramgac_collector.schema import HostRow, OutboxRow

__all__ = ["NAME", "Notifier"]

BLOCK = 500
SAVE_EVERY = 60_000_000_000
"""How long the cursor may lag behind what was read and told nobody, nanoseconds: it is read again, for nothing."""
_SITES = 20_000
_LOG = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Result:
    """What a send came to."""

    channel: str
    why: Undelivered | NotifySettingsError | None
    remark: str = ""
    """What was wrong though it was taken."""


class Notifier:
    """Everything that the role holds. `look` and what it calls run in one thread; each send in one of its own."""

    def __init__(
        self,
        paths: StatePaths,
        engine: Engine,
        origin: str = "",
        chance: Callable[[], float] = lambda: 0.0,
        clock: Callable[[], int] = time.time_ns,
        sender: Callable[[StatePaths, Channel], Sender] = sender_of,
    ) -> None:
        """Begin; `origin` is the page's address if it is known, `chance` gives numbers in [0, 1), `clock` ns."""
        self.counts = Counts()
        self._paths, self._engine, self._origin = paths, engine, origin
        self._chance, self._clock, self._sender = chance, clock, sender
        self._settings: NotifySettings | None = None
        """None while there was no file without faults yet: nothing is read then, so that nothing is missed."""
        self._read: tuple[int, int] | None = None
        """Time and size of the file that was read; None: none yet."""
        self._queues: dict[str, Queue] = {}
        self._position: int | None = None
        self._saved_at = 0
        self._sites: OrderedDict[str, str] = OrderedDict()
        self._results: queue.SimpleQueue[_Result] = queue.SimpleQueue()

    def look(self) -> None:
        """Look once. Raises SQLAlchemyError: then `lost` is to be called."""
        self._refresh()
        self.settle()
        settings = self._settings
        if settings is None:
            return
        if self._position is None:
            self._begin(settings)
        while self._take(settings):
            self._send(settings)
        self._again()
        self._send(settings)

    def lost(self) -> None:
        """The database was away: what it holds is true, and is read again."""
        self._position = None

    def wake(self) -> int | None:
        """Give when there is something to do, nanoseconds since 1970; None if only a bell can tell."""
        now = self._clock()
        names = [channel.name for channel in self._settings.channel] if self._settings else []
        times = (self._queues[name].wake(now) for name in names if name in self._queues)
        return min((wake for wake in times if wake is not None), default=None)

    @property
    def busy(self) -> bool:
        """Whether a message is on its way."""
        return self._results.empty() and any(queue.sending for queue in self._queues.values())

    def gauges(self) -> dict[str, float]:
        """Tell what is so now: notices and alerts that wait, and where the outbox was read to."""
        waiting = [notice for queue in self._queues.values() for notice in queue.notices.values()]
        alerts = sum(notice.count for notice in waiting)
        return {"notices": len(waiting), "alerts_waiting": alerts, "outbox_position": self._position or 0}

    def settle(self) -> None:
        """Write down what sends came to."""
        while not self._results.empty():
            result = self._results.get()
            queue = self._queues[result.channel]
            now = self._clock()
            if result.why is None:
                self.counts.add("messages_sent")
                self._write_sent(result.channel, queue.sent(now), now, result.remark)
            else:
                self.counts.add("messages_failed")
                reason = result.why.what.en
                _LOG.warning("a channel took no message", channel=result.channel, reason=reason)
                self._write_failed(result.channel, queue.failed(reason, now, self._chance()), reason, now)

    def _write_sent(self, channel: str, outcome: Outcome, now: int, remark: str) -> None:
        if remark:
            self.counts.add("messages_sent_partly")
            _LOG.warning("a channel took a message in part", channel=channel, reason=remark)
        self.counts.add("alerts_told", sum(notice.count for notice in outcome.gone))
        with database.session(self._engine) as s:
            keeping.sent(s, channel, outcome.gone, now, remark)

    def _write_failed(self, channel: str, outcome: Outcome, reason: str, now: int) -> None:
        with database.session(self._engine) as s:
            keeping.failed(s, channel, reason, now)
            keeping.store(s, channel, outcome.changed)
            self._give_up(s, channel, outcome.gone)

    def _give_up(self, s: Session, channel: str, gone: list[Notice]) -> None:
        keeping.given_up(s, channel, gone)
        for notice in gone:
            self.counts.add("alerts_given_up", notice.count)
            _LOG.error("a notice is given up", channel=channel, key=notice.key, alerts=notice.count, why=notice.reason)

    def _refresh(self) -> None:
        """Read the file if it changed. One that is wrong changes nothing, and is told."""
        try:
            found = self._paths.notify.stat()
            seen = (found.st_mtime_ns, found.st_size)
        except FileNotFoundError:
            seen = (0, 0)
        if seen == self._read:
            return
        self._read = seen
        try:
            settings = load(self._paths)
        except NotifySettingsError as error:
            self.counts.add("settings_refused")
            _LOG.error("notify.toml is wrong and changes nothing", reason=str(error))
            return
        names = [channel.name for channel in settings.channel]
        _LOG.info("settings are read", channels=names, routes=len(settings.route))
        self._queues = {name: waiting for name, waiting in self._queues.items() if name in names or waiting.sending}
        for channel in settings.channel:
            waiting = self._queues.setdefault(channel.name, Queue(channel.per_minute, channel.tries))
            waiting.per_minute, waiting.tries = channel.per_minute, channel.tries
        self._settings = settings
        self._position = None  # what waited for a channel that is new, or is back, is read with all the rest

    def _begin(self, settings: NotifySettings) -> None:
        """Find where to go on; the first time ever at what comes from now on."""
        with database.session(self._engine) as s:
            lowest, last = outbox.bounds(s)
            found = keeping.position(s)
            position = last if found is None or found > last else found
            if position < lowest - 1:
                self.counts.add("outbox_missed", lowest - 1 - position)
                _LOG.error("the notifier was away too long; what it missed is told nobody", rows=lowest - 1 - position)
                position = lowest - 1
            keeping.move(s, position)
            for channel in settings.channel:
                self._queues[channel.name].load(*keeping.waiting(s, channel.name))
        self._position, self._saved_at = position, self._clock()

    def _take(self, settings: NotifySettings) -> bool:
        """Take in one block of the outbox; whether there may be more."""
        assert self._position is not None  # `look` has seen to it
        with database.reading(self._engine) as s:
            rows = outbox.after(s, self._position, BLOCK)
            told = [row for row in rows if row.topic == "alert"] if settings.route else []
            briefs = [brief for row in told if (brief := self._brief(s, row)) is not None]
        if not rows:
            return False
        changed: dict[str, dict[int, Notice]] = {}
        gone: dict[str, list[Notice]] = {}
        now = self._clock()
        for brief in briefs:
            self.counts.add("alerts_seen")
            for want in wanted(settings, brief):
                outcome = self._queues[want.channel].take(brief, want.key, want.language, want.window, now)
                changed.setdefault(want.channel, {}).update({notice.number: notice for notice in outcome.changed})
                gone.setdefault(want.channel, []).extend(outcome.gone)
        self._position = rows[-1].id
        self._save(changed, gone, now)
        return len(rows) == BLOCK

    def _save(self, changed: dict[str, dict[int, Notice]], gone: dict[str, list[Notice]], now: int) -> None:
        assert self._position is not None  # `_take` has set it
        if not changed and 0 <= now - self._saved_at < SAVE_EVERY:
            return
        with database.session(self._engine) as s:
            for channel, notices in changed.items():
                keeping.numbered(s, channel, self._queues[channel].number)
                there = self._queues[channel].notices
                keeping.store(s, channel, [notice for number, notice in notices.items() if number in there])
                self._give_up(s, channel, gone[channel])
            keeping.move(s, self._position)
        self._saved_at = now

    def _brief(self, s: Session, row: OutboxRow) -> Brief | None:
        try:
            return Brief.of(row.payload, self._site(s, row.payload["host"]), row.created)
        except (KeyError, TypeError) as error:  # of another version: it must not stop what follows
            self.counts.add("alerts_unreadable")
            _LOG.warning("an alert in the outbox cannot be read", row=row.id, error=repr(error))
            return None

    def _site(self, s: Session, host: str) -> str:
        if host not in self._sites:
            self._sites[host] = s.scalar(select(HostRow.site).where(HostRow.id == host)) or ""
            if len(self._sites) > _SITES:
                self._sites.popitem(last=False)
        return self._sites[host]

    def _again(self) -> None:
        """Take up what a person wants tried again."""
        with database.reading(self._engine) as s:
            if not keeping.any_again(s):
                return
        with database.session(self._engine) as s:
            found = keeping.take_again(s)
        for channel, notice in found:
            if channel in self._queues:
                self._queues[channel].add(notice)

    def _send(self, settings: NotifySettings) -> None:
        """Begin a send for each channel that is free and has something due."""
        self.settle()
        frame = Frame(settings.page or self._origin, settings.clock)
        for channel in settings.channel:
            chosen = self._queues[channel.name].choose(self._clock())
            if chosen:
                message = compose(channel.name, chosen, frame)
                self.counts.add("messages_begun")
                work = (self._sender(self._paths, channel), channel.name, message)
                threading.Thread(target=self._bring, args=work, name=f"send {channel.name}", daemon=True).start()

    def _bring(self, sender: Sender, channel: str, message: Message) -> None:
        """Send in a thread of its own: a channel that is slow holds up no other."""
        why: Undelivered | NotifySettingsError | None = None
        remark = ""
        try:
            if (found := sender.send(message)) is not None:
                remark = found.en
        except (Undelivered, NotifySettingsError) as error:
            why = error
        except Exception as error:  # noqa: BLE001 # bulkhead: one message
            _LOG.exception("a message could not be sent, nobody foresaw how", channel=channel)
            why = Undelivered(Notify.UNFORESEEN.both(kind=type(error).__name__))
        self._results.put(_Result(channel, why, remark))
        bell.ring(self._paths.run, NAME)
