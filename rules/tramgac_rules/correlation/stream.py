"""One correlation over matches that come in any order.

What comes waits in a heap until the watermark has passed it and is then applied in the order of (time, event id):
so the same matches give the same alerts in whatever order they came. One that comes later than the watermark is
told as late, for its group to be run again (late.py). Correlations that further events cannot undo are applied on
arrival too, to a second set of states: what fires there is provisional until the watermark has passed it.

Watermarks are kept by part: one for each host where groups stay within a host, else one alone ("").
"""

from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from heapq import heappop, heappush

from tramgac_rules.correlation.closing import Tile, Tiles
from tramgac_rules.correlation.model import Correlation, Group, Match, Window, fired, position
from tramgac_rules.correlation.ordered import TemporalOrdered
from tramgac_rules.correlation.sliding import EventCount, Machine, Temporal, ValueCount

PUT, DROP, EARLY = "put", "drop", "early"
"""How a match is handed over."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a correlation keeps in memory at most. What goes beyond is given up and counted."""

    groups: int = 200_000
    waiting: int = 1_000_000


@dataclass(slots=True)
class Changes:
    """What came of matches and watermarks. `index` is the correlation's place in its set."""

    early: list[tuple[int, Window]] = field(default_factory=list)
    """Provisional firings."""
    final: list[tuple[int, Window]] = field(default_factory=list)
    """Windows that ended for good, also without firing. One that was provisional is confirmed by it, or amended."""
    withdrawn: list[tuple[int, Window, str]] = field(default_factory=list)
    """Provisional firings that did not come true, with the id of what took their place, "" for none."""
    links: list[tuple[int, Match]] = field(default_factory=list)
    """Final firings as matches of the correlations that refer to them."""
    late: list[tuple[int, Match]] = field(default_factory=list)
    """Matches that came after their watermark."""
    handed: list[tuple[int, Match, str]] = field(default_factory=list)
    """Matches whose group another correlator keeps: what fired (PUT), what is taken back (DROP), what is provisional
    (EARLY)."""


class Part:
    """What shares one watermark."""

    __slots__ = ("due", "early", "heap", "last", "watermark")

    def __init__(self) -> None:
        self.watermark = -1
        self.heap: list[Match] = []
        self.last: Match | None = None  # applied; the same again is a duplicate
        self.due: list[tuple[int, Group]] = []  # windows by the time they close
        self.early: list[tuple[int, str, Group]] = []  # provisional firings by their time


