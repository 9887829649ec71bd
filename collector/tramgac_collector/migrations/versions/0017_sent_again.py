"""What hosts sent again to a collector that was restored, and what they no longer had."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go to this revision."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    for name in ("resent", "gone"):
        op.add_column("host_ledgers", sa.Column(name, number, nullable=False, server_default="0"))


def downgrade() -> None:
    """Go back to the revision before."""
    for name in ("gone", "resent"):
        op.drop_column("host_ledgers", name)
