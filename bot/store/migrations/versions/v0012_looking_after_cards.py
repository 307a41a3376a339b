"""What a card was drawn as, and when it is looked at next; those of open requests soon, the others never."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

moment = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Add the columns and the partial index."""
    for column in ("drawn", "kept", "odd"):
        op.add_column("cards", sa.Column(column, sa.Text()))
    op.add_column("cards", sa.Column("look_at", moment))
    where = sa.text("look_at IS NOT NULL")
    op.create_index("ix_cards_look_at", "cards", ["look_at"], sqlite_where=where, postgresql_where=where)
    op.execute(
        "UPDATE cards SET look_at = '2000-01-01T00:00:00.000000Z'"
        " WHERE host IS NULL AND request_id IN (SELECT id FROM requests WHERE wake_at IS NOT NULL)"
    )
