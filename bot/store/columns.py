"""What the tables are made of: their columns' types, their names, and the schema that holds them all."""

import re

from sqlalchemy import JSON, BigInteger, DateTime, Integer, MetaData, Text
from sqlalchemy.orm import declared_attr, registry
from sqlmodel import SQLModel

Moment = DateTime(timezone=True).with_variant(Text(), "sqlite")
"""Aware UTC. SQLite has no such type: there it is text as :mod:`bot.core.moments` writes it, sorting as time does."""

Name = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that sorts by its bytes in both databases: ids, destinations, keys."""

Document = JSON().with_variant(Text(), "sqlite")
"""JSON text, kept as it was written (``jsonb`` would turn 1e2 into 100)."""

Big = BigInteger().with_variant(Integer(), "sqlite")


METADATA = MetaData(
    naming_convention={
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""All tables. Every constraint has a name, as migrations need them."""


class Row(SQLModel, registry=registry(metadata=METADATA)):
    """What all tables share: a class ``AuditHead`` is the table ``audit_head``."""

    @declared_attr.directive
    def __tablename__(  # pyright: ignore[reportIncompatibleVariableOverride] - as SQLModel itself does it
        cls,  # noqa: N805 - SQLAlchemy calls it with the class
    ) -> str:
        """Return the name of the table."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls.__name__).lower()
