"""What the database itself refuses, to whoever speaks to it: changing the log, moving its head, reviving what ended."""

import sqlite3

import psycopg
import pytest

from bot.store import Store, upgrade_schema, verify_audit
from tests.factories import approval
from tests.store.asks import a_stored_request, advancing
from tests.store.owner import Run, owner_of

EVERYWHERE = [
    "UPDATE audit_entries SET event = 'request.cancelled' WHERE seq = 1",
    "UPDATE audit_entries SET canonical = canonical WHERE seq = 2",
    "UPDATE audit_entries SET seq = 9 WHERE seq = 2",
    "DELETE FROM audit_entries WHERE seq = 3",
    "DELETE FROM audit_entries",
    "INSERT INTO audit_entries SELECT seq + 5, at, event, request_id, hash, prev, canonical FROM audit_entries",
    # Follows the last one in number, but not in hash.
    (
        "INSERT INTO audit_entries SELECT seq + 1, at, event, request_id, prev, hash, canonical"
        " FROM audit_entries WHERE seq = 3"
    ),
    # Follows the last one's hash, but not its number.
    (
        "INSERT INTO audit_entries SELECT seq + 2, at, event, request_id, hash, prev, canonical"
        " FROM audit_entries WHERE seq = 3"
    ),
    "UPDATE audit_head SET seq = 2",
    "UPDATE audit_head SET seq = 4",
    "UPDATE audit_head SET hash = (SELECT hash FROM audit_entries WHERE seq = 2)",
    "UPDATE audit_head SET at = NULL",
    "UPDATE audit_head SET id = 1",
    "DELETE FROM audit_head",
    "INSERT INTO audit_head SELECT 2, seq, hash, at FROM audit_head",
    "UPDATE requests SET state = 'rejected'",
    "UPDATE requests SET state = 'pending', (deadline, wake_at) = (SELECT at, at FROM audit_head)",
]
ONLY_SQLITE = [
    "INSERT OR REPLACE INTO audit_entries SELECT * FROM audit_entries WHERE seq = 2",
    "INSERT OR REPLACE INTO audit_entries SELECT seq, at, 'x', request_id, prev, hash, canonical FROM audit_entries",
    "UPDATE OR REPLACE audit_entries SET seq = 2 WHERE seq = 3",
    "UPDATE OR IGNORE audit_entries SET event = 'x'",
    "REPLACE INTO audit_head SELECT id, seq - 1, hash, at FROM audit_head",
]
ONLY_POSTGRESQL = [
    "TRUNCATE audit_entries",
    "TRUNCATE audit_head",
    "TRUNCATE requests, audit_entries CASCADE",
    "INSERT INTO audit_entries SELECT * FROM audit_entries ON CONFLICT (seq) DO UPDATE SET event = 'x'",
    "WITH gone AS (DELETE FROM audit_entries RETURNING 1) SELECT count(*) FROM gone",
]
REFUSED = (sqlite3.IntegrityError, psycopg.errors.RaiseException, psycopg.IntegrityError)


def everything(run: Run) -> list[object]:
    tables = ("audit_entries", "audit_head", "requests")
    return [run(f"SELECT * FROM {table} ORDER BY 1") for table in tables]  # noqa: S608 - our own tables


async def test_nobody_changes_the_log_its_head_or_what_has_ended(store: Store, url: str) -> None:
    request = await a_stored_request(store)
    await store.committer.run(advancing(request.id, approval()))
    assert (await store.read(lambda s: s.head())).seq == 3
    accepted: list[str] = []

    with owner_of(url) as run:
        before = everything(run)
        for statement in EVERYWHERE + (ONLY_SQLITE if url.startswith("sqlite") else ONLY_POSTGRESQL):
            try:
                run(statement)
            except REFUSED:
                continue
            accepted.append(statement)
        after = everything(run)

    assert accepted == []
    assert after == before
    await a_stored_request(store)
    assert (await store.read(verify_audit)).ok


@pytest.mark.postgres
def test_whoever_is_no_owner_lacks_even_the_right(postgres_url: str) -> None:
    upgrade_schema(postgres_url)

    with owner_of(postgres_url) as run:
        ((entries,),) = run("SELECT relacl::text FROM pg_class WHERE oid = 'audit_entries'::regclass")

    # a is INSERT, r is SELECT; w, d and D (UPDATE, DELETE, TRUNCATE) are gone, from the owner too.
    assert entries is not None
    assert not {"w", "d", "D"} & set(entries.split("=")[1].split("/")[0])
