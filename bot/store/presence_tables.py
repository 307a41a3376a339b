"""The tables of who is there: who stands in for whom, who is away, and when requests are looked at for that."""

from datetime import datetime

from sqlalchemy import Column, Index
from sqlmodel import Field

from bot.store.columns import Big, Document, Moment, Name, Row


class Delegations(Row, table=True):
    """Who stands in for whom: the last word of each giver, also when it has ended. The log has the history."""

    __table_args__ = (Index("ix_delegations_receiver", "receiver"), Index("ix_delegations_until", "until"))

    giver: str = Field(sa_column=Column(Name, primary_key=True))
    receiver: str = Field(sa_column=Column(Name, nullable=False))
    until: datetime = Field(sa_column=Column(Moment, nullable=False))
    document: str = Field(sa_column=Column(Document, nullable=False))


class Absences(Row, table=True):
    """Who is away: what each said last, also when it has ended. The log has the history."""

    __table_args__ = (Index("ix_absences_until", "until"),)

    account: str = Field(sa_column=Column(Name, primary_key=True))
    until: datetime = Field(sa_column=Column(Moment, nullable=False))
    document: str = Field(sa_column=Column(Document, nullable=False))


class Musters(Row, table=True):
    """Looks through the open requests that are due from ``at`` on, because somebody went; ``after`` is how far one is.

    It is work to do and no fact: doing it twice changes nothing, and it is gone once it is done.
    """

    __table_args__ = (Index("ix_musters_at", "at"),)

    id: str = Field(sa_column=Column(Name, primary_key=True))
    at: datetime = Field(sa_column=Column(Moment, nullable=False))
    after: int = Field(sa_column=Column(Big, nullable=False))


class RollCalls(Row, table=True):
    """For which requests it is to be looked up, from ``at`` on, who is in their live groups.

    It is work to do and no fact, as a muster is: one of a request that has ended is dropped when it is due.
    """

    __table_args__ = (Index("ix_roll_calls_at", "at"),)

    request_id: str = Field(sa_column=Column(Name, primary_key=True))
    at: datetime = Field(sa_column=Column(Moment, nullable=False))
