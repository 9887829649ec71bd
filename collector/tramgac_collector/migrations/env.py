"""Alembic's entry: everything in one transaction. Run through migrations/run.py, which sets the URL."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import String

from tramgac_collector import (  # noqa: F401 - their tables too
    access_schema,
    correlation_schema,
    exception_schema,
    export_schema,
    hold_schema,
    judge_schema,
    notify_schema,
    presence_schema,
    proof_schema,
    quarantine_schema,
    rule_schema,
)
from tramgac_collector.columns import Document, HostText, Key, Number
from tramgac_collector.migrations import run
from tramgac_collector.schema import Base


def _plain(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    # A revision stands for itself: our column types may change, what they were on disk may not.
    if kind == "type" and isinstance(item, Number):
        return "sa.BigInteger().with_variant(sa.Integer(), 'sqlite')"
    if kind == "type" and isinstance(item, Key) and isinstance(item.impl_instance, String):
        return f"sa.String(length={item.impl_instance.length})"
    if kind == "type" and isinstance(item, HostText):
        return "sa.Text()"
    if kind == "type" and isinstance(item, Document):
        return "sa.JSON()"
    return False


_engine = run.engine(context.config.attributes["url"])
try:
    with _engine.begin() as _connection:
        context.configure(
            connection=_connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            render_item=_plain,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()
finally:
    _engine.dispose()
