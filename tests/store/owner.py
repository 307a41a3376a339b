"""Whoever owns the database: goes round the store, straight to the tables."""

import re
import sqlite3
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from typing import Any

import psycopg

from bot.store.triggers import GUARDS

Run = Callable[..., list[tuple[Any, ...]]]

_TRIGGER = re.compile(r"CREATE TRIGGER (\w+) .*? ON (\w+)", re.DOTALL)


@contextmanager
def owner_of(url: str) -> Generator[Run]:
    """Give a function that runs SQL, its values written ``?``, committed at once."""
    if url.startswith("sqlite"):
        path = url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as file:

            def run_sqlite(sql: str, *values: object) -> list[tuple[Any, ...]]:
                return file.execute(sql, values).fetchall()

            yield run_sqlite
    else:
        with psycopg.connect(url, autocommit=True) as connection:

            def run_postgres(sql: str, *values: object) -> list[tuple[Any, ...]]:
                text: Any = sql.replace("?", "%s") if values else sql
                cursor = connection.execute(text, values or None)
                return cursor.fetchall() if cursor.description else []

            yield run_postgres


def drop_guards(url: str) -> None:
    """Take every trigger away, as only the owner can."""
    dialect = "sqlite" if url.startswith("sqlite") else "postgresql"
    with owner_of(url) as run:
        for trigger, table in triggers(dialect):
            run(f"DROP TRIGGER {trigger}" + ("" if dialect == "sqlite" else f" ON {table}"))


def triggers(dialect: str) -> list[tuple[str, str]]:
    """Return name and table of every guard."""
    found = [_TRIGGER.search(statement) for statement in GUARDS[dialect]]
    return [(one[1], one[2]) for one in found if one is not None]
