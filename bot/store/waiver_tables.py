"""The table of waivers: what was accepted, by whom and for how long. The log has the history."""

from datetime import datetime

from sqlalchemy import Column, Index, text
from sqlmodel import Field

from bot.store.columns import Big, Document, Moment, Name, Row

_LIVE = text("wake_at IS NOT NULL")


class Waivers(Row, table=True):
    """A waiver: one document, and beside it the columns that are searched.

    ``site`` is where it holds, ``key`` which failures it covers there, ``wake_at`` when the clock brings it something:
    nothing any more once it has ended or is used up, so that what was costs nothing.
    """

    __table_args__ = (
        Index("ix_waivers_live_key", "key", sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("ix_waivers_live_site", "site", sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("ix_waivers_wake_at", "wake_at", sqlite_where=_LIVE, postgresql_where=_LIVE),
    )

    number: int = Field(sa_column=Column(Big, primary_key=True, autoincrement=False))
    site: str = Field(sa_column=Column(Name, nullable=False))
    key: str = Field(sa_column=Column(Name, nullable=False))
    wake_at: datetime | None = Field(sa_column=Column(Moment))
    document: str = Field(sa_column=Column(Document, nullable=False))
