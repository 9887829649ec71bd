import os

import pytest
from tramgac_agent.enrich.identity import FileKey, PathSource, key_of, same_file


def key(path):
    fd = PathSource(str(path)).open()
    try:
        return key_of(fd)
    finally:
        os.close(fd)


def test_a_file_keeps_its_identity_under_another_name_and_loses_it_when_written(tmp_path):
    path = tmp_path / "a"
    path.write_text("one")
    before = key(path)
    assert (before.inode, before.size) == (path.stat().st_ino, 3)
    assert key(path) == before
    path.write_text("two!")
    assert not same_file(key(path), before)


def test_the_device_does_not_count_because_some_file_systems_tell_two():
    assert same_file(FileKey(1, 2, 3, 4, 5), FileKey(9, 2, 3, 4, 5))
    assert not same_file(FileKey(1, 2, 3, 4, 5), FileKey(1, 2, 3, 4, 6))


def test_links_pipes_and_folders_are_not_opened(tmp_path):
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to("file")
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "pipe", ".", "absent"):
        with pytest.raises(OSError, match=r"not a regular file|No such file"):
            PathSource(str(tmp_path / name)).open()
