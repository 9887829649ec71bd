"""How many examples Hypothesis makes: few in the suite that each push waits for, five times as many with --slow.

Each run draws others, so that what many runs look at is the same.
"""

import os


def examples(number: int) -> int:
    """The number for this run, where the suite has `number`."""
    return number * int(os.environ.get("TRAMGAC_TEST_EXAMPLES", "1"))
