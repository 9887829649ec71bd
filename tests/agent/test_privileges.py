import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from tramgac_agent import privileges
from tramgac_agent.errors import Unreadable
from tramgac_agent.local import wait
from tramgac_agent.paths import AgentPaths
from tramgac_agent.privileges import drop, lay_out, require_readable, user_id

from tests.agent.host import Host, config_in

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
def test_an_uplink_that_stays_root_is_warned_of_with_advice(caplog):
    caplog.set_level("INFO")
    said = drop("nobody-of-tests")
    (record,) = caplog.records
    assert (record.levelname, record.getMessage()) == ("WARNING", said)
    assert "runs as root" in said
    assert "useradd --system --user-group --no-create-home --shell /usr/sbin/nologin nobody-of-tests" in said
    assert "tramgac-agent install" in said


def test_one_that_is_to_be_who_it_is_is_not_warned_of(caplog, monkeypatch):
    monkeypatch.setattr(privileges.os, "geteuid", lambda: 1000)
    caplog.set_level("INFO")
    assert drop("nobody-of-tests") == "uplink: runs as user 1000"
    assert [record.levelname for record in caplog.records] == ["INFO"]


@pytest.mark.root
@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("root", "uplink: stays root, as uplink_user says"),
        ("nobody", "The uplink may not become the user nobody: Operation not permitted. Give it CAP_SETUID and"),
    ],
)
def test_root_without_the_right_to_change_its_user(name, says):
    """As in a container that keeps nothing of root but the name."""
    script = (
        "import sys; from tramgac_agent.privileges import drop; from tramgac_agent.errors import NotPermitted\n"
        "try: print(drop(sys.argv[1]))\nexcept NotPermitted as error: print(error)"
    )
    command = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", sys.executable, "-c", script, name]
    environment = {**os.environ, "LC_ALL": "C"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True, timeout=60)
    assert done.stdout.startswith(says)


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
        "import os; from tramgac_agent import privileges; privileges.NEEDED = (); print(privileges.drop('nobody')); "
        "assert os.getresuid() == (os.getuid(),) * 3 and os.getuid() != 0 and os.getgroups() == []\n"
        "try: os.setuid(0)\nexcept PermissionError: print('left')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout.splitlines() == ["uplink: became nobody", "left"]


@pytest.mark.root
def test_a_program_that_the_user_cannot_read_is_said_before_anything_fails(monkeypatch, tmp_path):
    program = (
        "import os, sys; from tramgac_agent import privileges; from tramgac_agent.errors import Unreadable\n"
        "privileges.NEEDED = (sys.argv[1],)\n"
        "try: privileges.drop('nobody')\nexcept Unreadable as error: print(error)"
    )
    hidden = tmp_path / "hidden.py"
    hidden.touch(0o600)
    monkeypatch.setenv("LC_ALL", "C")
    command = [sys.executable, "-c", program, str(hidden)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout.startswith(f"The user nobody cannot read {tmp_path}")


@pytest.mark.root
@pytest.mark.parametrize("name", ["nobody", "nobody-of-tests"])
def test_a_python_or_program_that_the_user_cannot_use_is_named(monkeypatch, tmp_path, name):
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setattr(privileges, "NEEDED", ("/etc/passwd",))
    require_readable(name, "/bin/sh")
    closed = tmp_path / "closed"
    closed.mkdir(0o700)
    (closed / "python").symlink_to("/bin/sh")
    with pytest.raises(Unreadable, match=f"The user {name} cannot read {closed}, where"):
        require_readable(name, str(closed / "python"))
    require_readable("root", str(closed / "python"))
    monkeypatch.setattr(privileges, "NEEDED", (str(closed / "library.py"),))
    with pytest.raises(Unreadable, match=f"cannot read {closed}"):
        require_readable(name, "/bin/sh")


UPLINK = """
import sys, time
from pathlib import Path
from tramgac_agent.frames import SpoolReader
from tramgac_agent.local import connect, wait
from tramgac_agent.packets import Heads
from tests.agent.host import Host, config_in
from tramgac_agent import privileges
from tramgac_agent.errors import Unreadable
from tramgac_agent.local import wait
from tramgac_agent.paths import AgentPaths
from tramgac_agent import privileges
from tramgac_agent.status import write_status
from tramgac_wire.fs import OsFileSystem
paths = AgentPaths(Path(sys.argv[1]))
privileges.NEEDED = ()  # a developer's Python may be his own
privileges.drop("nobody")
pipe = connect(paths.sensor_socket)
heads = None
while not isinstance(heads, Heads):
    wait([pipe.fileno()], 10)
    heads = pipe.receive() or heads
frames = SpoolReader(OsFileSystem(), paths.spool).read(heads.epoch, 2, 1, until=heads.lanes[2][1])
assert frames[0].blobs == (b"event",), frames
(paths.staged / "x").write_bytes(b"x")
write_status(paths.uplink_status, {"ok": True})
for forbidden in (paths.current, paths.spool / "x", paths.trust / "x", paths.root / "config.toml"):
    try:
        forbidden.write_bytes(b"x")
    except PermissionError:
        continue
    sys.exit(f"{forbidden} could be written")
"""


@pytest.mark.root
def test_an_uplink_of_another_user_reads_the_spool_and_writes_only_what_is_its_own(monkeypatch):
    folder = Path(tempfile.mkdtemp(prefix="tramgac-"))
    folder.chmod(0o755)
    before = os.umask(0o027)
    try:
        host = Host(config_in(folder / "state", uplink_user="nobody"))
        host.put(2, b"event")
        child = subprocess.Popen([sys.executable, "-c", UPLINK, str(folder / "state")])
        while child.poll() is None:
            host.duties.turn()
            wait(host.duties.filenos(), 0.05)
        assert child.returncode == 0
        assert host.config.paths.uplink_status.exists()
        host.duties.close()
        host.spool.close()
    finally:
        os.umask(before)
        shutil.rmtree(folder)
