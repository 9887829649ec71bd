"""Bugs for the outage lane to find: each is planted for a block. Not a lane itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from tramgac_agent.endings import Endings
from tramgac_agent.ledger import LaneBook
from tramgac_agent.storage import FULL, Storage

from tests.lab.outage_check import INEXACT, UPPER

CAP = "most that the spool ever took"


@contextmanager
def gives_way_at_the_top() -> Iterator[None]:
    """A spool that makes room in the security lane first."""

    def make_room(self: Storage, lane: int) -> bool:
        for higher in (2, 3, 1):
            segments = self.logs[higher].segments
            if len(segments) > 1:
                self.give_up(higher, segments[0].next, FULL)
                return True
        return False

    with patch.object(Storage, "make_room", make_room):
        yield


@contextmanager
def looks_at_the_cap_now_and_then() -> Iterator[None]:
    """A spool whose cap holds only when somebody looks."""
    honest = Storage._over

    def over(self: Storage, more: int) -> bool:
        return honest(self, more) if not more else False

    with patch.object(Storage, "_over", over):
        yield


@contextmanager
def counts_too_little() -> Iterator[None]:
    """Books in which one event of each that are given up together is forgotten."""
    honest = LaneBook._give_up

    def give_up(self: LaneBook, count: int, why: str) -> None:
        honest(self, count, why)
        self.dropped[why] -= count > 1

    with patch.object(LaneBook, "_give_up", give_up):
        yield


@contextmanager
def says_nothing_of_earlier_epochs() -> Iterator[None]:
    """Epochs that end without a word."""

    def untold(_self: Endings) -> dict[int, Any]:
        return {}

    with patch.object(Endings, "untold", untold):
        yield


BUGS: dict[Callable[[], Any], str] = {
    gives_way_at_the_top: UPPER,
    looks_at_the_cap_now_and_then: CAP,
    counts_too_little: INEXACT,
    says_nothing_of_earlier_epochs: INEXACT,
}
"""Each bug, and the figure that shows it; another may be bad for something else."""
