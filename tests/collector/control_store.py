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
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError
from tramgac_collector import database
from tramgac_collector.paths import StatePaths

NOW = 1_790_000_000_000_000_000
"""A time in tests: 2026-09-21, nanoseconds since 1970."""

POSTGRESQL = "TRAMGAC_TEST_POSTGRES"
"""The variable that names a server for these tests: a URL with NAME for the database. Its user may make databases."""

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
DRIVER = importlib.util.find_spec("psycopg") is not None
DATABASES = ["sqlite", "postgresql"] if DRIVER and (POSTGRESQL in os.environ or BINARIES) else ["sqlite"]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL server, with NAME for the database's name; our own server unless one is named."""
    if not DRIVER:
        pytest.skip("no PostgreSQL: psycopg is not installed")
    if POSTGRESQL in os.environ:
        yield os.environ[POSTGRESQL]
    elif not BINARIES:
        pytest.skip(f"no PostgreSQL: {POSTGRESQL} names none and there is no /usr/lib/postgresql/*/bin/initdb")
    else:
        with server(BINARIES[-1].parent) as url:
            yield url


@contextlib.contextmanager
def server(binaries: Path) -> Iterator[str]:
    """A server in a folder of its own, on a unix socket only, ended with the block. It refuses to run as root."""
    folder = Path(tempfile.mkdtemp(prefix="tgpg"))
    user = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
    if user:
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


@pytest.fixture(scope="session")
def postgresql_template(postgresql: str) -> str:
    """The same in PostgreSQL: the name of a database that tests copy."""
    name = f"tramgac_{uuid.uuid4().hex[:12]}"
    administer(postgresql, f"CREATE DATABASE {name}")
    database.migrate(postgresql.replace("NAME", name))
    return name


@pytest.fixture(params=DATABASES)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty control store of the test's own."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "control.db")
        yield f"sqlite:///{tmp_path / 'control.db'}"
        return
    url, template = request.getfixturevalue("postgresql"), request.getfixturevalue("postgresql_template")
    name = f"tramgac_{uuid.uuid4().hex[:12]}"
    administer(url, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield url.replace("NAME", name)
    administer(url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def store(store_url: str) -> Iterator[Engine]:
    """An empty control store of the test's own."""
    engine = database.open_database(store_url)
    yield engine
    engine.dispose()


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
