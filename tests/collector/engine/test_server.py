import json
import signal
import subprocess
import sys

import pytest
from tramgac_collector.engine.client import connect
from tramgac_collector.paths import StatePaths

from tests.collector.conftest import start_engine


@pytest.mark.enable_socket
def test_a_killed_engine_comes_back_with_what_was_told_to_be_there(tmp_path):
    paths = StatePaths(tmp_path)
    engine = start_engine(paths)
    try:
        assert paths.engine.stat().st_mode & 0o777 == 0o600
        first = json.loads(paths.engine.read_text())
        client = connect(paths)
        client.command("CREATE TABLE t (a UInt32) ENGINE = MergeTree ORDER BY a SETTINGS fsync_after_insert = 1")
        for number in range(20):
            client.command(f"INSERT INTO t VALUES ({number})")
        engine.send_signal(signal.SIGABRT)  # as a failed assertion of the engine's; it is to die now, not in minutes
        assert engine.wait(30) == -signal.SIGABRT
        client.close()
        engine = start_engine(paths)
        assert json.loads(paths.engine.read_text())["key"] != first["key"]
        client = connect(paths)
        assert client.query("SELECT count(), uniqExact(a) FROM t").result_rows == [(20, 20)]
        client.close()
        second = subprocess.run(
            [sys.executable, "-m", "tramgac_collector.main", "engine", "--state", str(tmp_path)],
            check=False,
            capture_output=True,
        )
        assert second.returncode != 0
    finally:
        engine.terminate()
        assert engine.wait(20) == 0
    assert not paths.ready("engine").exists()
