from tramgac_collector.backup.errors import BackupError
from tramgac_collector.backup.words import BackupWord
from tramgac_collector.errors import Told


def test_a_person_reads_it_in_either_language(monkeypatch):
    error = BackupError(BackupWord.KEY_DAMAGED.both())
    assert isinstance(error, Told)
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert error.said() == BackupWord.KEY_DAMAGED.vi
