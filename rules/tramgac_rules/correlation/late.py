"""Late matches: a group is run again from its rows, and what comes out otherwise than before is put right.

The rows are the caller's: a database, a dictionary in a test. What is written there is enough to begin again after
a restart, too.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tramgac_rules.correlation.closing import Tiles
from tramgac_rules.correlation.correlator import Correlator
from tramgac_rules.correlation.model import Correlation, Group, Match, Position, Window, fired, position
from tramgac_rules.correlation.stream import machine_of


class Rows(Protocol):
    """What is written of the correlations of a set: matches, and windows that ended or are provisional."""

    def put_match(self, index: int, match: Match) -> None:
        """Write a match of a correlation; the same again changes nothing."""

    def drop_match(self, index: int, match: Match) -> None:
        """Take a match out."""

    def put_window(self, index: int, window: Window, *, final: bool) -> None:
        """Write a window; one of the same id is replaced, but a final one stays final."""

    def drop_window(self, index: int, window: Window, instead: str, *, final: bool) -> None:
        """Take a window out if it is final, or is not; `instead`: the id of what took its place, "" for nothing."""

    def last_end(self, index: int, group: Group, before: Position) -> Position | None:
        """Return the end of a group's last final window that ended before a position."""

    def windows(self, index: int, group: Group, after: Position | None) -> Sequence[Window]:
        """Return a group's final windows that ended after a position."""

    def matches(self, index: int, group: Group, after: Position | None, since: int) -> Sequence[Match]:
        """Return a group's matches after a position and not before a time, in any order."""

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
    late: list[dict[Group, Match]] = [{} for _ in correlator.correlations]
    _write(correlator, rows, late)
    for index, groups in enumerate(late):
        for match in groups.values():
            _again(correlator, rows, index, match)
            _write(correlator, rows, late)


def _write(correlator: Correlator, rows: Rows, late: list[dict[Group, Match]]) -> None:
    """Write changes down; of the late matches of a group the first is noted."""
    changes = correlator.take()
    for index, match in changes.links:
        rows.put_match(index, match)
    for index, window in changes.early:
        rows.put_window(index, window, final=False)
    for index, window in changes.final:
        rows.put_window(index, window, final=True)
    for index, window, instead in changes.withdrawn:
        rows.drop_window(index, window, instead, final=False)
    for index, match in changes.late:
        first = late[index].get(match.group)
        late[index][match.group] = match if first is None else min(first, match)


def _again(correlator: Correlator, rows: Rows, index: int, first: Match) -> None:
    """Run a group again from where its state was empty before a late match."""
    correlation, stream = correlator.correlations[index], correlator.streams[index]
    part, group = stream.part_of(first), first.group
    begin = rows.last_end(index, group, position(first))
    before = {window.id: window for window in rows.windows(index, group, begin)}
    matches = rows.matches(index, group, begin, first.time - correlation.span)
    result = rerun(correlation, group, matches, stream.watermark(part))
    after = {window.id: window for window in result.windows}
    stream.replace(group, result.state, part)
    for window in before.values():
        if window != after.get(window.id):
            for later, match in correlator.link(index, window):
                rows.drop_match(later, match)
                correlator.streams[later].remove(match, correlator.changes)
            if window.id not in after:
                rows.drop_window(index, window, _instead(window, result.windows), final=True)
    for window in result.windows:
        stream.conclude(window, correlator.changes)
        if window != before.get(window.id):
            rows.put_window(index, window, final=True)
            for later, match in correlator.link(index, window):
                rows.put_match(later, match)
                correlator.add(later, match)


def _instead(gone: Window, windows: Iterable[Window]) -> str:
    """Return the id of the firing that holds what another held, "" if none does."""
    taking = (window for window in windows if window.fired and position(gone.first) <= window.end)
    found = min(taking, key=lambda window: window.end, default=None)
    return found.id if found is not None and position(found.first) <= gone.end else ""
