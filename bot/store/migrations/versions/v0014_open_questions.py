"""An index of the requests that wait for an answer: each line said in a thread is compared with them."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add the index."""
    where = sa.text("state = 'needs_info'")
    op.create_index("ix_requests_needs_info", "requests", ["id"], sqlite_where=where, postgresql_where=where)
