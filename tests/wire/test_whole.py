import os
import stat
from pathlib import Path

import pytest
from tramgac_wire import whole


def test_content_and_mode(tmp_path):
    path = tmp_path / "key"
    whole.write(path, b"secret")
    assert path.read_bytes() == b"secret"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    whole.write(path, b"new", mode=0o644)
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert [entry.name for entry in tmp_path.iterdir()] == ["key"]


def test_file_before_rename_and_folder_after(tmp_path, monkeypatch):
    synced = []
    real = os.fsync

    def noted(descriptor: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    whole.write(tmp_path / "key", b"secret")
    assert synced == [str(tmp_path / ".key.part"), str(tmp_path)]
    whole.write(tmp_path / "note", b"gone after a restart", durable=False)
    assert len(synced) == 2


def test_a_full_disk_leaves_what_was_there_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "key"
    whole.write(path, b"old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        whole.write(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["key"]


def test_what_lies_in_the_way_is_not_written_through(tmp_path):
    (tmp_path / "precious").write_bytes(b"x")
    (tmp_path / ".key.part").symlink_to(tmp_path / "precious")
    whole.write(tmp_path / "key", b"secret")
    assert (tmp_path / "precious").read_bytes() == b"x"
    assert not (tmp_path / "key").is_symlink()
