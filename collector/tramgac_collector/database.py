"""The control store's engine, its transactions and its migrations.

Many processes share one SQLite file: writers begin with BEGIN IMMEDIATE, so that none is refused half-way, and wait
for each other up to BUSY_SECONDS; readers see the state at their first look and never wait. Keep transactions short.
"""

import errno
import functools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Engine,
    Insert,
    bindparam,
    cast,
    column,
    create_engine,
    event,
    func,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from tramgac_collector.columns import Document, Number
from tramgac_collector.schema import Base
from tramgac_collector.write_times import READING, watch

BUSY_SECONDS = 30
"""How long a writer waits for another writer before it gives up with OperationalError."""
_PG_DISK_FULL = "53100"  # PostgreSQL's manual, appendix A: disk_full


def open_database(url: str) -> Engine:
    """Return an engine for `url`: SQLite (WAL, synchronous=FULL, foreign keys) or PostgreSQL.

    The schema must be there: `migrate` makes it.
    """
    if make_url(url).get_backend_name() != "sqlite":
        engine = create_engine(url, pool_pre_ping=True)
    else:
        engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    watch(engine)
    return engine


def _prepare_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:
    # The driver's own transactions begin too late to be IMMEDIATE: they are begun by _begin_sqlite.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get(READING, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


@contextmanager
def session(engine: Engine) -> Iterator[Session]:
    """Give a session that may write: committed at the end of the block, rolled back by an exception."""
    with Session(engine, expire_on_commit=False) as opened, opened.begin():
        yield opened


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Give a session that only reads: it never waits for writers, and what it would change is not kept."""
    with Session(engine.execution_options(**{READING: True}), expire_on_commit=False) as opened:
        yield opened


def disk_full(error: BaseException | None) -> bool:
    """Tell whether an error, or what it came of, is a disk or a quota without room: the system's, or a database's."""
    while error is not None:
        told = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(told, OSError) and told.errno in {errno.ENOSPC, errno.EDQUOT}:
            return True
        if getattr(told, "sqlite_errorname", "") == "SQLITE_FULL" or getattr(told, "sqlstate", "") == _PG_DISK_FULL:
            return True
        error = error.__cause__ or error.__context__
    return False


def migrate(url: str) -> None:
    """Bring the schema of the database at `url` to this program's, in one transaction, one process at a time."""
    from tramgac_collector.migrations import run

    run.upgrade(url)


class Given:
    """Rows that a statement is given, by `dialect`: lists of values, all in one parameter named `rows`.

    One statement of the database, not one a row: Python gives other threads their turn after each, and a busy one keeps
    it for milliseconds, in which nobody else can write.
    """

    def __init__(self, dialect: str) -> None:
        rows = bindparam("rows", type_=Document())
        made = func.json_each(rows) if dialect == "sqlite" else func.json_array_elements(rows)
        self._row = made.table_valued(column("value", JSON), name="given").c.value

    def text(self, at: int) -> ColumnElement[str]:
        """The value at a place of each row, if it is text."""
        found: ColumnElement[str] = self._row[at].as_string()
        return found

    def number(self, at: int) -> ColumnElement[int]:
        """The value at a place of each row, if it is a number, of a size that a column holds."""
        return cast(self._row[at].as_string(), Number())

    def document(self, at: int) -> ColumnElement[Any]:
        """The value at a place of each row, if it is a document."""
        return self._row[at]


def dialect(s: Session) -> str:
    """Name the kind of database."""
    return s.get_bind().dialect.name


def insert_new(s: Session, table: type[Base], values: Mapping[str, Any]) -> bool:
    """Insert a row unless one with its key is there; tell whether it was inserted. No race, on any database."""
    return s.execute(_insert_new(table, dialect(s)), values).first() is not None


@functools.cache
def _insert_new(table: type[Base], dialect: str) -> Insert:
    # Built once: SQLAlchemy takes longer to build and compare a statement than SQLite takes to run it.
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    made = Base.metadata.tables[table.__tablename__]
    return insert(made).on_conflict_do_nothing().returning(*made.primary_key)


def insert_many(s: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows unless ones with their keys are there."""
    if rows:
        s.execute(_insert_many(table, dialect(s), replace=False), rows)


def replace_many(s: Session, table: type[Base], rows: Sequence[Mapping[str, Any]], *, newest: str = "") -> None:
    """Insert rows in place of those with their keys; no two of them have one key.

    `newest`: a column; a row stays in which that is greater.
    """
    if rows:
        s.execute(_insert_many(table, dialect(s), replace=True, newest=newest), rows)


@functools.cache
def _insert_many(table: type[Base], dialect: str, *, replace: bool, newest: str = "") -> Insert:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    made = Base.metadata.tables[table.__tablename__]
    query = insert(made)
    if not replace:
        return query.on_conflict_do_nothing()
    values = {column.name: query.excluded[column.name] for column in made.columns if not column.primary_key}
    older = made.columns[newest] <= query.excluded[newest] if newest else None
    return query.on_conflict_do_update(index_elements=list(made.primary_key), set_=values, where=older)
