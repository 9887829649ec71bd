import pytest
from tramgac_collector.backup import sealing
from tramgac_collector.backup.errors import BackupError


def test_only_the_recipient_reads_what_is_sealed(tmp_path):
    public = sealing.make(tmp_path / "key")
    other = sealing.make(tmp_path / "other")
    assert ((tmp_path / "key").stat().st_mode & 0o777, public.name) == (0o600, "key.pub")
    sealed = sealing.seal(b"secret", sealing.recipient(public))
    assert b"secret" not in sealed
    mine = sealing.identity(tmp_path / "key")
    assert sealing.unseal(sealed, mine) == b"secret"
    assert sealing.mark(sealing.recipient(public)) != sealing.mark(sealing.recipient(other))
    with pytest.raises(BackupError, match="another recipient"):
        sealing.unseal(sealed, sealing.identity(tmp_path / "other"))
    for place in range(0, len(sealed), 7):
        with pytest.raises(BackupError):
            sealing.unseal(sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :], mine)
    with pytest.raises(BackupError):
        sealing.unseal(sealed[:20], mine)


def test_no_key_is_written_over(tmp_path):
    (tmp_path / "key.pub").write_text("mine")
    with pytest.raises(BackupError, match="there already"):
        sealing.make(tmp_path / "key")
    assert not (tmp_path / "key").exists()


def test_files_that_are_none(tmp_path):
    sealing.make(tmp_path / "key")
    with pytest.raises(BackupError, match="no line begins with tramgac-backup"):
        sealing.recipient(tmp_path / "key")  # the private one: it is not to be on a collector
    (tmp_path / "short").write_text(sealing.RECIPIENT + "AAAA\n")
    (tmp_path / "odd").write_text(sealing.RECIPIENT + "!\n")
    for name in ("short", "odd"):
        with pytest.raises(BackupError, match="damaged"):
            sealing.recipient(tmp_path / name)
