import os
import stat
from pathlib import Path

import pytest
from tramgac_collector import durable


def test_content_and_mode(tmp_path):
    path = tmp_path / "key"
    durable.write(path, b"secret")
    assert path.read_bytes() == b"secret"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    durable.write(path, b"new")
    assert path.read_bytes() == b"new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["key"]


def test_file_before_rename_and_folder_after(tmp_path, monkeypatch):
    synced = []
    real = os.fsync

    def noted(descriptor: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    durable.write(tmp_path / "key", b"secret")
    assert synced == [str(tmp_path / ".key.part"), str(tmp_path)]


def test_a_full_disk_leaves_what_was_there(tmp_path, monkeypatch):
    path = tmp_path / "key"
    durable.write(path, b"old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        durable.write(path, b"new")
    assert path.read_bytes() == b"old"
