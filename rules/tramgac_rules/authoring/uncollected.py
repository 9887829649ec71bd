"""Python's search for cyclic garbage, left out while much is made that stays: it took 30 % of compiling rules."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no cyclic garbage until the end, in this whole process. To be used where input is bounded in size."""
    wanted = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if wanted:
            gc.enable()
