"""Who stands in for whom."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

moment = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
document = sa.JSON().with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "delegations",
        sa.Column("giver", name, nullable=False),
        sa.Column("receiver", name, nullable=False),
        sa.Column("until", moment, nullable=False),
        sa.Column("document", document, nullable=False),
        sa.PrimaryKeyConstraint("giver", name="pk_delegations"),
    )
    op.create_index("ix_delegations_receiver", "delegations", ["receiver"])
