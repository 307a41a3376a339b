"""Runs Alembic's migrations from inside the package, without a configuration file."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.store.database import Database
from bot.store.faults import SchemaTooNew

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(database: Database, target: str = "head") -> None:
    """Run what is missing up to *target*, under a lock. Whoever waited finds the work done, and does nothing.

    Raises SchemaTooNew: a newer version may have been the one that was waited for.
    """
    with database.migrating() as connection:
        refuse_newer(MigrationContext.configure(connection).get_current_revision())
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, target)


def refuse_newer(stored: str | None) -> None:
    """Raise SchemaTooNew when *stored* is no migration that this version knows."""
    known = known_revisions()
    if stored is not None and stored not in known:
        raise SchemaTooNew(
            f"the database is at schema {stored}, this version knows {known[0]} at most: "
            "run the version that wrote it, or a newer one"
        )


def known_revisions() -> tuple[str, ...]:
    """Return every migration there is, the last one first."""
    return tuple(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
