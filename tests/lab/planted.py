"""Runs a block with a bug in a program that it starts, and says whether the lane found it. Not a lane itself."""

import contextlib
import io
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Collection
from pathlib import Path
from unittest.mock import patch

from tests.lab.rows import note, row

PLANTING = Path(__file__).parent / "planting/sitecustomize.py"
"""What plants the bugs of several lanes."""


def found(lane: str, bug: str, run: Callable[[], object], shown_by: Collection[str], planting: Path = PLANTING) -> bool:
    """Run with the bug, its figures aside: whether a figure that this very bug makes bad was so, as a figure.

    `shown_by` names such figures, by all of their text. Others do not count: a busy machine may make them bad.
    `planting` is run by each program of ours at its start, with the bug's name in TRAMGAC_LAB_PLANTED.
    """
    figures = io.StringIO()
    with (
        tempfile.TemporaryDirectory(prefix="tramgac-planted-") as folder,
        patch.dict(os.environ, PYTHONPATH=folder, TRAMGAC_LAB_PLANTED=bug),
        contextlib.redirect_stdout(figures),
    ):
        shutil.copy(planting, Path(folder) / "sitecustomize.py")  # by that name Python looks for it
        run()
    rows = [json.loads(line) for line in figures.getvalue().splitlines() if line.startswith("{")]
    bad = [one for one in rows if not one["ok"]]
    for one in bad:
        note(f"{lane}: planted: {json.dumps(one)}")
    seen = any(one["what"] in shown_by for one in bad)
    return row(lane, f"planted bug is found: {bug}", int(seen), "bugs", at_least=1)
