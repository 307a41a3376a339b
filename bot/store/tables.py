"""The tables. They describe the schema and are what statements are built from; rows never leave the store."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Sequence,
    SmallInteger,
    Text,
    text,
)
from sqlmodel import Field

from bot.store import history_tables, presence_tables, receiver_tables, waiver_tables
from bot.store.columns import METADATA, Big, Document, Moment, Name, Row

OPEN_STATES = "('pending', 'needs_info')"


def _only(test: str) -> dict[str, Any]:
    """Return what makes an index partial."""
    return {"sqlite_where": text(test), "postgresql_where": text(test)}


class Requests(Row, table=True):
    """A request: one document, and beside it exactly the columns that are searched."""

    __table_args__ = (
        CheckConstraint(
            "state IN ('pending', 'needs_info', 'approved', 'rejected', 'expired', 'cancelled', 'superseded')",
            name="state",
        ),
        # The partial indexes below stand on these: an open request has a deadline, a closed one has none. The clock
        # brings something to every open one, and of the closed ones to those whose broken glass nobody has reviewed.
        CheckConstraint(f"(deadline IS NOT NULL) = (state IN {OPEN_STATES})", name="open_has_deadline"),
        CheckConstraint("deadline IS NULL OR wake_at IS NOT NULL", name="open_has_wake_at"),
        CheckConstraint("wake_at IS NULL OR deadline IS NOT NULL OR state = 'approved'", name="who_is_woken"),
        CheckConstraint("(idempotency_key IS NULL) = (body_hash IS NULL)", name="key_has_body_hash"),
        Index("uq_requests_id", "id", unique=True),
        Index(
            "uq_requests_idempotency_key",
            "source",
            "idempotency_key",
            unique=True,
            **_only("idempotency_key IS NOT NULL"),
        ),
        # Partial, so that a sweep costs the same after a million closed requests as after none.
        Index("ix_requests_open_wake_at", "wake_at", **_only("wake_at IS NOT NULL")),
        Index("ix_requests_open_lane", "source", "lane", **_only("deadline IS NOT NULL AND lane IS NOT NULL")),
        # Whose question may be answered in its thread; every line that is said in one is compared with these.
        Index("ix_requests_needs_info", "id", **_only("state = 'needs_info'")),
        Index("ix_requests_source_number", "source", "number"),
        # What policies count: uses of a rule, and how people answered requests alike.
        Index("ix_requests_used_rule", "rule", "handling", "ruled_at"),
        Index("ix_requests_answered", "undertaking", "state", "answered_at", **_only("answered_at IS NOT NULL")),
        # What Home tabs show: what somebody asked, and what people decided last. Who asked never changes.
        Index("ix_requests_requester", "requester", "number", **_only("requester IS NOT NULL")),
        Index("ix_requests_answered_at", "answered_at", **_only("answered_at IS NOT NULL")),
        # What people said last of the same change.
        Index("ix_requests_change", "change", "answered_at", **_only("change IS NOT NULL")),
        # Who shares a card: what others must be like to follow, and whom it follows.
        *(
            Index(f"ix_requests_{column}", column, sqlite_where=where, postgresql_where=where)
            for column, where in (
                ("group_key", text("group_key IS NOT NULL")),
                ("leader", text("leader IS NOT NULL")),
            )
        ),
    )

    number: int = Field(sa_column=Column(Big, primary_key=True, autoincrement=False))
    id: str = Field(sa_column=Column(Name, nullable=False))
    source: str = Field(sa_column=Column(Name, nullable=False))
    idempotency_key: str | None = Field(sa_column=Column(Name))
    body_hash: str | None = Field(sa_column=Column(Text))
    state: str = Field(sa_column=Column(Text, nullable=False))
    service: str | None = Field(sa_column=Column(Text))
    environment: str | None = Field(sa_column=Column(Text))
    lane: str | None = Field(sa_column=Column(Text))
    deadline: datetime | None = Field(sa_column=Column(Moment))
    wake_at: datetime | None = Field(sa_column=Column(Moment))
    document: str = Field(sa_column=Column(Document, nullable=False))
    rule: str | None = Field(sa_column=Column(Name))
    handling: str | None = Field(sa_column=Column(Text))
    ruled_at: datetime | None = Field(sa_column=Column(Moment))
    undertaking: str | None = Field(sa_column=Column(Name))
    answered_at: datetime | None = Field(sa_column=Column(Moment))
    group_key: str | None = Field(sa_column=Column(Name))
    leader: str | None = Field(sa_column=Column(Name))
    requester: str | None = Field(sa_column=Column(Name))
    change: str | None = Field(sa_column=Column(Name))


class Evidence(Row, table=True):
    """Everything the tests of one revision said; never changes, so a click need not write it again."""

    request_id: str = Field(sa_column=Column(Name, ForeignKey("requests.id"), primary_key=True))
    revision: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    document: str = Field(sa_column=Column(Document, nullable=False))


class Cards(Row, table=True):
    """Where the card of a request was posted, one a channel; with a ``host`` it is that other request's card."""

    # Partial: who has ended, and was seen to show it, is never looked at again and costs nothing.
    __table_args__ = (Index("ix_cards_look_at", "look_at", **_only("look_at IS NOT NULL")),)

    request_id: str = Field(sa_column=Column(Name, ForeignKey("requests.id"), primary_key=True))
    channel: str = Field(sa_column=Column(Name, primary_key=True))
    channel_id: str = Field(sa_column=Column(Text, nullable=False))
    ts: str = Field(sa_column=Column(Text, nullable=False))
    permalink: str | None = Field(sa_column=Column(Text))
    revision: int = Field(sa_column=Column(Integer, nullable=False, server_default="0"))
    detour: str | None = Field(sa_column=Column(Text))
    detour_why: str | None = Field(sa_column=Column(Text))
    host: str | None = Field(sa_column=Column(Name))
    drawn: str | None = Field(sa_column=Column(Text))
    kept: str | None = Field(sa_column=Column(Text))
    odd: str | None = Field(sa_column=Column(Text))
    look_at: datetime | None = Field(sa_column=Column(Moment))


