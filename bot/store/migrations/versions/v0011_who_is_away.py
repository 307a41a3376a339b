"""Who is away, and the looks through the open requests that follow from it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

moment = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
document = sa.JSON().with_variant(sa.Text(), "sqlite")
big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables. Delegations given before are looked at when the next look is due; none is made up for them."""
    op.create_table(
        "absences",
        sa.Column("account", name, nullable=False),
        sa.Column("until", moment, nullable=False),
        sa.Column("document", document, nullable=False),
        sa.PrimaryKeyConstraint("account", name="pk_absences"),
    )
    op.create_index("ix_absences_until", "absences", ["until"])
    op.create_table(
        "musters",
        sa.Column("id", name, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("after", big, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_musters"),
    )
    op.create_index("ix_musters_at", "musters", ["at"])
    op.create_index("ix_delegations_until", "delegations", ["until"])
