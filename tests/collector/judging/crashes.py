"""Crashes at any statement, as by kill -9 between any two: the transaction is gone. For tests of the judge."""

from collections.abc import Callable, Iterable

from sqlalchemy import Engine, event


class Crash(BaseException):
    """No bulkhead holds it back."""


def crashing(engine: Engine, steps: Iterable[int], work: Callable[[], object]) -> int:
    """Do work until it comes to its end, each time with a crash some statements later; how many there were."""
    left, crashes = [0], 0

    def strike(*_args: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Crash

    event.listen(engine, "before_cursor_execute", strike)
    try:
        for step in steps:
            left[0] = step
            try:
                work()
            except Crash:
                crashes += 1
            else:
                break
    finally:
        event.remove(engine, "before_cursor_execute", strike)
    return crashes
