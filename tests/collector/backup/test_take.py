import json
import os
from contextlib import nullcontext

import pytest
from tramgac_collector import audit, database, ready
from tramgac_collector.backup import events, sealing, take
from tramgac_collector.backup.check import check
from tramgac_collector.backup.errors import BackupError
from tramgac_collector.errors import NotInitialised
from tramgac_collector.paths import StatePaths

from tests.collector.backup.standing import collector


@pytest.fixture(scope="module")
def paths(tmp_path_factory, sqlite_template) -> StatePaths:
    return collector(tmp_path_factory.mktemp("take") / "state", sqlite_template)[0]


def test_all_that_belongs_to_it_is_in_a_backup_and_no_secret_is_readable(paths, tmp_path):
    recipient = sealing.recipient(sealing.make(tmp_path / "key"))
    told = []
    made = take.take(paths, tmp_path / "to" / "b1", recipient, lambda done, of: told.append((done, of)), by="an")
    place = tmp_path / "to" / "b1"
    assert check(place) == made
    names = {part.path for part in made.parts}
    assert {"keys.sealed", "control.db", "ca/ca.pem", "log/id", "log/head", "content/trust/root.json"} <= names
    assert "cold/2026-01-01.parquet" in names
    assert not [name for name in names if name.startswith(("run", "logs", "events/tmp")) or "detached" in name]
    assert sum(name.startswith("log/segments/") for name in names) == len(list(paths.log_segments.glob("*.log")))
    assert place.stat().st_mode & 0o077 == 0
    for secret in (paths.ca_key, paths.server_key, paths.samples / "key", paths.config, paths.root / "smtp.password"):
        data = secret.read_bytes()
        assert not [path for path in place.rglob("*") if path.is_file() and data in path.read_bytes()], secret
    assert told[-1][0] == told[-1][1]
    assert json.loads(paths.last_backup.read_text())["path"] == str(place)
    engine = database.open_database(paths.database_url)
    with database.reading(engine) as s:
        row = audit.page(s)[0]
    engine.dispose()
    assert (row.action, row.actor, row.object) == ("collector.backup", "an", str(place))
    assert not (paths.log / "pinned").exists()


def test_one_that_was_broken_off_goes_on(paths, tmp_path, monkeypatch):
    target = tmp_path / "b1"
    with monkeypatch.context() as broken:
        broken.setattr(take, "_keys", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            take.take(paths, target, None)
    assert not target.exists()
    part = next((tmp_path / "b1.part").rglob("data.bin"))
    before = part.stat().st_mtime_ns
    os.utime(part, ns=(before, before - 10**9))
    take.take(paths, target, None)
    assert next(target.rglob("data.bin")).stat().st_mtime_ns == before - 10**9  # it was not copied again
    assert not (tmp_path / "b1.part").exists()
    check(target)


def test_what_has_not_changed_since_an_earlier_one_is_linked(paths, tmp_path, monkeypatch):
    take.take(paths, tmp_path / "b1", None)
    take.take(paths, tmp_path / "b2", None, base=tmp_path / "b1")
    data = [next((tmp_path / name).rglob("data.bin")).stat() for name in ("b1", "b2")]
    assert data[0].st_ino == data[1].st_ino
    assert (tmp_path / "b1/control.db").stat().st_ino != (tmp_path / "b2/control.db").stat().st_ino
    check(tmp_path / "b2")
    monkeypatch.setattr(take.incarnation, "name", lambda _: "another")
    take.take(paths, tmp_path / "b3", None, base=tmp_path / "b1")
    assert next((tmp_path / "b3").rglob("data.bin")).stat().st_ino != data[0].st_ino


def test_where_none_is_taken(paths, tmp_path, monkeypatch):
    with pytest.raises(NotInitialised):
        take.take(StatePaths(tmp_path / "none"), tmp_path / "b", None)
    with pytest.raises(BackupError, match="there already"):
        take.take(paths, tmp_path, None)
    with pytest.raises(BackupError, match="belongs on another disk"):
        take.take(paths, paths.root / "samples" / "b", None)
    with ready.alone(paths), pytest.raises(BackupError, match="event store does not answer"):
        take.take(paths, tmp_path / "b", None)
    held = iter([False, True])
    monkeypatch.setattr(ready, "held", lambda _: next(held))
    monkeypatch.setattr(events, "frozen", lambda paths: nullcontext(paths.events))
    with pytest.raises(BackupError, match="started while"):
        take.take(paths, tmp_path / "b", None)
    assert not (tmp_path / "b").exists()
