"""Replay keys carry when their message was signed; until now, when it came, which is within minutes of that."""

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Rename the column and its index."""
    op.drop_index("ix_replays_seen_at", "replays")
    op.execute("ALTER TABLE replays RENAME COLUMN seen_at TO signed_at")
    op.create_index("ix_replays_signed_at", "replays", ["signed_at"])
