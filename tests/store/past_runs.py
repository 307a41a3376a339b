"""Test runs for tests: a few names, and what came of each."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from bot.core.evidence.outcomes import Outcomes, pack
from bot.core.evidence.past import Past, RefKind
from bot.core.evidence.runs import Realm, pieces_of
from bot.store import Store, Transaction
from bot.usecases.past_runs import Ran, count_next, take_in
from tests.factories import NOON

REALM = Realm(source="ci", repository="acme/payments", environment="production")


def a_run(
    *,
    passed: str = "",
    failed: str = "",
    retried: str = "",
    kind: RefKind = RefKind.BASE,
    commit: str | None = "c1",
    minute: int = 0,
    realm: Realm = REALM,
    signatures: Mapping[str, str | None] | None = None,
    size: int = 500,
) -> Ran:
    """Every letter is a test."""
    outcomes = Outcomes(passed=pack(passed), failed=pack(failed), retried=pack(retried))
    at = NOON + timedelta(minutes=minute)
    return Ran(realm=realm, kind=kind, commit=commit, pieces=pieces_of(outcomes, signatures or {}, size), at=at)


def _take_in(tx: Transaction, now: datetime, ran: Ran) -> None:
    take_in(tx, ran, tx.new_id(), now)


async def take(store: Store, *runs: Ran) -> None:
    for ran in runs:
        await store.committer.run(partial(_take_in, ran=ran))


async def count_all(store: Store) -> int:
    count = 0
    while await store.committer.run(count_next):
        count += 1
    return count


async def pasts(store: Store, ids: str = "abc", realm: Realm = REALM) -> Mapping[str, Past]:
    return await store.read(lambda snapshot: snapshot.pasts.of(realm, list(ids)))
