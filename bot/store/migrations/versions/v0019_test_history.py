"""What earlier runs say of each test, and the runs that wait to be counted."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
moment = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables."""
    _add_names()
    _add_pasts()
    _add_waiting_runs()


def _add_names() -> None:
    op.create_table(
        "past_realms",
        sa.Column("id", big, autoincrement=False, nullable=False),
        sa.Column("source", name, nullable=False),
        sa.Column("repository", name, nullable=False),
        sa.Column("environment", name, nullable=False),
        sa.Column("tests", big, nullable=False),
        sa.Column("seen", big, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_past_realms"),
    )
    op.create_index("uq_past_realms_name", "past_realms", ["source", "repository", "environment"], unique=True)
    op.create_table(
        "past_commits",
        sa.Column("id", big, autoincrement=False, nullable=False),
        sa.Column("name", name, nullable=False),
        sa.Column("seen", big, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_past_commits"),
    )
    op.create_index("uq_past_commits_name", "past_commits", ["name"], unique=True)


def _add_pasts() -> None:
    op.create_table(
        "pasts",
        sa.Column("realm", big, autoincrement=False, nullable=False),
        sa.Column("test", big, autoincrement=False, nullable=False),
        sa.Column("seen", big, nullable=False),
        sa.Column("runs", sa.LargeBinary(), nullable=False),
        sa.Column("base_at", big),
        sa.Column("base_commit", big),
        sa.Column("base_failed", sa.SmallInteger(), nullable=False),
        sa.Column("earlier_at", big),
        sa.Column("earlier_commit", big),
        sa.Column("earlier_failed", sa.SmallInteger(), nullable=False),
        sa.Column("green_at", big),
        sa.Column("passed_commit", big),
        sa.Column("signs", sa.LargeBinary(), nullable=False),
        *(sa.Column(column, big) for column in ("bad_at", "bad_commit", "failed_at", "failed_commit")),
        sa.PrimaryKeyConstraint("realm", "test", name="pk_pasts"),
        sqlite_with_rowid=False,
        postgresql_with={"fillfactor": "80"},
    )


def _add_waiting_runs() -> None:
    op.create_table(
        "run_inbox",
        sa.Column("id", name, nullable=False),
        sa.Column("source", name, nullable=False),
        sa.Column("repository", name, nullable=False),
        sa.Column("environment", name, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("commit_name", name),
        sa.Column("at", moment, nullable=False),
        sa.Column("tests", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_run_inbox"),
    )
    op.create_index("ix_run_inbox_source", "run_inbox", ["source", "id"])
    op.create_table(
        "run_keys",
        sa.Column("source", name, nullable=False),
        sa.Column("key", name, nullable=False),
        sa.Column("body_hash", sa.Text(), nullable=False),
        sa.Column("run_id", name, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.PrimaryKeyConstraint("source", "key", name="pk_run_keys"),
    )
    op.create_index("ix_run_keys_at", "run_keys", ["at"])
