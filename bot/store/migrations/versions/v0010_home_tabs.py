"""Home tabs: who has opened theirs, and the requests of one person."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

moment = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
document = sa.JSON().with_variant(sa.Text(), "sqlite")

_FILL = {
    "sqlite": "UPDATE requests SET requester = json_extract(document, '$.subject.requester.key')",
    "postgresql": "UPDATE requests SET requester = document -> 'subject' -> 'requester' ->> 'key'",
}


def upgrade() -> None:
    """Add the table, and the column filled from the documents, and index what a Home tab shows."""
    op.create_table(
        "homes",
        sa.Column("slack_id", name, nullable=False),
        sa.Column("opened_at", moment, nullable=False),
        sa.Column("document", document, nullable=False),
        sa.PrimaryKeyConstraint("slack_id", name="pk_homes"),
    )
    op.create_index("ix_homes_opened_at", "homes", ["opened_at"])
    op.add_column("requests", sa.Column("requester", name))
    op.execute(_FILL[op.get_bind().dialect.name])
    for index, columns, tested in (
        ("ix_requests_requester", ["requester", "number"], "requester"),
        ("ix_requests_answered_at", ["answered_at"], "answered_at"),
    ):
        where = sa.text(f"{tested} IS NOT NULL")
        op.create_index(index, "requests", columns, sqlite_where=where, postgresql_where=where)
