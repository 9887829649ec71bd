import pytest
from tramgac_wire.fs import OsFileSystem


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
