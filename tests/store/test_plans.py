"""History costs nothing: the database's own plans go by the partial indexes, however much has ended."""

import re
from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.store import upgrade_schema
from bot.store.database import Prepared, database_at
from bot.store.reading.queries import Queries
from bot.store.statements import Statements
from tests.factories import NOON
from tests.store.owner import Run, owner_of

HISTORY = 20_000
OPEN = 20

_MANY = {"sqlite": "WITH RECURSIVE n(n) AS (SELECT {0} UNION ALL SELECT n + 1 FROM n WHERE n < {1}) "}


def fill(run: Run, dialect: str, now: object, history: int = HISTORY, askers: int = 5000) -> None:
    """Write a few open requests and due deliveries, and a long history of both, asked for by so many people."""
    for first, last, deadline, state, status in (
        (1, history, None, "approved", "done"),
        (history + 1, history + OPEN, now, "pending", "due"),
    ):
        series, numbers = _MANY.get(dialect, "").format(first, last), "n"
        if dialect == "postgresql":
            numbers = f"generate_series({first}, {last}) AS n"
        ids = "'id-' || substr('00000000' || n, -8)" if dialect == "sqlite" else "'id-' || lpad(n::text, 8, '0')"
        moment = "?" if dialect == "sqlite" else "CAST(? AS timestamptz)"
        run(
            "INSERT INTO requests (number, id, source, state, service, lane, deadline, wake_at, document,"  # noqa: S608 - our own text
            " rule, handling, ruled_at, undertaking, answered_at, requester)"
            f" {series} SELECT n, {ids}, 'ci ' || {part('n', 200)}, '{state}', 'payments', 'lane ' || {part('n', 50)},"
            f" {moment}, {moment}, '{{}}', 'rule ' || {part('n', 3)}, 'auto_approve', {moment},"
            f" 'alike ' || {part('n', 4)}, {moment}, 'asker ' || {part('n', askers)} FROM {numbers}",
            deadline,
            deadline,
            now,
            None if deadline else now,
        )
        run(
            "INSERT INTO cards (request_id, channel, channel_id, ts, revision, look_at)"  # noqa: S608 - our own text
            f" {series} SELECT {ids}, '#c', 'C', '1', 1, {moment} FROM {numbers}",
            deadline,
        )
        run(
            "INSERT INTO outbox (id, destination, rank, kind, key, payload, status, due_at, created_at)"  # noqa: S608 - our own text
            f" {series} SELECT {ids}, 'slack:c' || {part('n', 9)}, 0, 'show_card', 'key ' || {part('n', 99)}, '{{}}',"
            f" '{status}', {moment}, {moment} FROM {numbers}",
            now,
            now,
        )
    run("ANALYZE")


def part(number: str, of: int) -> str:
    """Return the remainder; a percent sign would be a placeholder to one of the drivers."""
    return f"({number} - {number} / {of} * {of})"


@pytest.fixture
def full_url(url: str) -> str:
    upgrade_schema(url)
    with owner_of(url) as run:
        fill(run, "sqlite" if url.startswith("sqlite") else "postgresql", database_at(url).moment(NOON))
    return url


def plan_of(url: str, query: Prepared, values: Sequence[object]) -> str:
    with owner_of(url) as run:
        if url.startswith("sqlite"):
            return "\n".join(str(row[3]) for row in run(f"EXPLAIN QUERY PLAN {query.sql}", *values))
        return "\n".join(str(row[0]) for row in run(f"EXPLAIN {query.sql.replace('%s', '?')}", *values))


def test_the_sweep_goes_by_the_deadlines_of_open_requests(full_url: str) -> None:
    database = database_at(full_url)
    now = database.moment(NOON)

    sweep = plan_of(full_url, Statements(database)["due_requests"], (now, 100))
    next_one = plan_of(full_url, Queries(database)["next_wake"], ())

    for plan in (sweep, next_one):
        assert "ix_requests_open_wake_at" in plan
        assert "Seq Scan" not in plan
        assert "SCAN requests\n" not in f"{plan}\n"


def test_a_lane_is_looked_up_among_open_requests_alone(full_url: str) -> None:
    plan = plan_of(full_url, Statements(database_at(full_url))["open_in_lane"], ("ci 7", "lane 7"))

    # Either of the two knows open requests only.
    assert "ix_requests_open_lane" in plan or "ix_requests_open_wake_at" in plan
    assert "Seq Scan" not in plan


