"""Counters begin at zero; what is in the audit trail can be neither changed nor removed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_SQLITE = """
CREATE TRIGGER audit_no_{what} BEFORE {what} ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END
"""
_FUNCTION = """
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$
"""
_POSTGRESQL = "CREATE TRIGGER audit_no_{what} BEFORE {what} ON audit FOR EACH ROW EXECUTE FUNCTION audit_refuse()"


def upgrade() -> None:
    """Go to this revision."""
    counters = sa.table("counters", sa.column("name", sa.String), sa.column("value", sa.BigInteger))
    op.bulk_insert(counters, [{"name": "outbox", "value": 0}, {"name": "audit", "value": 0}])
    trigger = _SQLITE
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_FUNCTION)
        trigger = _POSTGRESQL
    for what in ("UPDATE", "DELETE"):
        op.execute(trigger.format(what=what))


def downgrade() -> None:
    """Go back to the revision before."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_refuse CASCADE")
    else:
        op.execute("DROP TRIGGER audit_no_UPDATE")
        op.execute("DROP TRIGGER audit_no_DELETE")
    op.execute("DELETE FROM counters")