class Stream:
    """A correlation with all its groups."""

    def __init__(self, index: int, correlation: Correlation, limits: Limits, *, early: bool) -> None:
        """Begin empty. `early`: tell provisional firings, where the correlation can have any."""
        self.correlation = correlation
        self.counts: Counter[str] = Counter()
        self.waiting = 0
        self._index, self._limits, self._by_host = index, limits, correlation.by_host
        self._parts: dict[str, Part] = {}
        self._tiles = Tiles(correlation) if correlation.closing else None
        self._machine = None if correlation.closing else machine_of(correlation)
        self._early = machine_of(correlation) if early and not correlation.closing else None
        self._open: dict[Group, list[Window]] = {}
        self._cancelled: set[Match] = set()
        # Groups about which the early states were wrong, with their last time: silent until they were quiet for a span.
        self._mistaken: OrderedDict[Group, int] = OrderedDict()

    def part_of(self, match: Match) -> str:
        """Return the name of the part that a match belongs to."""
        return match.event[0] if self.correlation.by_host else ""

    def watermark(self, part: str) -> int:
        """Return how far a part has been applied, ns; -1 before anything was."""
        found = self._parts.get(part)
        return -1 if found is None else found.watermark

    def add(self, match: Match, changes: Changes) -> bool:
        """Take a match: it waits for the watermark, or is late. Return whether something fired."""
        name = match[1][0] if self._by_host else ""
        part = self._parts.get(name)
        if part is None:
            part = self._parts[name] = Part()
        if match[0] <= part.watermark:
            self.counts["late"] += 1
            changes.late.append((self._index, match))
            return False
        if self._cancelled and match in self._cancelled:  # it was taken back, and is in the heap still
            self._cancelled.discard(match)
            return False
        heappush(part.heap, match)
        self.waiting += 1
        hurried = self.waiting > self._limits.waiting
        if hurried:
            self.counts["hurried"] += 1
            self._advance(part, part.heap[0].time, changes)
        return (self._early is not None and self.hasten(match, changes)) or hurried

    def hasten(self, match: Match, changes: Changes) -> bool:
        """Apply a match to the early states alone; return whether something fired."""
        early, group = self._early, match[3]
        if early is None or (self._mistaken and group in self._mistaken and self._is_mistaken(match)):
            return False
        members = early.apply(match)
        if members is None:
            if len(early.groups) > self._limits.groups:
                early.groups.popitem(last=False)
            return False
        window = fired(self.correlation, sorted(members))
        if window.last.time - window.first.time > self.correlation.span:
            return False  # they did not come in order
        if window.id in {told.id for told in self._open.get(group, ())}:
            return False
        self.reopen(window)
        changes.early.append((self._index, window))
        return True

    def advance(self, name: str, watermark: int, changes: Changes) -> None:
        """Apply what waits in a part up to a time, ns; nothing earlier is expected any more."""
        part = self._parts.get(name)
        if part is not None and watermark > part.watermark:
            self._advance(part, watermark, changes)

    def begin(self, name: str, watermark: int, changes: Changes) -> None:
        """Go on with a part where another left it: apply what waits up to a time, ns."""
        self._advance(self._parts.setdefault(name, Part()), watermark, changes)

    def settle(self, name: str, until: int, changes: Changes) -> None:
        """Apply what waits in a part, as far as `until`, and leave the watermark at the last that was applied.

        For a part that will say nothing for long: what it says later, of later events, is in time all the same.
        """
        part = self._parts.get(name)
        while part is not None:
            times = [*(match.time for match in part.heap), *(closes for closes, _ in part.due)]
            within = [time for time in times if time <= until]
            if not within:
                return
            self._advance(part, max(within), changes)

    def waits(self) -> set[str]:
        """Return the names of the parts in which something waits."""
        return {name for name, part in self._parts.items() if part.heap or part.due}

    def remove(self, match: Match, changes: Changes) -> None:
        """Take a match back: it is not applied, or late where it has been."""
        part = self._parts.get(self.part_of(match))
        if part is not None and match.time <= part.watermark:
            changes.late.append((self._index, match))
        else:
            self._cancelled.add(match)
            self._doubt(match.group, match.time)

    def replace(self, group: Group, state: object, part: str) -> None:
        """Put the state of a group in place of the one there is: that of a new run up to the watermark; None: none."""
        groups: OrderedDict[Group, object] = self._groups
        if state is None:
            groups.pop(group, None)
        else:
            groups[group] = state
            groups.move_to_end(group)
        if isinstance(state, Tile):
            heappush(self._parts.setdefault(part, Part()).due, (state.closes, group))
        self._doubt(group, self.watermark(part))

    def reopen(self, window: Window) -> None:
        """Take up a provisional firing: now, or one that was told before a restart."""
        self._open.setdefault(window.group, []).append(window)
        part = self._parts.setdefault(self.part_of(window.last), Part())
        heappush(part.early, (window.last.time, window.id, window.group))

    def conclude(self, window: Window, changes: Changes) -> None:
        """Compare a window that ended for good with the provisional ones: it confirms one, or makes some wrong."""
        told = self._open.get(window.group)
        if not told:
            return
        kept = []
        for early in told:
            if early.id == window.id:
                continue
            if position(early.first) <= window.end:
                changes.withdrawn.append((self._index, early, window.id))
                self._doubt(window.group, early.last.time)
            else:
                kept.append(early)
        self._keep_open(window.group, kept)

    @property
    def _groups(self) -> OrderedDict[Group, object]:
        kept = self._tiles or self._machine
        assert kept is not None
        return kept.groups  # type: ignore[return-value]  # each machine's own states

    def _advance(self, part: Part, watermark: int, changes: Changes) -> None:
        part.watermark = watermark
        heap = part.heap
        take = self._slide if self._tiles is None else self._tile
        while heap and heap[0][0] <= watermark:
            match = heappop(heap)
            self.waiting -= 1
            if match == part.last:
                continue
            part.last = match
            if self._cancelled and match in self._cancelled:
                self._cancelled.discard(match)
                continue
            take(part, match, changes)
        self._close(part, watermark + 1, changes)
        self._disappoint(part, watermark, changes)
        self._forget()

    def _slide(self, part: Part, match: Match, changes: Changes) -> None:
        """Apply a match to the states that are judged at each event."""
        del part
        machine = self._machine
        assert machine is not None
        members = machine.apply(match)
        if members is not None:
            window = fired(self.correlation, members)
            changes.final.append((self._index, window))
            self.conclude(window, changes)
        elif len(machine.groups) > self._limits.groups:
            self._evict()

    def _tile(self, part: Part, match: Match, changes: Changes) -> None:
        """Apply a match to the open windows, after closing those that were due before it."""
        tiles = self._tiles
        assert tiles is not None
        if part.due and part.due[0][0] < match[0]:
            self._close(part, match[0], changes)
        closes, room = tiles.apply(match)
        if not room:
            self.counts["values_given_up"] += 1
        if closes is not None:
            heappush(part.due, (closes, match.group))
            if len(tiles.groups) > self._limits.groups:
                self._evict()

    def _close(self, part: Part, before: int, changes: Changes) -> None:
        """Close the windows that end before a time."""
        while part.due and part.due[0][0] < before:
            closes, group = heappop(part.due)
            assert self._tiles is not None
            window = self._tiles.close(group, closes)
            if window is not None:
                changes.final.append((self._index, window))

    def _disappoint(self, part: Part, watermark: int, changes: Changes) -> None:
        """Withdraw the provisional firings that the watermark passed without confirming them."""
        while part.early and part.early[0][0] <= watermark:
            _, number, group = heappop(part.early)
            told = self._open.get(group, [])
            for early in told:
                if early.id == number:
                    changes.withdrawn.append((self._index, early, ""))
                    self._doubt(group, early.last.time)
                    self._keep_open(group, [other for other in told if other is not early])
                    break

    def _keep_open(self, group: Group, windows: list[Window]) -> None:
        if windows:
            self._open[group] = windows
        else:
            self._open.pop(group, None)

    def _doubt(self, group: Group, time: int) -> None:
        """Forget the early state of a group that has gone astray."""
        if self._early is not None:
            self._early.groups.pop(group, None)
            self._mistaken[group] = max(time, self._mistaken.get(group, time))
            if len(self._mistaken) > self._limits.groups:
                self._mistaken.popitem(last=False)

    def _is_mistaken(self, match: Match) -> bool:
        last = self._mistaken[match.group]
        if match.time > last + self.correlation.span:
            del self._mistaken[match.group]
            return False
        self._mistaken[match.group] = max(last, match.time)
        return True

    def _evict(self) -> None:
        """Give up the group that was not used for longest; counted unless no further event could have met it."""
        group, state = self._groups.popitem(last=False)
        if self._machine is None or not self._machine.dead(state, self._oldest(group)):
            self.counts["groups_given_up"] += 1

    def _forget(self) -> None:
        """Drop the longest unused groups as long as they are dead."""
        if self._machine is not None:
            groups = self._machine.groups
            while groups and self._machine.dead(groups[group := next(iter(groups))], self._oldest(group)):
                del groups[group]

    def _oldest(self, group: Group) -> int:
        return self.watermark(group[0] if self.correlation.by_host else "") - self.correlation.span


def machine_of(correlation: Correlation) -> Machine:
    """Return an empty machine for a correlation that is judged at each event."""
    match correlation.type, correlation.least:
        case "event_count", int(least):
            return EventCount(least, correlation.span)
        case "value_count", int(least):
            return ValueCount(least, correlation.span)
        case "temporal", _:
            return Temporal(correlation)
        case _:
            return TemporalOrdered(correlation)
