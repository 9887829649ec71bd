import errno
import hashlib
import os

import pytest
from tramgac_collector.backup import copying, pacing
from tramgac_collector.backup.copying import Copy, Source
from tramgac_collector.backup.errors import BackupError
from tramgac_collector.backup.manifest import JOURNAL
from tramgac_collector.backup.pacing import Pace


@pytest.fixture
def file(tmp_path):
    made = tmp_path / "file"
    made.write_bytes(b"0123456789")
    return made


def begun(tmp_path) -> Copy:
    copy = Copy(tmp_path / "to.part", tmp_path / "to")
    copy.begin()
    return copy


def test_a_file_is_copied_as_far_as_it_belongs(tmp_path, file):
    told = []
    copy = Copy(tmp_path / "to.part", tmp_path / "to", told.append)
    copy.begin()
    part = copy.add(Source("a/b", file, 4))
    assert (part.size, part.sha256) == (4, hashlib.sha256(b"0123").hexdigest())
    assert (tmp_path / "to.part/a/b").read_bytes() == b"0123"
    assert copy.add(Source("c", file, 99)).size == 10  # it was shorter than it had been said to be
    assert told[0] == 4


def test_what_never_changes_is_copied_once(tmp_path, file):
    copy = begun(tmp_path)
    before = [copy.add(Source(name, file, 10, fixed=name == "fixed")) for name in ("fixed", "other")]
    copy.settle()
    with (copy.folder / JOURNAL).open("a") as journal:
        journal.write('{"path": "torn')
    file.write_bytes(b"abcdefghij")  # as if: so it is seen which was copied anew
    again = begun(tmp_path)
    again.require_room([Source("fixed", file, 10, fixed=True)])
    after = [again.add(Source(name, file, 10, fixed=name == "fixed")) for name in ("fixed", "other")]
    assert after[0] == before[0]
    assert after[1] != before[1]
    assert again.done == 20
    (copy.folder / "fixed").write_bytes(b"short")
    assert begun(tmp_path).add(Source("fixed", file, 10, fixed=True)) != before[0]


def test_a_file_that_was_made_for_it_is_taken_as_it_is(tmp_path):
    copy = begun(tmp_path)
    made = copy.folder / ".made"
    made.write_bytes(b"0123")
    part = copy.adopt("a/b", made)
    assert (part.path, part.size, part.sha256) == ("a/b", 4, hashlib.sha256(b"0123").hexdigest())
    assert (copy.folder / "a/b").read_bytes() == b"0123"
    assert not made.exists()
    assert copy.done == 4


def test_the_disk_is_left_to_others_now_and_then(tmp_path, file, monkeypatch):
    waits = []
    monkeypatch.setattr(pacing, "STEP", 8)
    monkeypatch.setattr(pacing, "SMALL", 1)
    copy = Copy(tmp_path / "to.part", tmp_path / "to", pace=Pace(write=waits.append, sleep=lambda _: None))
    copy.begin()
    copy.add(Source("a", file, 10))
    copy.stream("b", [b"0123"] * 5)
    copy.add(Source("c", file, 1))
    assert len(waits) == 4


def test_what_an_earlier_try_left_is_removed(tmp_path, file):
    copy = begun(tmp_path)
    copy.add(Source("old/part", file, 10, fixed=True))
    kept = [copy.put("kept", b"x"), copy.link("link", "kept"), copy.stream("streamed", [b"a", b"b"])]
    copy.link("link", "kept")
    copy.finish(kept)
    left = {str(path.relative_to(copy.folder)) for path in copy.folder.rglob("*") if not path.is_dir()}
    assert left == {"kept", "link", "streamed"}
    assert [part.size for part in kept] == [1, 0, 2]


def test_a_full_disk_is_said_with_what_to_do(tmp_path, file, monkeypatch):
    copy = begun(tmp_path)
    with pytest.raises(BackupError, match=r"No room at .* MiB are still to be copied"):
        copy.require_room([Source("a", file, 1 << 60)])

    def failing(number):
        def sync(_):
            raise OSError(number, os.strerror(number))

        return sync

    copy.add(Source("a", file, 10, fixed=True))
    monkeypatch.setattr(copying, "sync_file_system", failing(errno.ENOSPC))
    with pytest.raises(BackupError, match=r"goes on from what is in .*to\.part"):
        copy.settle()
    monkeypatch.setattr(copying, "sync_file_system", failing(errno.EIO))
    with pytest.raises(OSError, match="Input/output error"):
        copy.settle()
    assert not begun(tmp_path)._known  # what is not safe is copied again


def test_an_earlier_backup_on_another_disk_is_no_hindrance(tmp_path, file):
    copy = begun(tmp_path)
    source = Source("a", file, 10, fixed=True)
    part = copy.add(source)
    again = Copy(tmp_path / "c.part", tmp_path / "c")
    again.begin()
    again.build_on(tmp_path / "none", [part])
    assert again.add(source) == part  # it is gone: copied
    other = Copy(tmp_path / "d.part", tmp_path / "d")
    other.begin()
    other.build_on(copy.folder, [part])
    assert other.add(source) == part
    assert (other.folder / "a").stat().st_ino == (copy.folder / "a").stat().st_ino


def test_many_files_are_made_safe_together(tmp_path, file, monkeypatch):
    synced = []
    monkeypatch.setattr(copying, "sync_file_system", synced.append)
    monkeypatch.setattr(copying, "_GROUP_FILES", 3)
    copy = begun(tmp_path)
    for number in range(7):
        copy.add(Source(f"a{number}", file, 10, fixed=True))
    assert (len(synced), len(begun(tmp_path)._known)) == (2, 6)
    monkeypatch.setattr(copying, "_GROUP_BYTES", 20)
    copy.add(Source("b", file, 10, fixed=True))
    assert len(begun(tmp_path)._known) == 8


def test_a_file_system_that_cannot_be_synced_is_said(tmp_path):
    copying.sync_file_system(tmp_path)
    with pytest.raises(FileNotFoundError):
        copying.sync_file_system(tmp_path / "none")
