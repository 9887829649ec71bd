import errno
import multiprocessing
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from tramgac_collector import audit, database, outbox
from tramgac_collector.columns import MAX_NUMBER
from tramgac_collector.migrations import run
from tramgac_collector.schema import CounterRow, CursorRow, TokenRow

from tests.collector.control_store import TABLES


def test_postgresql_takes_the_same_schema(postgresql_lent):
    """Skipped where there is no PostgreSQL, as the next; all others simply have one database less."""
    run.check(postgresql_lent.renew())


def test_a_lent_database_is_as_new_each_time(postgresql_lent):
    """What another test wrote, kept open or took away is not there for the next."""
    engine = database.open_database(postgresql_lent.renew())
    new = rows_of(engine)
    with database.session(engine) as s:
        outbox.add(s, "host", {})
        audit.write(s, "an", "tokens.create", "x", {}, 1)
    assert rows_of(engine) != new
    with engine.connect() as kept:
        kept.execute(text("SELECT * FROM audit"))
        postgresql_lent.renew()
        kept.invalidate()
    assert rows_of(engine) == new
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE alerts CASCADE"))
    postgresql_lent.renew()
    assert rows_of(engine) == new
    engine.dispose()


def test_what_a_full_disk_is_told_by():
    full = OSError(errno.ENOSPC, "No space left on device")
    assert database.disk_full(full)
    assert not database.disk_full(OSError(errno.EACCES, "Permission denied"))
    assert not database.disk_full(None)
    over = sqlite3.OperationalError("database or disk is full")
    over.sqlite_errorname = "SQLITE_FULL"
    assert database.disk_full(OperationalError("INSERT", None, over))
    assert not database.disk_full(OperationalError("INSERT", None, sqlite3.OperationalError("locked")))
    with pytest.raises(RuntimeError) as raised:
        raise RuntimeError from full
    assert database.disk_full(raised.value)


def rows_of(engine):
    with engine.connect() as connection:
        return {table.name: sorted(map(str, connection.execute(table.select()))) for table in TABLES}


def test_tables_and_revisions_agree(store_url):
    run.check(store_url)


def test_migrating_again_changes_nothing(store_url):
    database.migrate(store_url)
    run.check(store_url)


def test_several_processes_migrate_at_once(tmp_path):
    url = f"sqlite:///{tmp_path / 'control.db'}"
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=database.migrate, args=(url,)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    run.check(url)


def test_down_to_nothing_and_up_again(store_url):
    from alembic import command

    command.downgrade(run.settings(store_url), "base")
    database.migrate(store_url)
    run.check(store_url)


def test_sqlite_is_durable_and_strict(tmp_path, sqlite_template):
    engine = database.open_database(f"sqlite:///{sqlite_template}")
    with database.reading(engine) as s:
        said = [
            s.execute(text(f"PRAGMA {name}")).scalar_one() for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    engine.dispose()
    assert said == ["wal", 2, 1]


def test_a_writer_holds_the_lock_from_its_beginning(tmp_path, sqlite_template):
    engine = database.open_database(f"sqlite:///{sqlite_template}")
    other = sqlite3.connect(sqlite_template, timeout=0, isolation_level=None)
    with database.session(engine) as s:
        s.execute(select(CounterRow))
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    with database.reading(engine) as s:
        s.execute(select(CounterRow))
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    other.close()
    engine.dispose()


def test_an_exception_rolls_back(store):
    with pytest.raises(ZeroDivisionError), database.session(store) as s:  # noqa: PT012
        s.add(CursorRow(name="x", position=1))
        s.flush()
        raise ZeroDivisionError
    with database.reading(store) as s:
        assert s.get(CursorRow, "x") is None


def test_insert_new_inserts_once_whoever_comes_first(store):
    def insert(position):
        with database.session(store) as s:
            return database.insert_new(s, CursorRow, {"name": "x", "position": position})

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(insert, range(16))) == [False] * 15 + [True]


def test_many_rows_are_inserted_once_or_put_in_place(store):
    def positions():
        with database.reading(store) as s:
            return dict(s.execute(select(CursorRow.name, CursorRow.position)).all())

    for write, expected in ((database.insert_many, {"x": 1, "y": 2}), (database.replace_many, {"x": 3, "y": 2})):
        with database.session(store) as s:
            write(s, CursorRow, [])
            write(s, CursorRow, [{"name": "x", "position": 1}, {"name": "y", "position": 2}])
            write(s, CursorRow, [{"name": "x", "position": 3}])
        assert positions() == expected


def test_rows_that_are_given_come_as_they_were(store):
    given = [
        ['a "máy" \\ \n', MAX_NUMBER, {"a": [1, "é", None]}],
        ["\0", -MAX_NUMBER, {}],
        ["", 0, {"b": {"c": "'; --"}}],
        [None, None, {"d": 1.5}],
    ]
    with database.reading(store) as s:
        rows = database.Given(database.dialect(s))
        found = s.execute(select(rows.text(0), rows.number(1), rows.document(2)), {"rows": given}).all()
        assert [list(row) for row in found] == [given[0], ["\\x00", *given[1][1:]], *given[2:]]
        assert s.execute(select(rows.text(0)), {"rows": []}).all() == []


def test_what_a_reader_changes_is_not_kept(store):
    with database.reading(store) as s:
        s.add(TokenRow(secret_hash="0" * 64, uses=1, site="", expires=1, created=1, created_by=""))
        s.flush()
    with database.reading(store) as s:
        assert s.scalars(select(TokenRow)).all() == []
