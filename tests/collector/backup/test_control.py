import shutil
import uuid

import pytest
from sqlalchemy import select, text
from tramgac_collector import audit, database
from tramgac_collector.backup import control, pacing
from tramgac_collector.backup.copying import Copy
from tramgac_collector.backup.errors import BackupError
from tramgac_collector.backup.manifest import JOURNAL, Manifest
from tramgac_collector.backup.pacing import Pace
from tramgac_collector.paths import StatePaths
from tramgac_collector.schema import HostRow, TokenRow

from tests.collector.control_store import administer


def fill(engine, now):
    with database.session(engine) as s:
        s.add(TokenRow(secret_hash="a" * 64, uses=1, site="huế\t\\N\n", expires=1, created=now, created_by="an"))
        s.flush()
        token = s.scalars(select(TokenRow)).one().id
        s.add(
            HostRow(id="a" * 32, hostname="máy 1", os_type="linux", agent_version="0", site="", serial="1",
                    enrolled=now, token_id=token, sensors=[{"why": 'a "b"\\'}])
        )  # fmt: skip
        audit.write(s, "an", "one", "two", {"three": 4}, now)


def manifest(kind: str, revision: str, parts) -> Manifest:
    return Manifest(1, "1", "a", "b", 0, kind, revision, "", tuple(parts))


def told(engine):
    with database.reading(engine) as s:
        assert audit.verify(s) is None
        host = s.get_one(HostRow, "a" * 32)
        return host.hostname, host.sensors, s.scalars(select(TokenRow.site)).all(), len(audit.page(s))


def test_what_stands_in_it_comes_back_and_it_goes_on(store, store_url, now, tmp_path, request):
    fill(store, now)
    before = told(store)
    paths, copy = StatePaths(tmp_path), Copy(tmp_path / "b.part", tmp_path / "b")
    copy.begin()
    with database.session(store) as s:
        parts, revision = [], ""
        if store.dialect.name == "postgresql":  # a writer is no hindrance
            s.execute(text("DELETE FROM tokens WHERE id < 0"))
        parts, revision = control.take(store_url, paths, copy)
    url = other(request, store_url, tmp_path)
    if url.startswith("sqlite"):
        (copy.folder / "control.db").rename(tmp_path / "restored.db")
    control.require_empty(url)
    control.fill(url, copy.folder, manifest(control.kind(url), revision, parts))
    engine = database.open_database(url)
    try:
        assert told(engine) == before
        with database.session(engine) as s:  # numbers go on after those that were given
            s.add(TokenRow(secret_hash="b" * 64, uses=1, site="", expires=1, created=now, created_by="an"))
            audit.write(s, "an", "five", "six", {}, now)
            s.flush()
            assert audit.verify(s) is None
    finally:
        engine.dispose()
    if not url.startswith("sqlite"):
        with pytest.raises(BackupError, match="holds tables already"):
            control.require_empty(url)


def test_what_is_written_while_it_is_copied_is_not_in_it(now, tmp_path, sqlite_template, monkeypatch):
    """The copy is made in steps, between which the disk is left to others; all that others write then is later."""
    shutil.copy(sqlite_template, tmp_path / "control.db")
    store, meddled = database.open_database(f"sqlite:///{tmp_path / 'control.db'}"), []
    fill(store, now)
    monkeypatch.setattr(control, "_PAGES", 1)

    def meddle(_):
        meddled.append(1)
        with database.session(store) as s:
            audit.write(s, "an", "meanwhile", "x" * 9_000, {}, now)

    monkeypatch.setattr(pacing, "STEP", 20 * 4096)
    copy = Copy(tmp_path / "b.part", tmp_path / "b", pace=Pace(write=meddle, sleep=lambda _: None))
    copy.begin()
    control.take(f"sqlite:///{tmp_path / 'control.db'}", StatePaths(tmp_path), copy)
    assert len(meddled) > 2
    assert {file.name for file in copy.folder.iterdir()} == {"control.db", JOURNAL}
    taken = database.open_database(f"sqlite:///{copy.folder / 'control.db'}")
    assert told(taken)[3] == 1
    assert told(store)[3] == 1 + len(meddled)
    with taken.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
    taken.dispose()
    store.dispose()


def other(request, store_url, tmp_path) -> str:
    """An empty database beside the store's."""
    if store_url.startswith("sqlite"):
        return f"sqlite:///{tmp_path / 'restored.db'}"
    server, name = request.getfixturevalue("postgresql"), f"restored{uuid.uuid4().hex}"
    administer(server, f"CREATE DATABASE {name}")
    request.addfinalizer(lambda: administer(server, f"DROP DATABASE {name} WITH (FORCE)"))
    return server.replace("NAME", name)


def test_one_that_is_away_is_said(tmp_path):
    copy = Copy(tmp_path / "b.part", tmp_path / "b")
    copy.begin()
    (tmp_path / "control.db").write_bytes(b"no database" * 100)
    with pytest.raises(BackupError, match="cannot be read"):
        control.take(f"sqlite:///{tmp_path / 'control.db'}", StatePaths(tmp_path), copy)
    with pytest.raises(BackupError, match="cannot be read"):
        control.require_empty("postgresql+psycopg://nobody@/none?host=/nowhere")
