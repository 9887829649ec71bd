import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from tramgac_collector import leftovers, ready
from tramgac_collector.paths import StatePaths

from tests.collector.station import prepare, settings

SUPERVISOR = textwrap.dedent("""
    import sys
    from pathlib import Path
    from tramgac_collector import supervisor
    from tramgac_collector.paths import StatePaths
    sys.exit(supervisor.run(StatePaths(Path(sys.argv[1]))))
""")
DEAF = "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"
MEEK = "import sys, time; print(flush=True); time.sleep(60)"


def role(code, *, state, parent="1", module="tramgac_collector.main", role="engine"):
    """Something that looks like a role to whoever reads its command line."""
    command = [sys.executable, "-c", code, "-m", module, role, "--state", str(state)]
    process = subprocess.Popen([*command, "--parent", parent] if parent else command, stdout=subprocess.PIPE)
    process.stdout.readline()
    return process


def finish(*processes):
    for process in processes:
        process.kill()
        process.wait()
        process.stdout.close()


def test_who_does_not_end_is_killed_and_others_are_let_be(tmp_path):
    paths = StatePaths(tmp_path / "ours")
    paths.make()
    assert leftovers.end(paths) == []
    deaf = role(DEAF, state=paths.root)
    meek = role(MEEK, state=os.path.relpath(paths.root), role="store")
    others = [
        role(MEEK, state=tmp_path / "theirs"),
        role(MEEK, state=paths.root, parent=""),
        role(MEEK, state=paths.root, parent=str(os.getpid())),
        role(MEEK, state=paths.root, module="tramgac_collector.cli"),
    ]
    began = time.monotonic()
    assert leftovers.end(paths, patience_s=0.3) == ["engine"]
    assert time.monotonic() - began < 5
    assert deaf.wait(5) == -signal.SIGKILL
    assert meek.wait(5) == -signal.SIGTERM
    assert all(other.poll() is None for other in others)
    finish(deaf, meek, *others)


def start(paths):
    return subprocess.Popen([sys.executable, "-c", SUPERVISOR, str(paths.root)], stderr=subprocess.DEVNULL)


def until_ready(paths, process, seconds=60):
    deadline = time.monotonic() + seconds
    while ready.pid(paths, ready.NAME) != process.pid:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.parametrize("held", ["engine", "gateway"])
def test_a_new_supervisor_comes_up_though_an_old_role_hangs(tmp_path, held):
    paths = prepare(tmp_path, settings(roles=["signer", "engine", "gateway", "store"]))
    first = start(paths)
    until_ready(paths, first)
    hung = ready.pid(paths, held)
    os.kill(hung, signal.SIGSTOP)
    first.kill()
    first.wait()
    second = start(paths)
    until_ready(paths, second)
    assert not Path(f"/proc/{hung}").exists(), "it was killed, and its folder is the new one's"
    second.terminate()
    assert second.wait(60) == 0