class Outbox(Row, table=True):
    """What is to leave the house. ``rank`` orders a destination's rows before their age does."""

    __table_args__ = (
        CheckConstraint("status IN ('due', 'claimed', 'done', 'dead')", name="status"),
        CheckConstraint("(status = 'claimed') = (claimed_until IS NOT NULL)", name="claim_has_end"),
        # All partial: what has been delivered costs nothing.
        Index("ix_outbox_due_turn", "destination", "rank", "id", "due_at", **_only("status = 'due'")),
        Index("ix_outbox_due_time", "destination", "rank", "due_at", **_only("status = 'due'")),
        Index("ix_outbox_due_key", "key", **_only("status = 'due' AND key IS NOT NULL")),
        Index("ix_outbox_claimed", "destination", "claimed_until", **_only("status = 'claimed'")),
        Index("ix_outbox_dead", "id", **_only("status = 'dead'")),
    )

    id: str = Field(sa_column=Column(Name, primary_key=True))
    destination: str = Field(sa_column=Column(Name, nullable=False))
    rank: int = Field(sa_column=Column(SmallInteger, nullable=False))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    request_id: str | None = Field(sa_column=Column(Name, ForeignKey("requests.id")))
    key: str | None = Field(sa_column=Column(Name))
    payload: str = Field(sa_column=Column(Document, nullable=False))
    status: str = Field(sa_column=Column(Text, nullable=False, server_default="due"))
    due_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    attempts: int = Field(sa_column=Column(Integer, nullable=False, server_default="0"))
    nonce: str | None = Field(sa_column=Column(Text))
    body: bytes | None = Field(sa_column=Column(LargeBinary))
    claimed_by: str | None = Field(sa_column=Column(Text))
    claimed_until: datetime | None = Field(sa_column=Column(Moment))
    last_error: str | None = Field(sa_column=Column(Text))
    created_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    done_at: datetime | None = Field(sa_column=Column(Moment))


class AuditEntries(Row, table=True):
    """One entry of the log: its canonical bytes, and columns that verify recomputes from them."""

    __table_args__ = (
        CheckConstraint("length(prev) = 32 AND length(hash) = 32", name="hashes"),
        Index("ix_audit_entries_request", "request_id", "seq", **_only("request_id IS NOT NULL")),
    )

    seq: int = Field(sa_column=Column(Big, primary_key=True, autoincrement=False))
    at: datetime = Field(sa_column=Column(Moment, nullable=False))
    event: str = Field(sa_column=Column(Text, nullable=False))
    request_id: str | None = Field(sa_column=Column(Name))
    prev: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    canonical: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class AuditHead(Row, table=True):
    """The one row that says where the log ends; moved by the entries themselves (:mod:`bot.store.triggers`)."""

    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    seq: int = Field(sa_column=Column(Big, nullable=False))
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    at: datetime | None = Field(sa_column=Column(Moment))


class Replays(Row, table=True):
    """Signed messages that came in lately, so that none counts twice; and up to when what was signed is forgotten."""

    __table_args__ = (Index("ix_replays_signed_at", "signed_at"),)

    key: str = Field(sa_column=Column(Name, primary_key=True))
    signed_at: datetime = Field(sa_column=Column(Moment, nullable=False))


class Homes(Row, table=True):
    """Who has opened their Home tab, and what they look at there. Nothing of it is anybody's decision."""

    __table_args__ = (Index("ix_homes_opened_at", "opened_at"),)

    slack_id: str = Field(sa_column=Column(Name, primary_key=True))
    opened_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    document: str = Field(sa_column=Column(Document, nullable=False))


class Installations(Row, table=True):
    """Where our app is installed, with its tokens, which are encrypted before they come here; one row a workspace."""

    team_id: str = Field(sa_column=Column(Name, primary_key=True))
    document: str = Field(sa_column=Column(Document, nullable=False))


class Alarms(Row, table=True):
    """Troubles that are not mended yet. The log has the history."""

    about: str = Field(sa_column=Column(Name, primary_key=True))
    what: str = Field(sa_column=Column(Text, nullable=False))
    since: datetime = Field(sa_column=Column(Moment, nullable=False))
    told_in: str | None = Field(sa_column=Column(Text))


__all__ = [
    "AUDIT_ENTRIES",
    "AUDIT_HEAD",
    "CARDS",
    "EVIDENCE",
    "METADATA",
    "OUTBOX",
    "REQUESTS",
    "REQUEST_NUMBERS",
    "history_tables",
    "presence_tables",
    "receiver_tables",
    "waiver_tables",
]

REQUEST_NUMBERS = Sequence("request_numbers", metadata=METADATA)
"""Where numbers for people come from on PostgreSQL; SQLite, with its one writer, takes the highest and adds one."""

REQUESTS = METADATA.tables["requests"]
EVIDENCE = METADATA.tables["evidence"]
CARDS = METADATA.tables["cards"]
OUTBOX = METADATA.tables["outbox"]
AUDIT_ENTRIES = METADATA.tables["audit_entries"]
AUDIT_HEAD = METADATA.tables["audit_head"]
