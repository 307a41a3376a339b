"""Where native sources are answered, encrypted before it comes here."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
moment = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "receivers",
        sa.Column("request_id", name, nullable=False),
        sa.Column("source", name, nullable=False),
        sa.Column("matter", name, nullable=False),
        sa.Column("since", moment, nullable=True),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("memo", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_receivers_request_id"),
        sa.PrimaryKeyConstraint("request_id", name="pk_receivers"),
    )
    op.create_index("ix_receivers_matter", "receivers", ["source", "matter"])
