import pytest
from tramgac_collector.backup import take
from tramgac_collector.backup.check import check
from tramgac_collector.backup.errors import BackupError

from tests.collector.backup.standing import collector


@pytest.fixture(scope="module")
def whole(tmp_path_factory, sqlite_template):
    folder = tmp_path_factory.mktemp("backup")
    paths, _ = collector(folder / "state", sqlite_template)
    take.take(paths, folder / "b", None)
    return folder / "b"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda file: file.write_bytes(b"\xff" + file.read_bytes()[1:]), "control.db was altered"),
        (lambda file: file.write_bytes(file.read_bytes()[:-1]), "control.db has "),
        (lambda file: file.unlink(), "control.db is missing"),
        (lambda file: file.with_name("control.db-wal").write_bytes(b"x"), "control.db-wal does not belong"),
        (lambda file: (file.unlink(), file.symlink_to("log/id")), "control.db was altered"),
    ],
)
def test_what_is_wrong_is_named(whole, change, said):
    file, data = whole / "control.db", (whole / "control.db").read_bytes()
    change(file)
    try:
        with pytest.raises(BackupError, match=said):
            check(whole)
    finally:
        file.unlink(missing_ok=True)
        file.with_name("control.db-wal").unlink(missing_ok=True)
        file.write_bytes(data)
    check(whole)


def test_a_link_that_leads_elsewhere_and_many_faults(whole):
    link = whole / "content/trust/root.json"
    link.unlink()
    with pytest.raises(BackupError, match=r"root.json is missing"):
        check(whole)
    link.symlink_to("root_history/2.root.json")
    for number in range(6):
        (whole / f"odd{number}").touch()
    try:
        with pytest.raises(BackupError, match="2 more"):
            check(whole)
    finally:
        link.unlink()
        link.symlink_to("root_history/1.root.json")
        for number in range(6):
            (whole / f"odd{number}").unlink()
    check(whole)
