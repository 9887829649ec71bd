"""How migrations are run: with no alembic.ini, from the program itself."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url

LOCK = 0x7472616D67616331
"""PostgreSQL's advisory lock for migrations: "tramgac1" in ASCII."""

BUSY_SECONDS = 60
"""How long a migration waits for another process's, seconds."""


def settings(url: str) -> Config:
    """Return Alembic's settings for the database at `url`."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the schema to the newest revision, or another. Safe to be called by several processes at once."""
    command.upgrade(settings(url), revision)


def check(url: str) -> None:
    """Raise alembic.util.CommandError if the tables of schema.py are not what the revisions make."""
    command.check(settings(url))


def engine(url: str) -> Engine:
    """Return an engine whose one transaction holds the whole migration and keeps other processes' waiting.

    SQLite: foreign keys are off, since a table is altered by copying it, and BEGIN IMMEDIATE is the lock.
    """
    if make_url(url).get_backend_name() != "sqlite":
        made = create_engine(url)
        event.listen(
            made, "begin", lambda connection: connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
        )
        return made
    made = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "isolation_level": None})
    event.listen(made, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return made
