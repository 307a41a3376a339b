"""Who shares a card with whom: no request that was asked before does."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the columns, and partial indexes that cost nothing where nobody shares."""
    for column in ("group_key", "leader"):
        op.add_column("requests", sa.Column(column, name))
        where = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_requests_{column}", "requests", [column], sqlite_where=where, postgresql_where=where)
    op.add_column("cards", sa.Column("host", name))
