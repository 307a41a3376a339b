"""What kinds of effects there are is the codec's to know: a new one costs no new outbox any more."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

moment = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
document = sa.JSON().with_variant(sa.Text(), "sqlite")

_INDEXES = {
    "ix_outbox_due_turn": (["destination", "rank", "id", "due_at"], "status = 'due'"),
    "ix_outbox_due_time": (["destination", "rank", "due_at"], "status = 'due'"),
    "ix_outbox_due_key": (["key"], "status = 'due' AND key IS NOT NULL"),
    "ix_outbox_claimed": (["destination", "claimed_until"], "status = 'claimed'"),
    "ix_outbox_dead": (["id"], "status = 'dead'"),
}


def upgrade() -> None:
    """Drop the check. SQLite cannot: there a new table takes the old one's place, with everything that was in it."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_outbox_kind"), "outbox", type_="check")
        return
    for index in _INDEXES:
        op.drop_index(index, "outbox")
    op.rename_table("outbox", "outbox_before")
    _outbox()
    op.execute("INSERT INTO outbox SELECT * FROM outbox_before")
    op.drop_table("outbox_before")
    for index, (columns, where) in _INDEXES.items():
        op.create_index(index, "outbox", columns, sqlite_where=sa.text(where))


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", name, nullable=False),
        sa.Column("destination", name, nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("request_id", name),
        sa.Column("key", name),
        sa.Column("payload", document, nullable=False),
        sa.Column("status", sa.Text(), server_default="due", nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("nonce", sa.Text()),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("claimed_by", sa.Text()),
        sa.Column("claimed_until", moment),
        sa.Column("last_error", sa.Text()),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("done_at", moment),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_outbox_request_id"),
        sa.CheckConstraint("status IN ('due', 'claimed', 'done', 'dead')", name=op.f("ck_outbox_status")),
        sa.CheckConstraint("(status = 'claimed') = (claimed_until IS NOT NULL)", name=op.f("ck_outbox_claim_has_end")),
    )
