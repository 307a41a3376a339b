"""Alembic's entry: runs the migrations on the connection that the store hands over, in its transaction."""

from alembic import context

from bot.store.tables import METADATA

connection = context.config.attributes["connection"]
# Batch mode: SQLite changes a table by copying it.
context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
context.run_migrations()