def test_whoever_shares_a_card_is_found_by_an_index_that_knows_no_others(full_url: str) -> None:
    statements, queries = Statements(database_at(full_url)), Queries(database_at(full_url))

    for query, index in (
        (statements["joinable"], "ix_requests_group_key"),
        (statements["followers"], "ix_requests_leader"),
        (queries["company"], "ix_requests_leader"),
    ):
        assert index in plan_of(full_url, query, ("a key",))


OF_OPEN = ("ix_requests_open_wake_at", "ix_requests_open_lane")
LISTS = [
    ((), (), False, ("pk_requests", "INTEGER PRIMARY KEY")),
    (("source",), ("ci 7",), False, ("ix_requests_source_number",)),
    ((), (), True, OF_OPEN),
    (("state",), ("pending",), True, OF_OPEN),
    (("source",), ("ci 7",), True, (*OF_OPEN, "ix_requests_source_number")),
]


def test_lists_go_by_an_index(full_url: str) -> None:
    queries = Queries(database_at(full_url))

    for columns, values, open_only, indexes in LISTS:
        plan = plan_of(full_url, queries.page(columns, open_only=open_only), (*values, 2**62, 51))
        assert any(name in plan for name in indexes), plan
        assert "Seq Scan" not in plan


def test_what_is_measured_is_counted_by_what_is_not_delivered_alone(full_url: str) -> None:
    queries = Queries(database_at(full_url))

    depth, dead = plan_of(full_url, queries["depth"], ()), plan_of(full_url, queries["dead_count"], ())

    assert "ix_outbox_due_t" in depth
    assert "ix_outbox_claimed" in depth
    assert "ix_outbox_dead" in dead
    for plan in (depth, dead):
        assert "Seq Scan on outbox" not in plan
        assert re.search(r"SCAN outbox$", plan, re.MULTILINE) is None


def test_whether_the_house_is_well_is_read_from_what_is_not_as_it_should_be(full_url: str) -> None:
    queries, now = Queries(database_at(full_url)), database_at(full_url).moment(NOON)

    late, failing = plan_of(full_url, queries["late_rows"], (now, now)), plan_of(full_url, queries["failing_rows"], ())
    dead, of_open = plan_of(full_url, queries["dead_rows"], ()), plan_of(full_url, queries["dead_of_open"], ())
    overdue = plan_of(full_url, queries["overdue_requests"], (now,))
    unlooked = plan_of(full_url, queries["unlooked_cards"], (now,))

    assert "ix_outbox_due_t" in late
    assert "ix_outbox_claimed" in late
    assert "ix_outbox_due_" in failing
    assert "ix_outbox_dead" in dead
    assert "ix_outbox_dead" in of_open
    assert "ix_requests_open_wake_at" in overdue
    assert "ix_cards_look_at" in unlooked
    for plan in (late, failing, dead, of_open, overdue, unlooked):
        assert "Seq Scan" not in plan
        assert re.search(r"SCAN (outbox|requests|cards|o)$", plan, re.MULTILINE) is None


def test_the_slow_pass_looks_at_what_is_due_and_open_alone(full_url: str) -> None:
    database = database_at(full_url)
    statements, queries, now = Statements(database), Queries(database), database.moment(NOON)

    take = plan_of(full_url, statements["due_looks"], (now, 200))
    following = plan_of(full_url, queries["next_look"], ())
    waiting = plan_of(full_url, queries["looks_due"], (now,))
    missing = plan_of(full_url, queries["cardless"], (20,))

    for plan in (take, following, waiting):
        assert "ix_cards_look_at" in plan
    assert any(name in missing for name in OF_OPEN)
    assert "ix_outbox_due_key" in missing
    assert "ix_outbox_dead" in missing
    for plan in (take, following, waiting, missing):
        assert "Seq Scan" not in plan
        assert re.search(r"SCAN (cards|c|r|o)$", plan, re.MULTILINE) is None


def test_a_home_tab_reads_no_more_than_it_shows(full_url: str) -> None:
    queries = Queries(database_at(full_url))

    asked = plan_of(full_url, queries["asked_by"], ("asker 1", 60))
    decided = plan_of(full_url, queries["decided_last"], (60,))
    waiting = plan_of(full_url, queries["open_oldest"], (200,))

    assert "ix_requests_requester" in asked
    assert "ix_requests_answered_at" in decided
    assert any(name in waiting for name in OF_OPEN)
    assert "Sort" not in decided
    assert "TEMP B-TREE" not in decided
    for plan in (asked, decided, waiting):
        assert "Seq Scan" not in plan
        assert re.search(r"SCAN requests$", plan, re.MULTILINE) is None


