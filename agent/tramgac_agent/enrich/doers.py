"""Who changed a file, where the system tells an order and no time.

fanotify tells which process changed a file, not when, and so not as which program: a shell may write a file and then
become another one (execve(2)), both between two looks. Its queue holds the openings of programs too (FAN_OPEN_EXEC,
fanotify_mark(2)). What a process did as a program stands behind the opening of that program, what it did before it in
front. Of several openings the last counts, for those before it may have come to nothing.

A program on a file system that is not watched has no opening there. Then what a forked copy became is taken to have
done it, as a shell does when it redirects and runs; else the program that was there before, so that nobody hides behind
a harmless one. What is not certain says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tramgac_agent.observations import FileChange, Opened

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tramgac_agent.enrich.processes import Known, ProcessTable
    from tramgac_agent.observations import Observation

_AT_FIRST = -1
"""A place before all of what was read."""
_LOADING_NS = 10_000_000_000
"""So long an opening may be before the program that it begins."""


class Doer(NamedTuple):
    """The image that did something."""

    known: Known
    certain: bool


class _Opening(NamedTuple):
    place: int
    path: str
    at: int
    since: int = 0
    """When the image that it began came to be; 0 while nobody knows of one."""


class Doers:
    """Reads the order of file changes and openings; keeps openings of which nothing has come yet."""

    def __init__(self, table: ProcessTable) -> None:
        """`table`: knows all that processes became before file changes are asked about."""
        self._table = table
        self._early: dict[int, list[_Opening]] = {}

    def of(self, observations: Sequence[Observation]) -> Mapping[int, Doer]:
        """Give the doers of those changes, by their place, whose process has become another program meanwhile."""
        changes: dict[int, list[int]] = {}
        opened: dict[int, list[_Opening]] = {}
        after = until = 0
        for place, o in enumerate(observations):
            if type(o) is Opened:
                opened.setdefault(o.pid, []).append(_Opening(place, o.path, o.at))
            elif type(o) is FileChange and o.after:
                changes.setdefault(o.pid, []).append(place)
            else:
                continue
            after, until = after or o.after, o.at
        if not after:
            return {}
        self._forget(after)
        found: dict[int, Doer] = {}
        for pid in opened.keys() | {pid for pid in changes if self._table.became(pid) > after}:
            images = self._table.images(pid, after)
            openings = self._early.get(pid, []) + opened.get(pid, [])
            if openings:
                self._early[pid] = _noted(images, openings)
            if len(images) > 1:
                # What a process became after all of this was read did none of it.
                known = [image for i, image in enumerate(images) if not i or image.since <= until]
                found.update(_split(images, known, openings, changes.get(pid, ())))
        return found

    def _forget(self, after: int) -> None:
        """Leave of what was read before those openings whose program came later than that, or may come yet."""
        early = {}
        for pid, openings in self._early.items():
            left = [one for one in openings if (one.since > after if one.since else one.at > after - _LOADING_NS)]
            if left:
                early[pid] = [one._replace(place=_AT_FIRST, since=0) for one in left]
        self._early = early


def _matched(images: list[Known], openings: list[_Opening]) -> list[int | None]:
    """Give for each image but the first the last opening that can be its own; None where there is none."""
    found: list[int | None] = []
    end = len(openings)
    for image in reversed(images[1:]):
        mine = next((i for i in reversed(range(end)) if _is_of(openings[i], image)), None)
        end = end if mine is None else mine
        found.append(mine)
    return found[::-1]


def _noted(images: list[Known], openings: list[_Opening]) -> list[_Opening]:
    """Give the openings with the time of what they began."""
    noted = openings[:]
    for image, mine in zip(images[1:], _matched(images, openings), strict=True):
        if mine is not None:
            noted[mine] = noted[mine]._replace(since=image.since)
    return noted


def _split(
    images: list[Known], known: list[Known], openings: list[_Opening], changes: Sequence[int]
) -> dict[int, Doer]:
    """Give one process's changes to those of its images that there were (`known`)."""
    mine = _matched(known, openings)
    begins = [_AT_FIRST, *(None if i is None else openings[i].place for i in mine)]
    of_them = sum(any(_is_of(opening, image) for image in known[1:]) for opening in openings)
    certain = None not in mine and of_them == len(mine) and mine == _matched(images, openings)[: len(mine)]
    if mine[:1] == [None] and not known[0].executed:
        begins[1] = _AT_FIRST
    found = {}
    for place in changes:
        image = max(i for i, begin in enumerate(begins) if begin is not None and begin <= place)
        found[place] = Doer(known[image], certain)
    return found


def _is_of(opening: _Opening, image: Known) -> bool:
    """Whether that program was opened; a process in another root (chroot, container) has less of the path."""
    return bool(image.executable) and opening.path.endswith(image.executable)
