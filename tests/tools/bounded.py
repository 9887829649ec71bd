"""A child with an upper bound on its memory and its time: what it prints, or a failure."""

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def bounded(
    code: str, files: Mapping[str, str | bytes], *, megabytes: int, seconds: int, stdin: int | None = None
) -> str:
    """Run Python code with a folder of these files as its argument; its memory and processor time are limited."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))

    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            Path(folder, name).write_bytes(content.encode() if isinstance(content, str) else content)
        done = subprocess.run(
            [sys.executable, "-c", code, folder],
            cwd=ROOT,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            preexec_fn=limit,
            capture_output=True,
            check=False,
            stdin=stdin if stdin is not None else subprocess.DEVNULL,
            text=True,
            timeout=seconds * 10,
        )
    assert done.returncode == 0, done.stderr[-2_000:]
    return done.stdout
