"""All correlations of a set over one flow of matches; what fires is an event for those that refer to it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from tramgac_rules.correlation.model import FIGURES, Correlation, Group, Match, Window
from tramgac_rules.correlation.stream import EARLY, PUT, Changes, Limits, Stream
from tramgac_rules.correlation.values import counted


@dataclass(frozen=True, slots=True)
class Link:
    """How a fired correlation enters one that refers to it.

    `index`: of that one in its set; `turn`: of the fired one among its rules. `group`, `values`: where what that one
    groups by and counts stands in the group of the fired one. `number`: it reckons with numbers.
    """

    index: int
    turn: int
    group: tuple[int, ...]
    values: tuple[int, ...]
    number: bool

    def match(self, window: Window) -> Match | None:
        """Return a firing as a match, at the time of its last member; None if it has no number to reckon with."""
        value = counted((window.group[place] for place in self.values), number=self.number)
        if value is None:
            return None
        group = tuple(window.group[place] for place in self.group)
        return Match(window.last.time, window.event, self.turn, group, value)


def links_of(correlations: Sequence[Correlation]) -> tuple[tuple[Link, ...], ...]:
    """Return for each correlation how its firings enter later ones."""
    places = {correlation.rule.id: index for index, correlation in enumerate(correlations)}
    found: list[list[Link]] = [[] for _ in correlations]
    for index, later in enumerate(correlations):
        for place, name in enumerate(later.rules):
            if name in places:
                earlier = correlations[places[name]]
                at = {field: earlier.by_host + number for number, field in enumerate(earlier.group_by)}
                host = (0,) if later.by_host else ()
                group = (*host, *(at[field] for field in later.fields[place]))
                values = tuple(at[field] for field in later.values[place])
                turn = len(later.rules) - 1 - place
                found[places[name]].append(Link(index, turn, group, values, later.type in FIGURES))
    return tuple(map(tuple, found))


def delays_of(correlations: Sequence[Correlation]) -> tuple[int, ...]:
    """Return how long after the others each must be applied, ns.

    A window that is judged when it closes fires with the time of its last member, up to a span ago.
    """
    places = {correlation.rule.id: index for index, correlation in enumerate(correlations)}
    found: list[int] = []
    for correlation in correlations:
        earlier = [places[name] for name in correlation.rules if name in places]
        found.append(max((found[i] + correlations[i].closing * correlations[i].span for i in earlier), default=0))
    return tuple(found)


def levels_of(correlations: Sequence[Correlation]) -> tuple[int, ...]:
    """Return how deep each refers to others: 0 to none, 1 to such, and so on."""
    places = {correlation.rule.id: index for index, correlation in enumerate(correlations)}
    found: list[int] = []
    for correlation in correlations:
        found.append(max((found[places[name]] + 1 for name in correlation.rules if name in places), default=0))
    return tuple(found)


class Correlator:
    """The correlations of a set; each refers to earlier ones alone. Not to be shared between threads.

    What is added and how far the watermarks go leaves its traces in `changes`, for the caller to take.
    """

    def __init__(
        self,
        correlations: Sequence[Correlation],
        limits: Limits | None = None,
        *,
        early: bool = True,
        owns: Callable[[int, Group], bool] | None = None,
    ) -> None:
        """Begin empty. `early`: tell provisional firings. `owns`: which groups of a correlation are ours; None: all.

        What fires here and is a match of a group that is not ours is in `changes.handed`, for its correlator.
        """
        self.correlations = tuple(correlations)
        self.links = links_of(correlations)
        self.changes = Changes()
        bounds = limits or Limits()
        self.streams = tuple(Stream(i, each, bounds, early=early) for i, each in enumerate(correlations))
        self.levels = levels_of(correlations)
        self._delays, self._owns = delays_of(correlations), owns
        self._handed = (0, 0)  # changes that were handed on: early ones, final ones

    @property
    def counts(self) -> Counter[str]:
        """What was given up, and what came late, over all correlations."""
        return sum((stream.counts for stream in self.streams), Counter[str]())

    def take(self) -> Changes:
        """Return the changes since the last time."""
        changes, self.changes = self.changes, Changes()
        self._handed = (0, 0)
        return changes

    def add(self, index: int, match: Match) -> None:
        """Take a match of a correlation."""
        if self.streams[index].add(match, self.changes):
            self._hand_on()

    def hasten(self, index: int, match: Match) -> None:
        """Take a match that is provisional: what fired early in another correlator."""
        if self.streams[index].hasten(match, self.changes):
            self._hand_on()

    def passes(self, index: int, match: Match, how: str) -> bool:
        """Note a match for the correlator that keeps its group; False if that is this one."""
        if self._owns is None or self._owns(index, match.group):
            return False
        self.changes.handed.append((index, match, how))
        return True

    def begin(self, index: int, part: str, watermark: int) -> None:
        """Go on with a part of a correlation where another correlator left it, as `Stream.begin`."""
        self.streams[index].begin(part, watermark, self.changes)
        self._hand_on()

    def advance(self, part: str, watermark: int, level: int | None = None) -> None:
        """Apply what waits in a part up to a time, ns; what comes later but is of earlier is late.

        `level`: of these correlations alone.
        """
        for stream, delay in self._of(part, level):
            stream.advance(part, watermark - delay, self.changes)
            self._hand_on()

    def settle(self, part: str, until: int, level: int | None = None) -> None:
        """Apply what waits in a part up to a time, as `Stream.settle`."""
        for stream, delay in self._of(part, level):
            stream.settle(part, until - delay, self.changes)
            self._hand_on()

    def waits(self) -> set[str]:
        """Return the names of the parts in which something waits."""
        return set[str]().union(*(stream.waits() for stream in self.streams))

    def link(self, index: int, window: Window) -> Iterable[tuple[int, Match]]:
        """Yield what a window is to the correlations that refer to its own: nothing, if it did not fire."""
        for link in self.links[index] if window.fired else ():
            match = link.match(window)
            if match is not None:
                yield link.index, match

    def _of(self, part: str, level: int | None) -> Iterator[tuple[Stream, int]]:
        """Yield the streams (of a level) that have a part of this name, with their delays."""
        for stream, delay, own in zip(self.streams, self._delays, self.levels, strict=True):
            if stream.correlation.by_host == bool(part) and level in (None, own):
                yield stream, delay

    def _hand_on(self) -> None:
        """Hand on what fired since the last time; what that makes fire early goes on by itself."""
        early, final = self._handed
        changes = self.changes
        while early < len(changes.early) or final < len(changes.final):
            if early < len(changes.early):
                index, window = changes.early[early]
                early += 1
                for later, match in self.link(index, window):
                    if not self.passes(later, match, EARLY):
                        self.streams[later].hasten(match, changes)
                continue
            index, window = changes.final[final]
            final += 1
            for later, match in self.link(index, window):
                if not self.passes(later, match, PUT):
                    changes.links.append((later, match))
                    self.streams[later].add(match, changes)
        self._handed = early, final
