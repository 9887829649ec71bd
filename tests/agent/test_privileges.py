import os
import stat
import subprocess
import sys

import pytest
from tramgac_agent.paths import AgentPaths
from tramgac_agent.privileges import drop, lay_out, user_id

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has other users")


def test_users():
    assert user_id("root") == 0
    assert user_id("nobody-of-tests") is None


def test_the_folders_are_made(tmp_path):
    paths = AgentPaths(tmp_path / "state")
    lay_out(paths, "nobody-of-tests")
    lay_out(paths, "nobody-of-tests")
    assert paths.staged.is_dir()
    assert paths.outbox.is_dir()
    assert stat.S_IMODE(paths.root.stat().st_mode) == 0o750


def test_without_the_user_nothing_changes_and_it_is_said():
    before = os.geteuid()
    assert "runs as" in drop("nobody-of-tests")
    assert os.geteuid() == before


@pytest.mark.root
def test_the_uplink_owns_what_is_its_own_and_reads_the_rest(tmp_path):
    paths = AgentPaths(tmp_path / "state")
    paths.identity.mkdir(parents=True)
    paths.key.write_bytes(b"key")
    (paths.spool / "urgent").mkdir(parents=True)
    lay_out(paths, "nobody")
    nobody = user_id("nobody")
    assert paths.key.stat().st_uid == nobody
    assert paths.outbox.stat().st_uid == nobody
    assert paths.staged.stat().st_uid == nobody
    assert paths.spool.stat().st_uid == 0
    assert paths.trust.stat().st_uid == 0
    made_later = paths.spool / "urgent" / "later"
    made_later.mkdir()
    assert made_later.stat().st_gid == paths.root.stat().st_gid


@pytest.mark.root
def test_links_are_never_followed(tmp_path):
    paths = AgentPaths(tmp_path / "state")
    paths.outbox.mkdir(parents=True)
    (tmp_path / "precious").write_bytes(b"x")
    (paths.outbox / "status.json").symlink_to(tmp_path / "precious")
    lay_out(paths, "nobody")
    assert (tmp_path / "precious").stat().st_uid == 0


@pytest.mark.root
def test_root_is_left_for_good():
    program = (
        "import os; from tramgac_agent.privileges import drop; print(drop('nobody')); "
        "assert os.getresuid() == (os.getuid(),) * 3 and os.getuid() != 0 and os.getgroups() == []\n"
        "try: os.setuid(0)\nexcept PermissionError: print('left')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout.splitlines() == ["uplink: became nobody", "left"]
