"""The table of where native sources are answered."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index, Text
from sqlmodel import Field

from bot.store.columns import Moment, Name, Row


class Receivers(Row, table=True):
    """Where a native source is answered; ``sealed`` is encrypted, and the request's own document has its hash."""

    __table_args__ = (Index("ix_receivers_matter", "source", "matter"),)

    request_id: str = Field(sa_column=Column(Name, ForeignKey("requests.id"), primary_key=True))
    source: str = Field(sa_column=Column(Name, nullable=False))
    matter: str = Field(sa_column=Column(Name, nullable=False))
    since: datetime | None = Field(sa_column=Column(Moment))
    sealed: str = Field(sa_column=Column(Text, nullable=False))
    memo: str | None = Field(sa_column=Column(Text))
