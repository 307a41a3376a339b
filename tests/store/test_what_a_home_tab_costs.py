"""A Home tab costs what it shows: the databases read no more for it after a long history than after a short one.

What is counted is what the database itself does, not how long it takes: steps of SQLite's machine, rows of PostgreSQL's
plan.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import timedelta
from typing import Any

from bot.slack.home.contents import OPEN_LOOKED_AT, PAST_LOOKED_AT
from bot.store import upgrade_schema
from bot.store.database import Prepared, database_at
from bot.store.reading.queries import Queries
from bot.store.statements import Statements
from bot.store.transaction.homes import FOLLOWED, MOST_FOLLOWED
from tests.factories import NOON
from tests.store.owner import Run, owner_of
from tests.store.test_plans import OPEN, fill

SHORT, LONG = 10_000, 60_000
"""Requests that have ended."""

ASKERS = 20
"""So few that each has asked for more than a Home tab looks at, even in a short history."""

PEOPLE = 1_000
"""How many have opened their Home tab, and lend their right to somebody."""

Reads = Mapping[str, tuple[Prepared, Sequence[object]]]


def reads_of(url: str) -> Reads:
    """Everything that is read to draw a Home tab, and to find out whose is out of date."""
    database = database_at(url)
    queries, now = Queries(database), database.moment(NOON)
    return {
        "home": (queries["home"], ("U7",)),
        "open_oldest": (queries["open_oldest"], (OPEN_LOOKED_AT,)),
        "asked_by": (queries["asked_by"], ("asker 7", PAST_LOOKED_AT)),
        "decided_last": (queries["decided_last"], (PAST_LOOKED_AT,)),
        "delegation_of": (queries["delegation_of"], ("U7",)),
        "delegations_to": (queries["delegations_to"], ("U8", now)),
        "followed": (
            Statements(database)["followed"],
            (database.moment(NOON - FOLLOWED), MOST_FOLLOWED, now),
        ),
    }


def with_people(run: Run, now: object, later: object) -> None:
    homes = ", ".join(f"('U{number}', ?, '{{}}')" for number in range(PEOPLE))
    lent = ", ".join(f"('U{number}', 'U{number + 1}', ?, '{{}}')" for number in range(PEOPLE))
    run(f"INSERT INTO homes (slack_id, opened_at, document) VALUES {homes}", *[now] * PEOPLE)  # noqa: S608 - our own
    run(f"INSERT INTO delegations (giver, receiver, until, document) VALUES {lent}", *[later] * PEOPLE)  # noqa: S608 - our own
    run("ANALYZE")


def prepared(url: str, history: int) -> str:
    upgrade_schema(url)
    database = database_at(url)
    with owner_of(url) as run:
        fill(run, "sqlite" if url.startswith("sqlite") else "postgresql", database.moment(NOON), history, ASKERS)
    return url


def grown(url: str) -> None:
    """Let the rest of a long history follow a short one."""
    kept = "source, state, service, document, rule, handling, ruled_at, undertaking, answered_at, requester"
    times = " UNION ALL ".join(f"SELECT {n} AS n" for n in range(1, LONG // SHORT))
    with owner_of(url) as run:
        run(
            f"INSERT INTO requests (number, id, {kept})"  # noqa: S608 - our own text
            f" SELECT number + {SHORT + OPEN} * times.n, 'again ' || times.n || id, {kept}"
            f" FROM requests CROSS JOIN ({times}) AS times WHERE state = 'approved'"
        )
        run("ANALYZE")


def work(url: str, query: Prepared, values: Sequence[object]) -> tuple[int, int]:
    """Return how much the database does for a query, and how many rows it answers."""
    if url.startswith("sqlite"):
        return _steps(url.removeprefix("sqlite:///"), query.sql, values)
    with owner_of(url) as run:
        sql = query.sql.replace("%s", "?")
        answered = len(run(sql, *values))
        ((explained,),) = run(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", *values)
    return _rows(explained[0]["Plan"]), answered


def _steps(path: str, sql: str, values: Sequence[object]) -> tuple[int, int]:
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    with closing(sqlite3.connect(path)) as file:
        file.execute(sql, values).fetchall()  # so that the schema is read
        file.set_progress_handler(step, 1)
        found = file.execute(sql, values).fetchall()
    return steps, len(found)


def _rows(plan: Mapping[str, Any]) -> int:
    """Return how many rows were touched: passed on, or looked at and left out."""
    touched = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Index Recheck", 0)
    return round(touched * plan["Actual Loops"]) + sum(_rows(one) for one in plan.get("Plans", ()))


SHOWN = {"open_oldest": OPEN, "asked_by": PAST_LOOKED_AT, "decided_last": PAST_LOOKED_AT}


def test_what_has_ended_costs_a_home_tab_nothing(url: str) -> None:
    prepared(url, SHORT)
    before = {read: work(url, *reads_of(url)[read]) for read in SHOWN}

    grown(url)

    after = {read: work(url, *reads_of(url)[read]) for read in SHOWN}
    assert {read: rows for read, (_, rows) in after.items()} == SHOWN
    assert {read: rows for read, (_, rows) in before.items()} == SHOWN
    for read, (done, rows) in after.items():
        assert done <= before[read][0] * 1.1, read
        assert done < 50 * rows, read


def test_neither_do_other_peoples_tabs_and_delegations(url: str) -> None:
    upgrade_schema(url)
    database, found = database_at(url), dict[str, tuple[int, int]]()
    with owner_of(url) as run:
        with_people(run, database.moment(NOON), database.moment(NOON + timedelta(days=1)))

    for read in ("home", "delegation_of", "delegations_to", "followed"):
        found[read] = work(url, *reads_of(url)[read])

    assert {read: rows for read, (_, rows) in found.items()} == {
        "home": 1,
        "delegation_of": 1,
        "delegations_to": 1,
        "followed": MOST_FOLLOWED,
    }
    for read, (done, rows) in found.items():
        assert done < 50 * rows, read
