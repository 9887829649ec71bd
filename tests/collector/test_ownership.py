import errno
import os
import pwd
import subprocess

import pytest
from tramgac_collector import ownership
from tramgac_collector.errors import StateError
from tramgac_collector.paths import StatePaths

NOBODY = 65_534


@pytest.fixture
def paths(tmp_path):
    made = StatePaths(tmp_path / "state of ours")
    made.make()
    return made


def test_what_is_this_user_s_or_not_there_yet(paths, tmp_path):
    ownership.require_own(paths.root, "collector run")
    ownership.require_own(tmp_path / "none", "collector run")


@pytest.mark.root
def test_what_is_another_user_s_is_said_with_the_line_to_type(paths):
    os.chown(paths.root, NOBODY, -1)
    with pytest.raises(StateError) as said:
        ownership.require_own(paths.root, "collector run")
    line = f"runuser -u {pwd.getpwuid(NOBODY).pw_name} -- tramgac collector run --state '{paths.root}'"
    assert str(said.value).endswith(f"and this is root: run it so: {line}")
    os.chown(paths.root, 4_000_000, -1)
    with pytest.raises(StateError, match=r"run it so: sudo -u '#4000000' tramgac collector run"):
        ownership.require_own(paths.root, "collector run")  # runuser knows names alone


@pytest.mark.parametrize(
    ("number", "advice"),
    [(errno.ENOSPC, "make room"), (errno.EROFS, "read-only"), (errno.ENOTDIR, "this is a file"), (errno.EIO, "look")],
)
def test_what_the_disk_says_is_one_sentence_with_advice(tmp_path, number, advice):
    with pytest.raises(StateError) as said, ownership.said(tmp_path):
        raise OSError(number, os.strerror(number))
    assert str(said.value).startswith(f"{tmp_path}: {os.strerror(number)}; ")
    assert advice in str(said.value)
    assert said.value.what.vi.startswith(f"{tmp_path}: {os.strerror(number)}; ")
    assert advice not in said.value.what.vi


def test_another_folder_is_advised_only_where_the_folder_is_what_is_wrong(tmp_path):
    def told(missing):
        with pytest.raises(StateError) as said, ownership.said(tmp_path / "state"):
            raise FileNotFoundError(errno.ENOENT, "No such file or directory", os.fspath(missing))
        return str(said.value)

    for missing in (tmp_path, tmp_path / "state", tmp_path / "state/log"):
        assert told(missing) == f"{missing}: No such file or directory; name another folder with --state"
    assert told("/usr/bin/absent") == "/usr/bin/absent: No such file or directory; look at it"


def test_what_may_not_be_touched_says_whose_it_is(tmp_path, monkeypatch):
    me = ownership.name_of(os.geteuid())

    def refuse():
        with ownership.said(tmp_path):
            raise PermissionError(errno.EACCES, "Permission denied", "/a/file")

    with pytest.raises(StateError, match=rf"^/a/file: Permission denied; part of it .*chown -R {me} {tmp_path}$"):
        refuse()
    monkeypatch.setattr(os, "geteuid", lambda: 4_000_000)
    with pytest.raises(StateError, match=rf"this is the user #4000000: run as the user whom {tmp_path} .* \({me}\)$"):
        refuse()


def test_nothing_stays_of_the_probe(paths):
    ownership.require_writable(paths)
    assert list(paths.run.iterdir()) == []


@pytest.mark.root
def test_a_really_full_disk(tmp_path):
    paths = StatePaths(tmp_path / "state")
    paths.run.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", paths.run], check=True)
    try:
        (paths.run / "ballast").write_bytes(bytes(65_536))
        with pytest.raises(StateError, match="No space left on device; the disk is full: make room"):
            ownership.require_writable(paths)
    finally:
        subprocess.run(["umount", paths.run], check=True)
