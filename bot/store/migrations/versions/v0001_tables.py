"""The tables and their indexes."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
moment = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
document = sa.JSON().with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Create everything but the guards."""
    if op.get_bind().dialect.supports_sequences:
        op.execute(sa.schema.CreateSequence(sa.Sequence("request_numbers")))
    _requests()
    _beside_requests()
    _outbox()
    _audit()
    op.create_table(
        "replays",
        sa.Column("key", name, nullable=False),
        sa.Column("seen_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_replays"),
    )
    op.create_index("ix_replays_seen_at", "replays", ["seen_at"])


def _partial_index(index: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(index, table, columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _requests() -> None:
    op.create_table(
        "requests",
        sa.Column("number", big, autoincrement=False, nullable=False),
        sa.Column("id", name, nullable=False),
        sa.Column("source", name, nullable=False),
        sa.Column("idempotency_key", name),
        sa.Column("body_hash", sa.Text()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("service", sa.Text()),
        sa.Column("environment", sa.Text()),
        sa.Column("lane", sa.Text()),
        sa.Column("deadline", moment),
        sa.Column("wake_at", moment),
        sa.Column("document", document, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_requests"),
        sa.CheckConstraint(
            "state IN ('pending', 'needs_info', 'approved', 'rejected', 'expired', 'cancelled', 'superseded')",
            name=op.f("ck_requests_state"),
        ),
        sa.CheckConstraint(
            "(deadline IS NOT NULL) = (state IN ('pending', 'needs_info'))", name=op.f("ck_requests_open_has_deadline")
        ),
        sa.CheckConstraint("(wake_at IS NOT NULL) = (deadline IS NOT NULL)", name=op.f("ck_requests_open_has_wake_at")),
        sa.CheckConstraint(
            "(idempotency_key IS NULL) = (body_hash IS NULL)", name=op.f("ck_requests_key_has_body_hash")
        ),
    )
    op.create_index("uq_requests_id", "requests", ["id"], unique=True)
    op.create_index("ix_requests_source_number", "requests", ["source", "number"])
    _partial_index(
        "uq_requests_idempotency_key",
        "requests",
        ["source", "idempotency_key"],
        "idempotency_key IS NOT NULL",
        unique=True,
    )
    _partial_index("ix_requests_open_wake_at", "requests", ["wake_at"], "wake_at IS NOT NULL")
    _partial_index("ix_requests_open_lane", "requests", ["source", "lane"], "deadline IS NOT NULL AND lane IS NOT NULL")


def _beside_requests() -> None:
    op.create_table(
        "evidence",
        sa.Column("request_id", name, nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document", document, nullable=False),
        sa.PrimaryKeyConstraint("request_id", "revision", name="pk_evidence"),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_evidence_request_id"),
    )
    op.create_table(
        "cards",
        sa.Column("request_id", name, nullable=False),
        sa.Column("channel", name, nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("ts", sa.Text(), nullable=False),
        sa.Column("permalink", sa.Text()),
        sa.PrimaryKeyConstraint("request_id", "channel", name="pk_cards"),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_cards_request_id"),
    )


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
        sa.CheckConstraint(
            "kind IN ('show_card', 'tell_thread', 'tell_requester', 'whisper', 'call_back')",
            name=op.f("ck_outbox_kind"),
        ),
        sa.CheckConstraint("(status = 'claimed') = (claimed_until IS NOT NULL)", name=op.f("ck_outbox_claim_has_end")),
    )
    _partial_index("ix_outbox_due_turn", "outbox", ["destination", "rank", "id", "due_at"], "status = 'due'")
    _partial_index("ix_outbox_due_time", "outbox", ["destination", "rank", "due_at"], "status = 'due'")
    _partial_index("ix_outbox_due_key", "outbox", ["key"], "status = 'due' AND key IS NOT NULL")
    _partial_index("ix_outbox_claimed", "outbox", ["destination", "claimed_until"], "status = 'claimed'")
    _partial_index("ix_outbox_dead", "outbox", ["id"], "status = 'dead'")


def _audit() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("seq", big, autoincrement=False, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("request_id", name),
        sa.Column("prev", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("canonical", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit_entries"),
        sa.CheckConstraint("length(prev) = 32 AND length(hash) = 32", name=op.f("ck_audit_entries_hashes")),
    )
    _partial_index("ix_audit_entries_request", "audit_entries", ["request_id", "seq"], "request_id IS NOT NULL")
    op.create_table(
        "audit_head",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", big, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", moment),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_one")),
    )
