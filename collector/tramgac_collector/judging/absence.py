"""What it means that hosts say nothing: the program ended, the line is cut, a site is dark, people went home. Pure.

A program that is killed leaves a machine that closes its stream at once; a cut line, a lost power supply and a sleeping
machine close nothing. So the first is told after a moment. The others happen by the hundred every evening: they are
told where a whole site goes, or where one host stays away while its neighbours live, in hours in which it is on.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

TOGETHER_NS = 600_000_000_000
"""Hosts that were heard last within so long of each other went together, nanoseconds."""
FEW, MANY = 3, 10
"""Fewer than so many are no group; so many are a story though some of their site still speak (a floor's switch)."""
NEIGHBOURS = 3
"""A site of fewer hosts says nothing about its hours."""

UsuallyOn = Callable[[str, int], bool | None]
"""Whether a host is usually on at a time (ns); None: not learned yet."""


@dataclass(frozen=True, slots=True)
class Gone:
    """A host that says nothing, and no last words before."""

    host: str
    last_seen: int
    left: int | None
    """When its side closed the stream though the line served, ns."""


@dataclass(frozen=True, slots=True)
class Site:
    """A site's hosts that speak now, those that spoke within a week, and whether it is known to be dark already."""

    live: int
    known: int
    dark: bool = False

    @property
    def at_work(self) -> bool:
        """Whether most of its hosts are on, or they are too few to tell: then it is no hour to go home."""
        return self.known < NEIGHBOURS or 2 * self.live >= self.known


@dataclass(slots=True)
class Judged:
    """Hosts by what their silence means; who is in none is looked at again."""

    left: list[Gone] = field(default_factory=list)
    """The agent ended, and nobody said so."""
    dark: list[Gone] = field(default_factory=list)
    """They went with most of their site."""
    lost: list[Gone] = field(default_factory=list)
    """They stay away while their neighbours live."""
    away: list[Gone] = field(default_factory=list)
    """They went when they usually do, or when the others did: no alert."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long is silent, nanoseconds: an agent that ended (`soon`), a site (`site`), one host's line (`late`)."""

    soon: int
    site: int
    late: int


def judge(gone: Sequence[Gone], site: Site, limits: Limits, usually_on: UsuallyOn, now: int) -> Judged:
    """Judge the silent hosts of one site, at a moment at which each has been silent for `limits.soon`."""
    found = Judged(left=[one for one in gone if one.left is not None and now - one.left >= limits.soon])
    rest = [one for one in gone if one.left is None]
    together = _together(rest)
    if site.dark:
        found.dark, rest = rest, []
    elif _most(len(together), site.live) and now - together[0].last_seen >= limits.site:
        found.dark, rest = together, [one for one in rest if one not in together]
    for one in rest:
        if now - one.last_seen >= limits.late:
            (found.lost if _is_missed(one, site, limits, usually_on) else found.away).append(one)
    return found


def _together(gone: Sequence[Gone]) -> list[Gone]:
    """Return the most hosts that went within TOGETHER_NS, in the order in which they went."""
    ordered, best, first = sorted(gone, key=lambda one: one.last_seen), (0, 0), 0
    for last, one in enumerate(ordered):
        while one.last_seen - ordered[first].last_seen > TOGETHER_NS:
            first += 1
        best = max(best, (first, last + 1), key=lambda span: span[1] - span[0])
    return ordered[slice(*best)]


def _most(gone: int, live: int) -> bool:
    """Whether a line went: behind one that is cut nobody speaks. A few, of whom others still do, went home."""
    return gone >= FEW and (not live or gone >= max(MANY, live))


def _is_missed(one: Gone, site: Site, limits: Limits, usually_on: UsuallyOn) -> bool:
    """Whether a host went, and stayed away, in hours in which it is on."""
    learned = [usually_on(one.host, time) for time in (one.last_seen, one.last_seen + limits.late)]
    return site.at_work if None in learned else all(learned)


def by_site(gone: Iterable[tuple[str, Gone]]) -> dict[str, list[Gone]]:
    """Return silent hosts by the name of their site."""
    found: dict[str, list[Gone]] = {}
    for site, one in gone:
        found.setdefault(site, []).append(one)
    return found
