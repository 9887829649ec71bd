"""What is written of correlations, in the control store, within one transaction: `Rows` of tramgac_rules.correlation.

Matches and windows are gathered and written together, before anything is read.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session
from tramgac_rules.correlation.model import Correlation, Group, Match, Position, Window, event_of, event_text, position

from tramgac_collector.correlation_schema import MemberRow, WindowRow
from tramgac_collector.database import insert_many, replace_many

SLACK_NS = 3_600_000_000_000
"""How far a watermark can be behind the greatest time of a member, ns; there is more than enough of it."""

_ALL = ""
"""The part of a correlation over all hosts."""

Key = tuple[int, str]
"""Index of a correlation and id of one of its windows."""


class Bounds(Protocol):
    """Whose rows are read back where several judges share groups."""

    def owns(self, index: int, group: Group) -> bool:
        """Tell whether a group is ours."""

    def owns_row(self, index: int, host: str, key: str) -> bool:
        """The same by what rows say of it: its host where groups stay within one, and `group_key`."""


class ControlRows:
    """The rows of some correlations. `told`: what became of windows, the last word for each."""

    def __init__(
        self,
        s: Session,
        correlations: Sequence[Correlation],
        now: int,
        bounds: Bounds | None = None,
        hand: Callable[[int, Match, str], None] | None = None,
        reached: int | None = None,
    ) -> None:
        """Write within the transaction of `s`, at `now` ns.

        Where groups are shared: `bounds` says which are ours, `hand` takes what is somebody else's, and what is
        `reached`, ns, has been applied.
        """
        self.told: dict[Key, tuple[Window, bool | None, str]] = {}
        """Window, whether it is final (None: it is gone), what took its place."""
        self.fired: Counter[tuple[int, Match]] = Counter()
        """Index and first member of windows that fired and are final now, and (negative) of those that are gone."""
        self._s, self._now, self._all = s, now, correlations
        self._bounds, self._hand, self._reached = bounds, hand, reached
        self._members: dict[tuple[str, str, str, int], dict[str, Any]] = {}
        self._final: dict[Key, dict[str, Any]] = {}

    def put_match(self, index: int, match: Match) -> None:
        """Write a match."""
        key = (self._name(index), group_key(match.group), event_text(match.event), match.turn)
        told = [list(match.group), match.value]
        self._members[key] = {
            **dict(zip(("correlation", "group", "event", "turn"), key, strict=True)),
            "time": match.time,
            "written": self._now,
            "told": told,
        }

    def drop_match(self, index: int, match: Match) -> None:
        """Take a match out."""
        self.flush()
        where = (MemberRow.correlation == self._name(index), MemberRow.group == group_key(match.group))
        event = (MemberRow.event == event_text(match.event), MemberRow.turn == match.turn)
        self._s.execute(delete(MemberRow).where(*where, *event))

    def hand(self, index: int, match: Match, how: str) -> None:
        """Hand a match over."""
        assert self._hand is not None  # only where groups are shared
        self._hand(index, match, how)

    def put_window(self, index: int, window: Window, *, final: bool) -> None:
        """Write a window; a final one stays final."""
        row = self._window(index, window, final=final)
        if final:
            if window.fired and (index, window.id) not in self._final and not self._is_final(index, window.id):
                self.fired[index, window.first] += 1
            self._final[index, window.id] = row
            if not window.fired and self.told.get((index, window.id), (None, True))[1] is None:
                return  # one that fired is gone by it
        else:
            self.flush()
            insert_many(self._s, WindowRow, [row])
            if self._is_final(index, window.id):
                return
        self.told[index, window.id] = (window, final, "")

    def drop_window(self, index: int, window: Window, instead: str, *, final: bool) -> None:
        """Take a window out if it is final, or is not."""
        self.flush()
        where = (WindowRow.correlation == self._name(index), WindowRow.id == window.id, WindowRow.final == final)
        gone = self._s.execute(delete(WindowRow).where(*where).returning(WindowRow.id)).first()
        if gone is not None:
            self.told[index, window.id] = (window, None, instead)
            if final and window.fired:
                self.fired[index, window.first] -= 1

    def last_end(self, index: int, group: Group, before: Position) -> Position | None:
        """Return the end of a group's last final window that ended before a position."""
        self.flush()
        mine = (WindowRow.correlation == self._name(index), WindowRow.group == group_key(group), WindowRow.final)
        sooner = select(func.max(WindowRow.ended)).where(*mine, WindowRow.ended < before[0])
        last = self._s.scalar(sooner)
        at = [before[0]] if last is None else [before[0], last]
        found = self._windows(select(WindowRow.window).where(*mine, WindowRow.ended.in_(at)), index)
        return max((window.end for window in found if window.end < before), default=None)

    def windows(self, index: int, group: Group, after: Position | None, until: int) -> Sequence[Window]:
        """Return a group's final windows that ended after a position, and not after a time."""
        self.flush()
        mine = (WindowRow.correlation == self._name(index), WindowRow.group == group_key(group), WindowRow.final)
        query = select(WindowRow.window).where(*mine, WindowRow.ended <= until)
        if after is not None:
            query = query.where(WindowRow.ended >= after[0])
        return [window for window in self._windows(query, index) if after is None or window.end > after]

    def matches(self, index: int, group: Group, after: Position | None, since: int, until: int) -> Sequence[Match]:
        """Return a group's matches after a position, from a time on until another."""
        self.flush()
        begin = since if after is None else max(since, after[0])
        mine = (MemberRow.correlation == self._name(index), MemberRow.group == group_key(group))
        found = self._matches(_MEMBERS.where(*mine, MemberRow.time.between(begin, until)))
        return [match for match in found if after is None or position(match) > after]

    def provisional(self, index: int) -> Iterable[Window]:
        """Return the windows that are not final."""
        mine = (WindowRow.correlation == self._name(index), WindowRow.final.is_(False))
        found = self._windows(select(WindowRow.window).where(*mine), index)
        return [window for window in found if self._owns(index, window.group)]

    def ends(self, index: int) -> Mapping[str, int]:
        """Return when the last final window ended, by part; over all hosts where all was applied, if that is later."""
        query = select(WindowRow.host, WindowRow.group, func.max(WindowRow.ended))
        mine = (WindowRow.correlation == self._name(index), WindowRow.final)
        ends: dict[str, int] = {}
        for host, key, end in self._s.execute(query.where(*mine).group_by(WindowRow.host, WindowRow.group)):
            if self._bounds is None or self._bounds.owns_row(index, host, key):
                ends[host] = max(end, ends.get(host, end))
        if not self._all[index].by_host:  # `live` does not give what is needed to apply what is earlier once more
            applied = self._applied(index)
            ends[_ALL] = max(applied, ends.get(_ALL, applied))
        return ends

    def live(self, index: int) -> Iterator[Match]:
        """Yield the matches after their group's last final window, but for what nothing can reach any more."""
        name, correlation = self._name(index), self._all[index]
        mine = (WindowRow.correlation == name, WindowRow.final)
        ends = dict(
            self._s.execute(
                select(WindowRow.group, func.max(WindowRow.ended)).where(*mine).group_by(WindowRow.group)
            ).all()
        )
        query = _MEMBERS.where(MemberRow.correlation == name)
        if not correlation.by_host:
            query = query.where(MemberRow.time >= self._applied(index) - correlation.span)
        exact: dict[str, Position | None] = {}
        for row in self._s.execute(query.execution_options(yield_per=10_000)):
            match, end = _match(row), ends.get(row.group)
            if not self._owns(index, match.group):
                continue
            if end is not None and match.time == end and row.group not in exact:
                exact[row.group] = self.last_end(index, match.group, (end + 1, match.event, 0))
            last_end = exact.get(row.group)
            if end is None or match.time > end or (last_end is not None and position(match) > last_end):
                yield match

    def flush(self) -> None:
        """Write what was gathered."""
        insert_many(self._s, MemberRow, list(self._members.values()))
        replace_many(self._s, WindowRow, list(self._final.values()))
        self._members.clear()
        self._final.clear()

    def window(self, index: int, number: str) -> Window | None:
        """Return a window by its id."""
        self.flush()
        query = select(WindowRow.window).where(WindowRow.correlation == self._name(index), WindowRow.id == number)
        return next(iter(self._windows(query, index)), None)

    def _applied(self, index: int) -> int:
        """Return up to where at least the matches of all hosts have been applied, ns; below 0 if there are none."""
        last = self._s.scalar(select(func.max(MemberRow.time)).where(MemberRow.correlation == self._name(index))) or 0
        return (last if self._reached is None else min(last, self._reached)) - SLACK_NS

    def _owns(self, index: int, group: Group) -> bool:
        return self._bounds is None or self._bounds.owns(index, group)

    def _name(self, index: int) -> str:
        return self._all[index].rule.digest

    def _is_final(self, index: int, number: str) -> bool:
        query = select(WindowRow.final).where(WindowRow.correlation == self._name(index), WindowRow.id == number)
        return bool(self._s.scalar(query))

    def _matches(self, query: Select[Any]) -> Iterator[Match]:
        return map(_match, self._s.execute(query))

    def _windows(self, query: Select[Any], index: int) -> list[Window]:
        return [_read(told, self._all[index].rule.id) for told in self._s.scalars(query)]

    def _window(self, index: int, window: Window, *, final: bool) -> dict[str, Any]:
        end, event, turn = window.end
        members = [[each.time, event_text(each.event), each.turn, each.value] for each in window.members]
        told = [list(window.group), members, window.count, window.figure, [end, event_text(event), turn], window.fired]
        return {
            "correlation": self._name(index),
            "id": window.id,
            "group": group_key(window.group),
            "host": window.group[0] if self._all[index].by_host else "",
            "ended": end,
            "final": final,
            "written": self._now,
            "window": told,
        }


_MEMBERS = select(MemberRow.group, MemberRow.event, MemberRow.turn, MemberRow.time, MemberRow.told)


def group_key(group: Group) -> str:
    """Return what rows name a group by: its values may be long."""
    told = "".join([f"{len(part)}:{part}" for part in group])
    return hashlib.sha256(told.encode()).hexdigest()[:32]


NO_GROUP = group_key(())


def _match(row: Any) -> Match:
    group, value = row.told
    return Match(row.time, event_of(row.event), row.turn, tuple(group), value)


def _read(told: list[Any], rule: str) -> Window:
    """Return the window that `_window` wrote."""
    values, members, count, figure, (end, event, turn), fired = told
    group = tuple(values)
    kept = tuple(Match(time, event_of(text), place, group, value) for time, text, place, value in members)
    return Window(rule, group, kept, count, figure, (end, event_of(event), turn), fired)
