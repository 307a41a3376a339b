"""Where the app is installed, each with its tokens, which are encrypted before they come here."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
document = sa.JSON().with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "installations",
        sa.Column("team_id", name, nullable=False),
        sa.Column("document", document, nullable=False),
        sa.PrimaryKeyConstraint("team_id", name="pk_installations"),
    )
