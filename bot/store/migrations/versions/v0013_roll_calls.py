"""Looks into the live groups of requests that are open; each of those is looked at once, and most need no more."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

moment = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the table, and a look at each open request."""
    op.create_table(
        "roll_calls",
        sa.Column("request_id", name, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.PrimaryKeyConstraint("request_id", name="pk_roll_calls"),
    )
    op.create_index("ix_roll_calls_at", "roll_calls", ["at"])
    op.execute(
        "INSERT INTO roll_calls (request_id, at)"
        " SELECT id, '2000-01-01T00:00:00.000000Z' FROM requests WHERE deadline IS NOT NULL AND wake_at IS NOT NULL"
    )
