"""What the collector's tests share: one real engine process a session."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tramgac_collector.paths import StatePaths

from tests.collector.control_store import (  # noqa: F401 - fixtures
    now,
    postgresql,
    postgresql_lent,
    quick_passwords,
    sqlite_template,
    state,
    store,
    store_url,
)


def start_engine(paths: StatePaths) -> subprocess.Popen[bytes]:
    """Start the engine's process and wait until it serves."""
    paths.make()
    paths.ready("engine").unlink(missing_ok=True)
    command = [sys.executable, "-m", "tramgac_collector.main", "engine", "--state", str(paths.root)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not paths.ready("engine").exists():
        assert process.poll() is None, paths.role_log("engine").read_text()
        assert time.monotonic() < deadline, "the engine did not become ready"
        time.sleep(0.02)
    return process


@pytest.fixture(scope="session")
def engine_paths(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StatePaths]:
    """A state directory whose engine runs; each test has a database or a log number of its own in it."""
    paths = StatePaths(Path(tmp_path_factory.mktemp("engine")))
    process = start_engine(paths)
    try:
        yield paths
    finally:
        process.terminate()
        process.wait(20)
