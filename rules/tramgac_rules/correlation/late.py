"""Late matches: a group is run again from its rows, and what comes out otherwise than before is put right.

The rows are the caller's: a database, a dictionary in a test. What is written there is enough to begin again after
a restart, too.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from tramgac_rules.correlation.closing import Tiles
from tramgac_rules.correlation.correlator import Correlator
from tramgac_rules.correlation.model import AFTER, Correlation, Group, Match, Position, Window, fired, position
from tramgac_rules.correlation.stream import DROP, PUT, machine_of

_FURTHER = 4
"""A group is run again over so many spans, and then over so many times as many, until all is as before."""


class Rows(Protocol):
    """What is written of the correlations of a set: matches, and windows that ended or are provisional."""

    def put_match(self, index: int, match: Match) -> None:
        """Write a match of a correlation; the same again changes nothing."""

    def drop_match(self, index: int, match: Match) -> None:
        """Take a match out."""

    def hand(self, index: int, match: Match, how: str) -> None:
        """Write a match for the correlator that keeps its group: PUT, DROP or EARLY of stream.py."""

    def put_window(self, index: int, window: Window, *, final: bool) -> None:
        """Write a window; one of the same id is replaced, but a final one stays final."""

    def drop_window(self, index: int, window: Window, instead: str, *, final: bool) -> None:
        """Take a window out if it is final, or is not; `instead`: the id of what took its place, "" for nothing."""

    def last_end(self, index: int, group: Group, before: Position) -> Position | None:
        """Return the end of a group's last final window that ended before a position."""

    def windows(self, index: int, group: Group, after: Position | None, until: int) -> Sequence[Window]:
        """Return a group's final windows that ended after a position, and not after a time."""

    def matches(self, index: int, group: Group, after: Position | None, since: int, until: int) -> Sequence[Match]:
        """Return a group's matches after a position, from a time on until another, in any order."""

    def provisional(self, index: int) -> Iterable[Window]:
        """Return the windows that are not final."""

    def ends(self, index: int) -> Mapping[str, int]:
        """Return when the last final window ended, by part, ns."""

    def live(self, index: int) -> Iterable[Match]:
        """Return the matches that came after their group's last final window, in any order."""


@dataclass(frozen=True, slots=True)
class Rerun:
    """What matches of one group come to: windows that ended, in order, and the state that is left."""

    windows: tuple[Window, ...]
    state: object


def rerun(correlation: Correlation, group: Group, matches: Iterable[Match], until: int) -> Rerun:
    """Apply matches of one group in order, those of `until` (ns) the last, to an empty state. Pure."""
    within = sorted({match for match in matches if match.time <= until})
    if not correlation.closing:
        machine = machine_of(correlation)
        windows = [fired(correlation, members) for match in within if (members := machine.apply(match)) is not None]
        return Rerun(tuple(windows), machine.groups.get(group))
    tiles, ended = Tiles(correlation), []
    closes: int | None = None
    for match in within:
        if closes is not None and closes < match.time:
            ended.append(tiles.close(group, closes))
            closes = None
        opened, _ = tiles.apply(match)
        closes = closes if opened is None else opened
    if closes is not None and closes <= until:
        ended.append(tiles.close(group, closes))
    return Rerun(tuple(window for window in ended if window is not None), tiles.groups.get(group))


def restore(correlator: Correlator, rows: Rows) -> None:
    """Bring an empty correlator to where one was that wrote these rows.

    Its watermarks may be behind those of the other: what is applied again comes to the same.
    """
    for index, stream in enumerate(correlator.streams):
        for window in rows.provisional(index):
            stream.reopen(window)
        for match in rows.live(index):
            correlator.add(index, match)
        for part, time in rows.ends(index).items():
            correlator.begin(index, part, time)


def settle(correlator: Correlator, rows: Rows) -> None:
    """Write down all that changed, and run again what late matches touch: links of a chain after what they refer to."""
    late: list[dict[Group, list[Match]]] = [{} for _ in correlator.correlations]
    _write(correlator, rows, late)
    for index, groups in enumerate(late):
        for matches in groups.values():
            waiting = sorted(matches)
            while waiting:
                end = _again(correlator, rows, index, waiting)
                _write(correlator, rows, late)
                waiting = [match for match in waiting if position(match) > end]


