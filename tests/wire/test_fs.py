import errno

import pytest
from tramgac_wire.fs import OsFileSystem, replace_file

from tests.wire.simfs import Crash, SimFileSystem


@pytest.fixture
def fs():
    return OsFileSystem()


def test_directories_are_made_with_those_above(fs, tmp_path):
    fs.make_directory(str(tmp_path / "a/b/c"))
    fs.make_directory(str(tmp_path / "a/b/c"))
    assert (tmp_path / "a/b/c").is_dir()


def test_files_are_written_read_cut_renamed_removed(fs, tmp_path):
    path, other = str(tmp_path / "x"), str(tmp_path / "y")
    handle = fs.create(path)
    with pytest.raises(FileExistsError):
        fs.create(path)
    fs.write(handle, 0, b"hello world")
    fs.write(handle, 6, b"there")
    fs.truncate(handle, 9)
    fs.sync(handle)
    fs.sync_directory(str(tmp_path))
    assert fs.read(handle, 0, 100) == b"hello the"
    fs.close(handle)
    reader = fs.open_read(path)
    assert fs.read(reader, 6, 2) == b"th"
    assert fs.read(reader, 50, 2) == b""
    fs.close(reader)
    writer = fs.open_write(path)
    fs.write(writer, 0, b"J")
    fs.close(writer)
    fs.rename(path, other)
    assert fs.list(str(tmp_path)) == ["y"]
    assert fs.size(other) == 9
    fs.remove(other)
    assert fs.list(str(tmp_path)) == []
    with pytest.raises(FileNotFoundError):
        fs.open_write(other)


def test_replace_file_replaces(fs, tmp_path):
    path = tmp_path / "state"
    replace_file(fs, str(path), b"one")
    (tmp_path / "state.new").write_bytes(b"left by a crash")
    replace_file(fs, str(path), b"two")
    assert path.read_bytes() == b"two"
    assert fs.list(str(tmp_path)) == ["state"]


def test_replace_file_leaves_the_old_or_the_new_after_a_crash_anywhere(rnd):
    for _ in range(300):
        fs = SimFileSystem(rnd)
        replace_file(fs, "/d/state", b"old")
        new = False
        try:
            with fs.fused(rnd.randrange(14)):
                replace_file(fs, "/d/state", b"new")
            new = True
        except Crash:
            pass
        fs.crash()
        handle = fs.open_read("/d/state")
        assert fs.read(handle, 0, 9) in ({b"new"} if new else {b"old", b"new"})


def test_replace_file_leaves_the_old_when_the_disk_is_full(rnd):
    fs = SimFileSystem(rnd)
    replace_file(fs, "/d/state", b"old")
    fs.fail_write = True
    with pytest.raises(OSError, match="no space") as caught:
        replace_file(fs, "/d/state", b"new")
    assert caught.value.errno == errno.ENOSPC
    assert fs.read(fs.open_read("/d/state"), 0, 9) == b"old"
