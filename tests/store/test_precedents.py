"""The next request of a change that people rejected says so, on both databases."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.core.request import ApprovalRequest, Precedent, Subject
from bot.core.view import CardRef
from bot.store import Store, Transaction
from bot.store.verify import verify_audit
from tests.factories import NOON, a_subject, approval, rejection
from tests.store.asks import a_stored_request, advancing, at_once
from tests.store.conftest import Clock

MINUTE = timedelta(minutes=1)
SUBJECT = a_subject(repository="acme/payments", ref="refs/heads/main")


def looking(subject: Subject = SUBJECT, source: str = "ci") -> Callable[[Transaction, datetime], Precedent | None]:
    return lambda tx, _: tx.history.precedent(source, subject)


async def rejected(store: Store, subject: Subject = SUBJECT) -> ApprovalRequest:
    request = await a_stored_request(store, subject=subject)
    await store.committer.run(advancing(request.id, rejection()))
    return request


async def test_the_last_rejection_of_a_change_is_found_with_its_card(store: Store, clock: Clock) -> None:
    await rejected(store)
    clock.now = NOON + MINUTE
    last = await rejected(store)
    card = CardRef(channel="#payments", channel_id="C0PAYMENTS", ts="1.1", permalink="https://acme.slack.test/p1")
    await store.committer.run(lambda tx, _: tx.cards.put(last.id, card))

    found = await store.committer.run(looking())

    assert found is not None
    assert (found.number, found.id, found.at) == (last.number, last.id, NOON + MINUTE)
    assert (found.reason, found.card) == ("The refund test is red.", "https://acme.slack.test/p1")
    assert (await store.read(verify_audit)).ok


async def test_of_another_change_or_of_none_nothing_is_found(store: Store) -> None:
    await rejected(store)

    assert await store.committer.run(looking(a_subject(repository="acme/payments", ref="refs/heads/fix"))) is None
    assert await store.committer.run(looking(a_subject(repository=None, ref=None, lane=None))) is None
    assert await store.committer.run(looking(source="cd")) is None


async def test_a_yes_since_then_ends_it(store: Store, clock: Clock) -> None:
    await rejected(store)
    clock.now = NOON + MINUTE
    request = await a_stored_request(store, subject=SUBJECT)
    await store.committer.run(advancing(request.id, approval()))

    assert await store.committer.run(looking()) is None


async def test_what_is_rejected_in_the_same_group_is_found_too(store: Store) -> None:
    request = await a_stored_request(store, subject=SUBJECT)

    _, found = await at_once(store, advancing(request.id, rejection()), looking())

    assert isinstance(found, Precedent)
    assert found.number == request.number
