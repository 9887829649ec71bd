"""The control database in a backup, as it is at one moment.

SQLite: its online backup within one reading transaction, so one state; writers go on (WAL). PostgreSQL: COPY of every
table in one snapshot (REPEATABLE READ), the same bytes as pg_dump's but without its program, which a collector's host
need not have; the tables themselves are made by their revision when it is restored.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from tramgac_collector.backup.copying import Copy
from tramgac_collector.backup.errors import BackupError
from tramgac_collector.backup.manifest import Manifest, Part
from tramgac_collector.backup.words import BackupWord
from tramgac_collector.errors import CollectorError
from tramgac_collector.paths import StatePaths

FOLDER = "control.pg"
ORDER = f"{FOLDER}/order"
"""Names of the tables, a line each, those first that others refer to."""
_REVISION = "alembic_version"
_PAGES = 256
"""So many are copied at a time, between two waits for the disk: a megabyte."""


def kind(url: str) -> str:
    """Give sqlite or postgresql."""
    return make_url(url).get_backend_name()


def take(url: str, paths: StatePaths, copy: Copy) -> tuple[list[Part], str]:
    """Copy the database; give its parts and its tables' revision.

    Raises:
        BackupError: it cannot be read, or there is no room.
    """
    try:
        return _sqlite(url, paths, copy) if kind(url) == "sqlite" else _postgresql(url, copy)
    except (sqlite3.Error, SQLAlchemyError) as error:
        if getattr(error, "sqlite_errorname", "") == "SQLITE_FULL":
            copy.require(paths.control_database.stat().st_size)
        raise BackupError(BackupWord.CONTROL_AWAY.both(why=error)) from None


def require_empty(url: str) -> None:
    """Raise BackupError if a PostgreSQL database holds tables; what SQLite's file would be is not there yet."""
    if kind(url) == "sqlite":
        return
    with _engine(url) as engine:
        try:
            names = inspect(engine).get_table_names()
        except SQLAlchemyError as error:
            raise BackupError(BackupWord.CONTROL_AWAY.both(why=error)) from None
    if names:
        place = make_url(url).render_as_string(hide_password=True)
        raise BackupError(BackupWord.DATABASE_NOT_EMPTY.both(place=place))


def fill(url: str, folder: Path, manifest: Manifest) -> None:
    """Fill an empty PostgreSQL database from a backup's files, in one transaction; SQLite's file is in its place.

    Raises:
        BackupError: the database refused.
    """
    if kind(url) != manifest.database:
        raise BackupError(BackupWord.OTHER_DATABASE.both(held=manifest.database, wanted=kind(url)))
    if kind(url) == "sqlite":
        return
    from tramgac_collector.migrations import run

    try:
        run.upgrade(url, manifest.revision)
        with _engine(url) as engine, engine.begin() as connection:
            names = (folder / ORDER).read_text().splitlines()
            for name in reversed(names):  # what the revisions themselves put there
                connection.execute(text(f"DELETE FROM {_quoted(connection, name)}"))  # noqa: S608 - quoted, of our own schema
            for name in names:
                _copy_in(connection, name, folder / FOLDER / f"{name}.copy")
    except (SQLAlchemyError, CollectorError) as error:
        raise BackupError(BackupWord.CONTROL_AWAY.both(why=error)) from None


def _sqlite(url: str, paths: StatePaths, copy: Copy) -> tuple[list[Part], str]:
    stands, made = Path(make_url(url).database or ""), copy.folder / f".{paths.control_database.name}"
    for left in (made, made.with_name(made.name + "-wal"), made.with_name(made.name + "-shm")):
        left.unlink(missing_ok=True)
    with (
        contextlib.closing(sqlite3.connect(stands)) as source,
        contextlib.closing(sqlite3.connect(made)) as target,
    ):
        _copy_pages(source, target, made, copy)
        (revision,) = target.execute(f"SELECT version_num FROM {_REVISION}").fetchone()  # noqa: S608 - a constant
    return [copy.adopt(paths.control_database.name, made)], str(revision)


def _copy_pages(source: sqlite3.Connection, target: sqlite3.Connection, made: Path, copy: Copy) -> None:
    """Copy at the pace of the disk. The source is read as it is at the first look, however long that takes."""
    target.execute("PRAGMA synchronous=OFF").close()  # the copy is made safe as the other parts are
    source.execute("BEGIN").close()
    (size,) = source.execute("PRAGMA page_size").fetchone()
    source.execute(f"SELECT version_num FROM {_REVISION}").fetchone()  # noqa: S608 - a constant
    with made.open("rb+") as file:
        source.backup(target, pages=_PAGES, progress=lambda *_: copy.pace.wrote(file.fileno(), _PAGES * size))
    source.rollback()


def _postgresql(url: str, copy: Copy) -> tuple[list[Part], str]:
    with _engine(url) as engine, engine.connect() as connection:
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        revision = connection.execute(text(f"SELECT version_num FROM {_REVISION}")).scalar_one()  # noqa: S608 - a constant
        ordered = [name for name, _ in inspect(connection).get_sorted_table_and_fkc_names() if name]
        names = [name for name in ordered if name != _REVISION]
        parts = [copy.stream(f"{FOLDER}/{name}.copy", _copy_out(connection, name)) for name in names]
    order = copy.put(ORDER, "".join(f"{name}\n" for name in names).encode())
    return [*parts, order], str(revision)


def _copy_out(connection: Any, name: str) -> Iterator[bytes]:
    cursor = connection.connection.driver_connection.cursor()
    with cursor.copy(f"COPY {_quoted(connection, name)} TO STDOUT") as rows:
        yield from map(bytes, rows)


def _copy_in(connection: Any, name: str, file: Path) -> None:
    quoted = _quoted(connection, name)
    with connection.connection.driver_connection.cursor() as cursor:
        with file.open("rb") as read, cursor.copy(f"COPY {quoted} FROM STDIN") as rows:
            while data := read.read(1 << 20):
                rows.write(data)
        for column in inspect(connection).get_columns(name):
            sequence = cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", (quoted, column["name"])).fetchone()
            if sequence and sequence[0]:
                value = f"SELECT coalesce(max({_quoted(connection, column['name'])}), 1) FROM {quoted}"  # noqa: S608 - quoted
                cursor.execute(f"SELECT setval(%s, ({value}))", sequence)


def _quoted(connection: Any, name: str) -> str:
    return str(connection.dialect.identifier_preparer.quote(name))


@contextlib.contextmanager
def _engine(url: str) -> Iterator[Engine]:
    engine = create_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()
