"""Slow work in threads of its own: so much at once, so much waiting, and the rest is sent away at once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, TypeVarTuple

from anyio import CapacityLimiter, to_thread

from tramgac_collector.api.errors import Unavailable

_Arguments = TypeVarTuple("_Arguments")
_Result = TypeVar("_Result")


@dataclass(slots=True)
class Queue:
    """A queue with an end. For one event loop."""

    at_once: int
    waiting: int
    inside: int = 0
    """How many work or wait now. Counted here: the limiter knows of a task only after the task has yielded once, and
    a flood that arrives in one turn of the loop would pass any question about it."""
    _limiter: CapacityLimiter = field(init=False)

    def __post_init__(self) -> None:
        """Make the limiter."""
        self._limiter = CapacityLimiter(self.at_once)

    async def run(self, work: Callable[[*_Arguments], _Result], *arguments: *_Arguments) -> _Result:
        """Give what `work` returns. Raises Unavailable where too many wait already, and what `work` raises."""
        if self.inside >= self.at_once + self.waiting:
            raise Unavailable(retry_after_s=1)
        self.inside += 1
        try:
            return await to_thread.run_sync(work, *arguments, limiter=self._limiter)
        finally:
            self.inside -= 1