def _write(correlator: Correlator, rows: Rows, late: list[dict[Group, list[Match]]]) -> None:
    """Write changes down; late matches are noted."""
    changes = correlator.take()
    for index, match in changes.links:
        rows.put_match(index, match)
    for index, match, how in changes.handed:
        rows.hand(index, match, how)
    for index, window in changes.early:
        rows.put_window(index, window, final=False)
    for index, window in changes.final:
        rows.put_window(index, window, final=True)
    for index, window, instead in changes.withdrawn:
        rows.drop_window(index, window, instead, final=False)
    for index, match in changes.late:
        late[index].setdefault(match.group, []).append(match)


def _again(correlator: Correlator, rows: Rows, index: int, late: Sequence[Match]) -> Position:
    """Run a group again from where its state was empty before a late match to where all is as before; return where.

    `late`: what came late, or was taken back, of this group; the first of it is the one.
    """
    first = late[0]
    correlation, stream = correlator.correlations[index], correlator.streams[index]
    part, group = stream.part_of(first), first.group
    begin, since = rows.last_end(index, group, position(first)), first.time - correlation.span
    watermark, reach = stream.watermark(part), correlation.span
    while True:
        reach *= _FURTHER
        until = min(first.time + reach, watermark)
        matches = rows.matches(index, group, begin, since, until)
        result = rerun(correlation, group, matches, until)
        before = rows.windows(index, group, begin, until)
        end = _as_before(correlation, first, [*late, *matches], before, result.windows, until)
        if end is not None or until == watermark:
            break
    if end is None:
        stream.replace(group, result.state, part)
        end = (watermark, AFTER, 0)
    gone = {window.id: window for window in before if window.end <= end}
    _put_right(correlator, rows, index, gone, [window for window in result.windows if window.end <= end])
    return end


def _as_before(
    correlation: Correlation,
    first: Match,
    matches: Iterable[Match],
    before: Iterable[Window],
    after: Iterable[Window],
    until: int,
) -> Position | None:
    """Return where, after a late match, the state is empty in either run: all that follows is the same.

    That is where a window ends in both, or where nothing came for longer than the span. `matches`: of either run.
    """
    ends = {window.end for window in before} & {window.end for window in after}
    found = [end for end in ends if end >= position(first)]
    times = sorted({*(match.time for match in matches if first.time <= match.time <= until), until + 1})
    for time, later in pairwise(times):
        if later - time > correlation.span + 1:
            found.append((time + correlation.span, AFTER, 0))
            break
    return min(found, default=None)


def _put_right(
    correlator: Correlator, rows: Rows, index: int, before: Mapping[str, Window], windows: Sequence[Window]
) -> None:
    """Write windows in place of those that there were; what refers to them is told."""
    after = {window.id: window for window in windows}
    for window in before.values():
        now = after.get(window.id)
        if window != now:
            _take_back(correlator, rows, index, window)
        if now is None:
            rows.drop_window(index, window, _instead(window, windows), final=True)
        elif now.fired != window.fired:  # what closed has another answer now
            rows.drop_window(index, window, "", final=True)
    for window in windows:
        correlator.streams[index].conclude(window, correlator.changes)
        if window != before.get(window.id):
            rows.put_window(index, window, final=True)
            for later, match in correlator.link(index, window):
                if not correlator.passes(later, match, PUT):
                    rows.put_match(later, match)
                    correlator.add(later, match)


def _take_back(correlator: Correlator, rows: Rows, index: int, window: Window) -> None:
    """Take back what a window was to the correlations that refer to its own."""
    for later, match in correlator.link(index, window):
        if not correlator.passes(later, match, DROP):
            rows.drop_match(later, match)
            correlator.streams[later].remove(match, correlator.changes)


def _instead(gone: Window, windows: Iterable[Window]) -> str:
    """Return the id of the firing that holds what another held, "" if none does."""
    taking = (window for window in windows if window.fired and position(gone.first) <= window.end)
    found = min(taking, key=lambda window: window.end, default=None)
    return found.id if found is not None and position(found.first) <= gone.end else ""
