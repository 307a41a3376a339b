"""Which revision a card has shown; of cards posted before this nobody knows, and that counts as none."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column."""
    op.add_column("cards", sa.Column("revision", sa.Integer(), server_default="0", nullable=False))