def test_a_channel_is_looked_up_among_open_requests_and_statistics_look_no_further_than_they_count(
    full_url: str,
) -> None:
    queries = Queries(database_at(full_url))

    here = plan_of(full_url, queries["open_in"], ("C0APPROVE", 11))
    newest = plan_of(full_url, queries["newest"], (10_000,))

    assert any(name in here for name in OF_OPEN)
    assert "Sort" not in newest
    assert "TEMP B-TREE" not in newest
    assert "pk_requests" in newest or "SCAN requests" in newest  # by its key, which is the table itself on SQLite
    for plan in (here, newest):
        assert "Seq Scan on requests" not in plan


def test_a_claim_looks_at_nothing_that_was_delivered(full_url: str) -> None:
    database = database_at(full_url)
    nobody, now = database.listed(()), database.moment(NOON)
    statements = Statements(database)

    first = plan_of(full_url, statements["first_due"], ("slack:", "slack;", "slack;", now, nobody, nobody, 10))
    siblings = plan_of(full_url, statements["siblings"], (database.listed(["key 7"]),))
    expired = plan_of(full_url, statements["expire_claims"], (now, now, "slack:", "slack;"))

    assert "ix_outbox_due_t" in first
    assert "ix_outbox_due_key" in siblings
    assert "ix_outbox_claimed" in expired
    for plan in (first, siblings, expired):
        assert "Seq Scan on outbox" not in plan
        assert re.search(r"SCAN [ofc]$", plan, re.MULTILINE) is None


def test_what_policies_count_is_found_by_an_index_and_never_read_further_than_it_counts(full_url: str) -> None:
    database = database_at(full_url)
    statements, long_ago = Statements(database), database.moment(NOON - timedelta(days=30))

    uses = plan_of(full_url, statements["uses"], ("rule 1", "auto_approve", long_ago, 20))
    answers = plan_of(full_url, statements["answers"], ("alike 1", "approved", long_ago, 1000))
    open_now = plan_of(full_url, statements["open_count"], ("ci 7", "lane 7", 2000))

    assert "ix_requests_used_rule" in uses
    assert "ix_requests_answered" in answers
    assert any(name in open_now for name in OF_OPEN)
    for plan in (uses, answers, open_now):
        assert "Seq Scan" not in plan
        assert "Sort" not in plan
        assert "TEMP B-TREE" not in plan
        assert re.search(r"SCAN requests$", plan, re.MULTILINE) is None


def test_a_count_stops_at_its_limit_and_none_of_it_depends_on_what_was_before(full_url: str) -> None:
    statements, long_ago = Statements(database_at(full_url)), database_at(full_url).moment(NOON - timedelta(days=30))

    assert counted(full_url, statements["uses"], ("rule 1", "auto_approve", long_ago, 20)) == 20
    assert counted(full_url, statements["answers"], ("alike 1", "approved", long_ago, 1000)) == 1000
    assert (
        counted(full_url, statements["uses"], ("rule 1", "auto_approve", database_at(full_url).moment(NOON), 20)) == 0
    )


def counted(url: str, query: Prepared, values: Sequence[object]) -> object:
    with owner_of(url) as run:
        return next(iter(run(query.sql.replace("%s", "?"), *values)))[0]


def test_the_past_of_a_test_is_found_by_its_key_however_many_there_are(url: str) -> None:
    upgrade_schema(url)
    dialect, database = url.partition(":")[0], database_at(url)
    series = "generate_series(1, 20000) AS n" if dialect == "postgresql" else "n"
    with owner_of(url) as run:
        run(
            "INSERT INTO pasts (realm, test, seen, runs, base_failed, earlier_failed, signs)"  # noqa: S608 - our own text
            f" {_MANY.get(dialect, '').format(1, 20000)} SELECT 1, n * 4611686018427, 1, {_EMPTY[dialect]}, 0, 0,"
            f" {_EMPTY[dialect]} FROM {series}"
        )
        run("ANALYZE")
    queries = Queries(database)

    lookup = plan_of(url, queries["pasts"], (1, database.numbers([5, 6, 7])))
    stretch = plan_of(url, queries["past_stretch"], (1, 5, 10))

    assert "pk_pasts" in lookup or "SEARCH pasts USING PRIMARY KEY (realm=? AND test=?)" in lookup
    assert "pk_pasts" in stretch or "SEARCH pasts USING PRIMARY KEY ((realm,test)>(?,?))" in stretch


_EMPTY = {"sqlite": "x''", "postgresql": "''::bytea"}
