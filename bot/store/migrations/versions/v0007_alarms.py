"""Troubles that are not mended yet, each of them told once; and cards that stand in another channel than theirs."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

moment = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the table, and the columns of the cards."""
    op.create_table(
        "alarms",
        sa.Column("about", name, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.Column("told_in", sa.Text()),
        sa.PrimaryKeyConstraint("about", name="pk_alarms"),
    )
    op.add_column("cards", sa.Column("detour", sa.Text()))
    op.add_column("cards", sa.Column("detour_why", sa.Text()))
