"""Brings the schema up to date when a store is opened: under a lock, and never backwards."""

from dataclasses import dataclass

from bot.store.database import Database, Link, Prepared, database_at
from bot.store.faults import StoreUnusable

NEEDED = "0020"
"""The migration that this version of the program needs: the last of ``migrations/versions``."""

_VERSION = Prepared("SELECT version_num FROM alembic_version", ())


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaStatus:
    """Which migration a database is at (None: it is empty), and which one this version of the program needs."""

    stored: str | None
    needed: str

    @property
    def is_current(self) -> bool:
        """Tell whether there is nothing to do."""
        return self.stored == self.needed


def upgrade_schema(url: str) -> SchemaStatus:
    """Bring the database at *url* up to date and return where it was. Raises StoreUnusable, SchemaTooNew."""
    return bring_up_to_date(database_at(url))


def schema_status(url: str) -> SchemaStatus:
    """Return where the database at *url* is. Raises StoreUnusable, SchemaTooNew."""
    status = _status(database_at(url))
    if not status.is_current:
        from bot.store.migrating import refuse_newer  # noqa: PLC0415 - Alembic is slow to import, see below

        refuse_newer(status.stored)
    return status


def bring_up_to_date(database: Database) -> SchemaStatus:
    """Run the migrations that are missing and return where the database was before. Raises SchemaTooNew."""
    status = _status(database)
    if not status.is_current:
        # Alembic is a quarter of a second of imports, for something that happens once a release.
        from bot.store.migrating import migrate  # noqa: PLC0415 - only where it is needed

        migrate(database)
    return status


def require_current(database: Database, link: Link) -> None:
    """Refuse a schema that this version cannot read; a look changes none. Raises StoreUnusable, SchemaTooNew."""
    status = read_status(database, link)
    if not status.is_current:
        from bot.store.migrating import refuse_newer  # noqa: PLC0415 - Alembic is only loaded where it is needed

        refuse_newer(status.stored)
        raise StoreUnusable(
            f"the database is at schema {status.stored or 'none'}, needed is {status.needed}: "
            "starting the bot brings it up to date, or `jit db upgrade`"
        )


def _status(database: Database) -> SchemaStatus:
    link = database.open_writer()
    try:
        return read_status(database, link)
    finally:
        link.close()


def read_status(database: Database, link: Link) -> SchemaStatus:
    """Return where the database behind *link* is."""
    row = link.first(_VERSION) if link.first(database.has_version) else None
    link.rollback()
    return SchemaStatus(stored=row[0] if row else None, needed=NEEDED)
