"""An approved request whose broken glass nobody has reviewed is woken, too."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_WAKES_BEFORE = "(wake_at IS NOT NULL) = (deadline IS NOT NULL)"
_WAKES_OPEN = "deadline IS NULL OR wake_at IS NOT NULL"
_WHO_IS_WOKEN = "wake_at IS NULL OR deadline IS NOT NULL OR state = 'approved'"


def upgrade() -> None:
    """Let the table hold it."""
    if op.get_bind().dialect.name == "sqlite":
        clause = f"CONSTRAINT ck_requests_who_is_woken CHECK ({_WHO_IS_WOKEN})"
        _rewrite("requests", f"CHECK ({_WAKES_BEFORE})", f"CHECK ({_WAKES_OPEN}), \n\t{clause}")
        return
    op.drop_constraint("ck_requests_open_has_wake_at", "requests")
    op.create_check_constraint(op.f("ck_requests_open_has_wake_at"), "requests", _WAKES_OPEN)
    op.create_check_constraint(op.f("ck_requests_who_is_woken"), "requests", _WHO_IS_WOKEN)


def _rewrite(table: str, old: str, new: str) -> None:
    """Make *table* anew with *new* for *old* in its definition: SQLite changes no constraint of one that is there.

    Its indexes and triggers go with the old one and are made again, whatever they are by now.
    https://www.sqlite.org/lang_altertable.html#otheralter
    """
    connection = op.get_bind()
    found = connection.execute(
        sa.text(
            "SELECT sql FROM sqlite_master WHERE tbl_name = :table AND sql IS NOT NULL ORDER BY type = 'table' DESC"
        ),
        {"table": table},
    )
    definition, *rest = [row[0] for row in found]
    if old not in definition:
        raise RuntimeError(f"the table {table} is not as an earlier version made it")
    # So that what refers to the table goes on referring to its name.
    op.execute("PRAGMA legacy_alter_table = ON")
    op.execute(f"ALTER TABLE {table} RENAME TO {table}_before")
    connection.exec_driver_sql(definition.replace(old, new))
    op.execute(f"INSERT INTO {table} SELECT * FROM {table}_before")  # noqa: S608 - our own names
    op.execute(f"DROP TABLE {table}_before")
    op.execute("PRAGMA legacy_alter_table = OFF")
    for sql in rest:
        connection.exec_driver_sql(sql)
