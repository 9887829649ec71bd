import hashlib
import os

import pytest
from tramgac_collector import audit, database, initialise
from tramgac_collector.backup import control, incarnation, sealing, take
from tramgac_collector.backup.errors import BackupError
from tramgac_collector.backup.restore import STAGE, restore
from tramgac_collector.host_streams import Began, began
from tramgac_collector.ingest import IngestLog, Limits
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths
from tramgac_collector.proof.verify import open_walk
from tramgac_collector.schema import HostRow, SessionRow, UserRow
from tramgac_collector.vault import Vault

from tests.collector.backup.standing import SAMPLE, collector


@pytest.fixture(scope="module")
def taken(tmp_path_factory, sqlite_template):
    folder = tmp_path_factory.mktemp("backup")
    paths, host = collector(folder / "state", sqlite_template)
    engine = database.open_database(paths.database_url)
    with database.session(engine) as s:
        s.add(HostRow(id=host.id, hostname="pc", os_type="linux", agent_version="0", site="", serial="1", enrolled=1))
        s.add(UserRow(id=1, name="an", password=None, role="admin", created=1))
        s.flush()
        s.add(SessionRow(token_hash="a" * 64, user_id=1, created=1, last_used=1))
        began(s, [Began(host.id, 5, "127.0.0.1:1")])
    engine.dispose()
    public = sealing.make(folder / "key")
    made = take.take(paths, folder / "b", sealing.recipient(public))
    return folder, paths, host, made


def test_all_is_as_it_was_and_the_collector_goes_on(taken, tmp_path):
    folder, before, host, manifest = taken
    paths = StatePaths(tmp_path / "new")
    made = restore(folder / "b", paths, sealing.identity(folder / "key"), by="an")
    initialise.require(paths)
    private = [paths.root, paths.ca_key, paths.server_key, paths.samples / "key", paths.config]
    assert not [place for place in private if place.stat().st_mode & 0o077]
    assert not (paths.root / STAGE).exists()
    for name in ("ca/ca.key", "ca/collector.key", "samples/key", "collector.toml", "smtp.password", "log/id"):
        assert (paths.root / name).read_bytes() == (before.root / name).read_bytes()
    assert (paths.content / "trust" / "root.json").is_symlink()
    assert next(paths.events.rglob("data.bin")).stat().st_size == 5_000
    descriptor = Vault(paths.samples).open(hashlib.sha256(SAMPLE).hexdigest())
    with os.fdopen(descriptor, "rb") as sample:
        assert sample.read() == SAMPLE
    walk, start = open_walk(paths)
    assert (list(walk.findings(start)), walk.totals.events) == ([], 12)
    log = IngestLog(paths, limits=Limits(), counts=Counts(), synced=lambda: None)
    assert log.marks(host.id, 9) == {1: host.ends[1]}
    log.close()
    assert made.incarnation == incarnation.name(paths) != incarnation.name(before) == manifest.incarnation
    engine = database.open_database(paths.database_url)
    with database.reading(engine) as s:
        assert (s.get_one(HostRow, host.id).connected, s.get_one(UserRow, 1).name) == (None, "an")
        assert s.query(SessionRow).count() == 0
        assert audit.verify(s) is None
        assert [row.action for row in audit.page(s)] == ["collector.restore"]
    engine.dispose()


def test_where_nothing_is_restored(taken, tmp_path):
    folder, _, _, _ = taken
    full = StatePaths(tmp_path / "full")
    full.root.mkdir()
    (full.root / "something").touch()
    with pytest.raises(BackupError, match=r"not empty \(something\)"):
        restore(folder / "b", full, sealing.identity(folder / "key"))
    new = StatePaths(tmp_path / "new")
    with pytest.raises(BackupError, match="give --identity"):
        restore(folder / "b", new, None)
    sealing.make(tmp_path / "other")
    with pytest.raises(BackupError, match="another recipient"):
        restore(folder / "b", new, sealing.identity(tmp_path / "other"))
    assert not new.root.exists()


def test_a_part_that_was_altered_keeps_all_of_it_out(taken, tmp_path):
    folder, _, _, _ = taken
    paths = StatePaths(tmp_path / "new")
    file = next((folder / "b").rglob("data.bin"))
    data = file.read_bytes()
    file.write_bytes(b"x" + data[1:])
    try:
        with pytest.raises(BackupError, match=r"nothing was restored.*data.bin was altered"):
            restore(folder / "b", paths, sealing.identity(folder / "key"))
    finally:
        file.write_bytes(data)
    assert list(paths.root.iterdir()) == []
    restore(folder / "b", paths, sealing.identity(folder / "key"))


def test_a_database_of_another_kind_is_not_filled(taken, tmp_path, monkeypatch):
    folder, _, _, _ = taken
    monkeypatch.setattr(control, "require_empty", lambda _: None)
    monkeypatch.setenv("TRAMGAC_COLLECTOR_DATABASE_URL", "postgresql+psycopg://nobody@/none")
    with pytest.raises(BackupError, match="holds a control database of sqlite"):
        restore(folder / "b", StatePaths(tmp_path / "new"), sealing.identity(folder / "key"))
