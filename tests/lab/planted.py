"""Runs a block with a bug in a program that it starts, and says whether the lane found it. Not a lane itself."""

import contextlib
import io
import os
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

from tests.lab.rows import note, row


def found(lane: str, bug: str, run: Callable[[], bool]) -> bool:
    """Run with the bug, its figures aside: whether some figure was not well, as a figure."""
    folder = str(Path(__file__).parent / "planting")
    figures = io.StringIO()
    with patch.dict(os.environ, PYTHONPATH=folder, TRAMGAC_LAB_PLANTED=bug), contextlib.redirect_stdout(figures):
        well = run()
    for line in figures.getvalue().splitlines():
        if '"ok": false' in line:
            note(f"{lane}: planted: {line}")
    return row(lane, f"planted bug is found: {bug}", int(not well), "bugs", at_least=1)
