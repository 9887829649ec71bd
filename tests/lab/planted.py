"""Runs a block with a bug in a program that it starts, and says whether the lane found it. Not a lane itself."""

import contextlib
import io
import json
import os
from collections.abc import Callable, Collection
from pathlib import Path
from unittest.mock import patch

from tests.lab.rows import note, row


def found(lane: str, bug: str, run: Callable[[], object], shown_by: Collection[str]) -> bool:
    """Run with the bug, its figures aside: whether a figure that this very bug makes bad was so, as a figure.

    `shown_by` names such figures, by all of their text. Others do not count: a busy machine may make them bad.
    """
    folder = str(Path(__file__).parent / "planting")
    figures = io.StringIO()
    with patch.dict(os.environ, PYTHONPATH=folder, TRAMGAC_LAB_PLANTED=bug), contextlib.redirect_stdout(figures):
        run()
    rows = [json.loads(line) for line in figures.getvalue().splitlines() if line.startswith("{")]
    bad = [one for one in rows if not one["ok"]]
    for one in bad:
        note(f"{lane}: planted: {json.dumps(one)}")
    seen = any(one["what"] in shown_by for one in bad)
    return row(lane, f"planted bug is found: {bug}", int(seen), "bugs", at_least=1)
