"""The tables of what earlier runs say of each test: many small rows, and runs that wait to be counted.

Nothing here refers to anything by a foreign key, whose check would cost more than the row.
"""

from datetime import datetime

from sqlalchemy import Column, Index, LargeBinary, SmallInteger, Text
from sqlmodel import Field

from bot.store.columns import Big, Moment, Name, Row


class PastRealms(Row, table=True):
    """What has a history of its own; ``tests`` is how many rows of ``pasts`` it has, ``seen`` when it ran last."""

    __table_args__ = (Index("uq_past_realms_name", "source", "repository", "environment", unique=True),)

    id: int = Field(sa_column=Column(Big, primary_key=True, autoincrement=False))
    source: str = Field(sa_column=Column(Name, nullable=False))
    repository: str = Field(sa_column=Column(Name, nullable=False))
    environment: str = Field(sa_column=Column(Name, nullable=False))
    tests: int = Field(sa_column=Column(Big, nullable=False))
    seen: int = Field(sa_column=Column(Big, nullable=False))


class PastCommits(Row, table=True):
    """The names of commits, once each: in the rows of tests stand numbers."""

    __table_args__ = (Index("uq_past_commits_name", "name", unique=True),)

    id: int = Field(sa_column=Column(Big, primary_key=True, autoincrement=False))
    name: str = Field(sa_column=Column(Name, nullable=False))
    seen: int = Field(sa_column=Column(Big, nullable=False))


class Pasts(Row, table=True):
    """One test in one realm, by the hash of its id, as :class:`bot.core.evidence.track.Track` says.

    Moments are seconds since 1970. The rows of a realm lie together, and there is no other index: a run that comes in
    changes a row for each of its tests. On PostgreSQL there is room for that on each page.
    """

    __table_args__ = ({"sqlite_with_rowid": False, "postgresql_with": {"fillfactor": "80"}},)

    realm: int = Field(sa_column=Column(Big, primary_key=True, autoincrement=False))
    test: int = Field(sa_column=Column(Big, primary_key=True, autoincrement=False))
    seen: int = Field(sa_column=Column(Big, nullable=False))
    runs: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    base_at: int | None = Field(sa_column=Column(Big))
    base_commit: int | None = Field(sa_column=Column(Big))
    base_failed: int = Field(sa_column=Column(SmallInteger, nullable=False))
    earlier_at: int | None = Field(sa_column=Column(Big))
    earlier_commit: int | None = Field(sa_column=Column(Big))
    earlier_failed: int = Field(sa_column=Column(SmallInteger, nullable=False))
    green_at: int | None = Field(sa_column=Column(Big))
    passed_commit: int | None = Field(sa_column=Column(Big))
    signs: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    bad_at: int | None = Field(sa_column=Column(Big))
    bad_commit: int | None = Field(sa_column=Column(Big))
    failed_at: int | None = Field(sa_column=Column(Big))
    failed_commit: int | None = Field(sa_column=Column(Big))


class RunInbox(Row, table=True):
    """Pieces of runs that wait to be counted, the oldest first; gone with the commit that counts them."""

    __table_args__ = (Index("ix_run_inbox_source", "source", "id"),)

    id: str = Field(sa_column=Column(Name, primary_key=True))
    source: str = Field(sa_column=Column(Name, nullable=False))
    repository: str = Field(sa_column=Column(Name, nullable=False))
    environment: str = Field(sa_column=Column(Name, nullable=False))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    commit_name: str | None = Field(sa_column=Column(Name))
    at: datetime = Field(sa_column=Column(Moment, nullable=False))
    tests: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class RunKeys(Row, table=True):
    """By which key a run came in, so that none counts twice; forgotten after a while."""

    __table_args__ = (Index("ix_run_keys_at", "at"),)

    source: str = Field(sa_column=Column(Name, primary_key=True))
    key: str = Field(sa_column=Column(Name, primary_key=True))
    body_hash: str = Field(sa_column=Column(Text, nullable=False))
    run_id: str = Field(sa_column=Column(Name, nullable=False))
    at: datetime = Field(sa_column=Column(Moment, nullable=False))
