"""The migrations make what the tables say, to the last predicate and trigger, on both databases."""

import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Column, Index, Integer, MetaData, Text, text

from bot.core.judging.counting import undertaking
from bot.core.life.lifecycle import advance, submit
from bot.core.request import ApprovalRequest
from bot.core.ruling import Handling
from bot.store import SchemaTooNew, Store, schema_status, upgrade_schema
from bot.store.codec import draw_json
from bot.store.database import database_at
from bot.store.migrating import MIGRATIONS, known_revisions, migrate
from bot.store.schema import NEEDED
from bot.store.tables import METADATA
from bot.store.triggers import GUARDS
from tests.factories import ANA, NOON, a_cancellation, a_ruling, a_subject, a_submission, approval, rejection
from tests.store.conftest import EmptyAgain, WiringOf
from tests.store.owner import owner_of
from tests.store.structure import structure_of

pytestmark = pytest.mark.usefixtures("migrations")


@pytest.fixture
def other_url(url: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Another empty database of the same kind."""
    is_sqlite = url.startswith("sqlite")
    return f"sqlite:///{tmp_path}/other.db" if is_sqlite else request.getfixturevalue("other_postgres_url")


def create(url: str, metadata: MetaData = METADATA, guards: Sequence[str] | None = None) -> None:
    """Make the database from the tables, without any migration."""
    with database_at(url).migrating() as connection:
        metadata.create_all(connection)
        for guard in GUARDS[connection.dialect.name] if guards is None else guards:
            connection.execute(text(guard))


def what_alembic_would_do(url: str, metadata: MetaData = METADATA) -> list[object]:
    with database_at(url).migrating() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        found: list[object] = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    return found


def copy_of_the_tables() -> MetaData:
    copy = MetaData(naming_convention=METADATA.naming_convention)
    for table in METADATA.sorted_tables:
        table.to_metadata(copy)
    return copy


def index_of(metadata: MetaData, table: str, name: str) -> Index:
    return next(index for index in metadata.tables[table].indexes if index.name == name)


def test_migrations_make_exactly_the_tables_and_guards(url: str, other_url: str) -> None:
    upgrade_schema(url)
    create(other_url)

    migrated, created = structure_of(url), structure_of(other_url)

    assert migrated == created
    assert len(migrated) > 30


def test_alembic_finds_nothing_to_do_after_the_migrations(url: str) -> None:
    upgrade_schema(url)

    assert what_alembic_would_do(url) == []


def without_predicate(metadata: MetaData) -> None:
    index = index_of(metadata, "requests", "ix_requests_open_wake_at")
    for dialect in ("sqlite", "postgresql"):
        index.dialect_options[dialect]["where"] = None


def with_another_predicate(metadata: MetaData) -> None:
    index = index_of(metadata, "outbox", "ix_outbox_due_turn")
    for dialect in ("sqlite", "postgresql"):
        index.dialect_options[dialect]["where"] = text("status <> 'done'")


def without_index(metadata: MetaData) -> None:
    metadata.tables["requests"].indexes.remove(index_of(metadata, "requests", "ix_requests_source_number"))


def without_check(metadata: MetaData) -> None:
    table = metadata.tables["audit_entries"]
    table.constraints.remove(next(one for one in table.constraints if isinstance(one, CheckConstraint)))


def with_nulls(metadata: MetaData) -> None:
    metadata.tables["audit_entries"].c.event.nullable = True


def with_another_type(metadata: MetaData) -> None:
    metadata.tables["requests"].c.service.type = Integer()


def with_another_default(metadata: MetaData) -> None:
    metadata.tables["outbox"].c.attempts.server_default.arg = "1"  # pyright: ignore[reportOptionalMemberAccess, reportAttributeAccessIssue] - it is there


def with_a_column(metadata: MetaData) -> None:
    metadata.tables["cards"].append_column(Column("shade", Text()))


DIFFERENCES = [
    without_predicate,
    with_another_predicate,
    without_index,
    without_check,
    with_nulls,
    with_another_type,
    with_another_default,
    with_a_column,
]


def test_any_other_table_would_be_noticed(url: str, empty_again: EmptyAgain) -> None:
    create(url)
    created, unnoticed = structure_of(url), list[str]()

    for number, differ in enumerate(DIFFERENCES):
        other, other_url = copy_of_the_tables(), empty_again(number)
        differ(other)
        create(other_url, other)
        if structure_of(other_url) == created:
            unnoticed.append(differ.__name__)

    assert unnoticed == []


def test_any_other_guard_would_be_noticed(url: str, empty_again: EmptyAgain) -> None:
    create(url)
    created = structure_of(url)
    guards = GUARDS["sqlite" if url.startswith("sqlite") else "postgresql"]

    for number, (old, new) in enumerate((("'pending', 'needs_info'", "'pending'"), ("seq <> ", "seq < "))):
        other_url = empty_again(number)
        create(other_url, guards=[guard.replace(old, new) for guard in guards])
        assert structure_of(other_url) != created


def test_alembic_would_notice_too_what_it_can_see(url: str) -> None:
    create(url)

    for differ in (without_index, with_another_type, with_nulls, with_a_column):
        other = copy_of_the_tables()
        differ(other)
        assert what_alembic_would_do(url, other) != [], differ.__name__


def test_the_schema_needed_is_the_last_migration() -> None:
    assert known_revisions()[0] == NEEDED


def test_a_database_says_where_it_is_before_and_after(url: str) -> None:
    empty = schema_status(url)
    before = upgrade_schema(url)
    again = upgrade_schema(url)

    assert (empty.stored, before.stored, again.stored) == (None, None, NEEDED)
    assert again.is_current
    assert schema_status(url).is_current


def test_a_newer_schema_is_refused_in_one_line_and_nothing_is_changed(url: str, wiring: WiringOf) -> None:
    upgrade_schema(url)
    with owner_of(url) as run:
        run("UPDATE alembic_version SET version_num = '9999'")

    before = structure_of(url)

    ways = (lambda: Store.open(url, wiring=wiring("one")), lambda: upgrade_schema(url), lambda: schema_status(url))
    for way in ways:
        with pytest.raises(SchemaTooNew, match=r"^the database is at schema 9999, .* run the version that wrote it"):
            way()

    assert structure_of(url) == before


def test_whoever_waited_for_the_lock_while_a_newer_version_migrated_is_refused_too(url: str) -> None:
    upgrade_schema(url)
    with owner_of(url) as run:
        run("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(SchemaTooNew, match="9999"):
        migrate(database_at(url))


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("hold", ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
def test_a_new_file_that_somebody_else_is_just_writing_is_waited_for(url: str, hold: str) -> None:
    with closing(
        sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)
    ) as other:
        other.execute(hold)
        other.execute("CREATE TABLE theirs (x)")
        release = threading.Timer(0.1, other.execute, ["COMMIT"])
        release.start()

        upgrade_schema(url)

        release.join()
    assert schema_status(url).is_current


def test_what_waits_in_the_outbox_goes_with_it_when_the_table_is_made_anew(url: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database_at(url).migrating() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
    with owner_of(url) as run:
        run(
            "INSERT INTO outbox (id, destination, rank, kind, payload, status, due_at, created_at, body)"
            " VALUES ('row', 'slack:#a', 1, 'whisper', '{}', 'due', ?, ?, ?)",
            "2026-11-21T12:00:00.000000Z",
            "2026-11-21T12:00:00.000000Z",
            b"body",
        )

    upgrade_schema(url)

    with owner_of(url) as run:
        assert run("SELECT id, destination, rank, kind, status, attempts, body FROM outbox") == [
            ("row", "slack:#a", 1, "whisper", "due", 0, b"body")
        ]


BEFORE_COUNTING = "0004"
MORE_THAN_A_PAGE = 1_001


def kept_by_the_version_before(url: str, requests: Sequence[ApprovalRequest]) -> None:
    """Write requests as they lay in the tables before anything was counted."""
    database = database_at(url)
    migrate(database, BEFORE_COUNTING)
    with owner_of(url) as run:
        for request in requests:
            deadline = database.moment(request.deadline) if request.deadline else None
            run(
                "INSERT INTO requests (number, id, source, state, deadline, wake_at, document)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                request.number,
                f"id-{request.number}",
                request.source,
                request.state.value,
                deadline,
                deadline,
                draw_json(request),
            )


def test_whoever_asked_before_finds_it_after_the_migration(url: str) -> None:
    asked = replace(submit(a_submission(subject=a_subject(requester=ANA)), NOON).request, number=1)
    by_nobody = replace(submit(a_submission(subject=a_subject(requester=None)), NOON).request, number=2)
    kept_by_the_version_before(url, [asked, by_nobody])

    upgrade_schema(url)

    with owner_of(url) as run:
        assert run("SELECT requester FROM requests ORDER BY number") == [("ana",), (None,)]


def test_what_was_before_is_counted_after_the_migration(url: str) -> None:
    yes, soon = a_ruling(handling=Handling.AUTO_APPROVE, rule="green"), NOON + timedelta(minutes=5)
    asked = submit(a_submission(), NOON).request
    requests = [
        asked,
        advance(asked, approval(), soon).request,
        advance(asked, rejection(), soon).request,
        advance(asked, a_cancellation(), soon).request,
        submit(a_submission(ruling=yes), soon).request,
    ]
    requests += [requests[1]] * (MORE_THAN_A_PAGE - len(requests))
    kept_by_the_version_before(url, [replace(request, number=n) for n, request in enumerate(requests, 1)])

    upgrade_schema(url)

    with owner_of(url) as run:
        rows = run("SELECT rule, handling, ruled_at, undertaking, answered_at FROM requests ORDER BY number")
    database, alike, rule = database_at(url), undertaking("ci", asked.subject), asked.ruling.rule
    noon, later = database.moment(NOON), database.moment(soon)
    open_row = (rule, "require_approval", noon, None, None)
    answered = (rule, "require_approval", noon, alike, later)
    assert rows[:5] == [open_row, answered, answered, open_row, ("green", "auto_approve", later, None, None)]
    assert set(rows[5:]) == {answered}
    assert len(rows) == MORE_THAN_A_PAGE


BEFORE_REVIEWS_WERE_OWED = "0007"


def test_what_was_woken_before_reviews_were_owed_is_woken_as_before(url: str) -> None:
    """Every kind of row that 0007 could hold goes through the table that 0008 makes anew, with its indexes."""
    database = database_at(url)
    migrate(database, BEFORE_REVIEWS_WERE_OWED)
    asked = submit(a_submission(), NOON).request
    requests = [
        asked,
        advance(asked, approval(), NOON + timedelta(minutes=5)).request,
        advance(asked, a_cancellation(), NOON + timedelta(minutes=5)).request,
    ]
    wake = database.moment(NOON + timedelta(minutes=30))
    with owner_of(url) as run:
        for number, request in enumerate(requests, 1):
            deadline = database.moment(request.deadline) if request.deadline else None
            run(
                "INSERT INTO requests"
                " (number, id, source, state, deadline, wake_at, document, rule, handling, ruled_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                number,
                f"id-{number}",
                request.source,
                request.state.value,
                deadline,
                wake if deadline else None,
                draw_json(replace(request, number=number)),
                "red gate in production",
                "require_approval",
                database.moment(NOON),
            )
        before = run("SELECT number, id, state, deadline, wake_at, document FROM requests ORDER BY number")

    upgrade_schema(url)

    with owner_of(url) as run:
        assert run("SELECT number, id, state, deadline, wake_at, document FROM requests ORDER BY number") == before
        assert [(row[2], row[4]) for row in before] == [("pending", wake), ("approved", None), ("cancelled", None)]
        run("UPDATE requests SET wake_at = ? WHERE id = 'id-2'", wake)  # a review that is owed wakes the approved
        with pytest.raises(Exception, match=r"(?i)check"):
            run("UPDATE requests SET wake_at = ? WHERE id = 'id-3'", wake)
