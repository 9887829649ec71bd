import json
import os

import pytest
from tramgac_collector.cli.backing_up import _Bar

from tests.collector.backup.standing import collector
from tests.tools.console import Run


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    before = os.umask(0o022)  # the commands change it for all that they write
    yield
    os.umask(before)


def test_a_backup_is_taken_read_through_and_restored(tramgac: Run, tmp_path, monkeypatch, sqlite_template):
    paths, _ = collector(tmp_path / "state", sqlite_template)
    key, to, state = tmp_path / "key", str(tmp_path / "b"), ["--state", str(paths.root)]
    assert "never on the collector" in tramgac("collector", "backup-key", "--out", str(key))[1]
    assert tramgac("collector", "backup-key", "--out", str(key))[0] == 1
    status, out, _ = tramgac("collector", "backup", "--to", to, "--recipient", f"{key}.pub", "--json", *state)
    row = json.loads(out)
    assert (status, row["path"], row["database"]) == (0, to, "sqlite")
    assert tramgac("collector", "backup", "--to", to, "--plain-keys", *state)[0] == 1
    status, out, _ = tramgac("collector", "backup", "--verify", to)
    assert (status, f"encrypted to {row['recipient']}" in out) == (0, True)
    new = ["--state", str(tmp_path / "new")]
    status, _, err = tramgac("collector", "restore", "--from", to, *new)
    assert (status, "give --identity" in err) == (1, True)
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    status, out, _ = tramgac("collector", "restore", "--from", to, "--identity", str(key), *new)
    assert (status, "Đã khôi phục" in out) == (0, True)
    status, _, err = tramgac("collector", "restore", "--from", to, "--identity", str(key), *new)
    assert (status, "không trống" in err) == (1, True)
    assert (tmp_path / "b").stat().st_mode & 0o077 == 0


def test_a_backup_that_is_not_there_is_said_by_its_name(tramgac: Run, tmp_path, monkeypatch):
    away = tmp_path / "nobk"
    for words in (("restore", "--from", str(away)), ("backup", "--verify", str(away))):
        monkeypatch.setenv("LC_ALL", "C.UTF-8")
        found = tramgac("collector", *words, "--state", str(tmp_path / "new"))
        assert found == (2, "", f"{away}: no such file or folder\n")
        monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
        found = tramgac("collector", *words, "--state", str(tmp_path / "new"))
        assert found == (2, "", f"{away}: không có tệp hay thư mục này\n")


def test_what_is_no_backup_of_ours_to_ask_for(tramgac: Run, tmp_path):
    assert tramgac("collector", "backup")[0] == 2
    status, _, err = tramgac("collector", "backup", "--to", str(tmp_path / "b"))
    assert (status, "only encrypted" in err) == (2, True)
    status, _, err = tramgac("collector", "backup", "--to", str(tmp_path / "b"), "--recipient", str(tmp_path / "none"))
    assert (status, "No such file" in err) == (1, True)
    assert "is no backup" in tramgac("collector", "backup", "--verify", str(tmp_path))[2]


def test_a_bar_begins_when_it_is_known_of_how_much():
    bar = _Bar()
    bar.end()
    bar(0, 0)
    bar(1 << 20, 4 << 20)
    bar(2 << 20, 8 << 20)
    bar.end()
