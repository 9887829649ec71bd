"""`tramgac match`: what the command does; its flags are read elsewhere."""

from collections.abc import Sequence
from pathlib import Path
from typing import TextIO


def run(
    rules: Sequence[Path], inputs: Sequence[str], *, json: bool, logsources: str, out: TextIO, err: TextIO
) -> int:
    """Match rules against files and folders; return the exit status.

    `logsources`: "sigma" for the public map of log sources alone, "full" for ours as well.
    0: done, whether or not something was found; 1: a path of rules or inputs cannot be opened.
    """
    raise NotImplementedError
