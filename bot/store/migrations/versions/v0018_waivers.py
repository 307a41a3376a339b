"""What was waived, by whom and for how long."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

moment = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
document = sa.JSON().with_variant(sa.Text(), "sqlite")
big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "waivers",
        sa.Column("number", big, autoincrement=False, nullable=False),
        sa.Column("site", name, nullable=False),
        sa.Column("key", name, nullable=False),
        sa.Column("wake_at", moment),
        sa.Column("document", document, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_waivers"),
    )
    live = sa.text("wake_at IS NOT NULL")
    for index, column in (("live_key", "key"), ("live_site", "site"), ("wake_at", "wake_at")):
        op.create_index(f"ix_waivers_{index}", "waivers", [column], sqlite_where=live, postgresql_where=live)
