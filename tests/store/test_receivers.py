"""Where a native source is answered is what the log says: whatever else stands in the table is found."""

from dataclasses import replace

import pytest

from bot.canonical import sha256_digest
from bot.core.digest import bound
from bot.core.evidence import TestEvidence
from bot.core.receiver import Receiver, ReturnAddress
from bot.core.request import RequestId
from bot.store import Store, verify_audit
from bot.usecases.submit import Ask, submit
from tests.factories import ANA, NOON, a_subject, an_actor, rejection
from tests.handlers.api.house import a_policy
from tests.store.asks import advancing
from tests.store.owner import owner_of

ADDRESS = ReturnAddress(source="ci", matter="acme/payments/runs/7", sealed="cipher text", since=NOON)


async def an_ask(store: Store) -> RequestId:
    receiver = Receiver(kind="github", seal=ADDRESS.seal, is_kept_posted=True)
    subject, tests = replace(a_subject(), receiver=receiver), TestEvidence()
    digest = sha256_digest(bound(subject, tests))
    ask = Ask(source="ci", subject=subject, tests=tests, digest=digest, by=an_actor(ANA), address=ADDRESS)
    made = await store.committer.run(lambda tx, now: submit(tx, ask, a_policy(), now))
    return made.request.id


async def test_an_end_owes_one_answer_and_the_log_says_that_all_is_well(store: Store) -> None:
    request = await an_ask(store)
    await store.committer.run(advancing(request, rejection()))

    answers = await store.read(lambda snapshot: [row[1] for row in snapshot.receivers.all_answers()])

    assert answers == [request]
    assert (await store.read(verify_audit)).ok


@pytest.mark.parametrize(
    ("forgery", "why"),
    [
        ("UPDATE receivers SET sealed = 'elsewhere'", "where its source is answered is not what the log says"),
        ("UPDATE receivers SET matter = 'another'", "where its source is answered is not what the log says"),
        ("UPDATE receivers SET source = 'cd'", "where its source is answered is not what the log says"),
        ("UPDATE receivers SET since = NULL", "where its source is answered is not what the log says"),
        ("DELETE FROM receivers", "where its source is answered is lost"),
        ("DELETE FROM outbox WHERE kind = 'answer_source'", "is lost: its caller was never told"),
        ("UPDATE outbox SET status = 'done' WHERE kind = 'answer_source'", "the log says nothing of its arrival"),
    ],
)
async def test_what_somebody_wrote_into_the_tables_is_found(store: Store, url: str, forgery: str, why: str) -> None:
    request = await an_ask(store)
    await store.committer.run(advancing(request, rejection()))

    with owner_of(url) as run:
        run(forgery)

    verdict = await store.read(verify_audit)
    assert not verdict.ok
    assert why in (verdict.why or "")
