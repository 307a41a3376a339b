"""Use cases for tests: small, and written as the real ones are."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime

from bot.core.events import Event, Happened
from bot.core.evidence import TestEvidence
from bot.core.life import lifecycle
from bot.core.life.outcome import Outcome
from bot.core.request import ApprovalRequest, RequestId, Subject
from bot.core.ruling import Ruling
from bot.store import Keyed, Store, Transaction
from bot.usecases.submit import digest_of
from tests.factories import CI, a_submission, some_tests

UseCase = Callable[[Transaction, datetime], Outcome]


def submitting(
    *,
    subject: Subject | None = None,
    ruling: Ruling | None = None,
    tests: TestEvidence | None = None,
    key: str | None = None,
    source: str = "ci",
) -> UseCase:
    """Make a request."""
    evidence = some_tests() if tests is None else tests

    def submit(tx: Transaction, now: datetime) -> Outcome:
        event = a_submission(
            subject=subject,
            ruling=ruling,
            tests=evidence.headline(),
            request_id=RequestId(tx.new_id()),
            number=tx.requests.next_number(),
        )
        event = replace(event, source=source, digest=digest_of(event.subject, evidence))
        outcome = lifecycle.submit(event, now)
        keyed = None if key is None else Keyed(key=key, body_hash=f"hash of {key}", request_id=outcome.request.id)
        tx.record(outcome, evidence=evidence, key=keyed)
        return outcome

    return submit


def advancing(request_id: RequestId, event: Event) -> UseCase:
    """Let something happen to a request."""

    def advance(tx: Transaction, now: datetime) -> Outcome:
        outcome = lifecycle.advance(tx.requests.lock(request_id), event, now)
        tx.record(outcome)
        return outcome

    return advance


async def a_stored_request(store: Store, **fields: object) -> ApprovalRequest:
    outcome = await store.committer.run(submitting(**fields))  # pyright: ignore[reportArgumentType] - by their names
    return outcome.request


async def at_once(store: Store, *use_cases: Callable[[Transaction, datetime], object]) -> list[object]:
    """Run use cases as one group, in this order, and return what each came to, exceptions too."""
    # What comes in one turn of the loop is one group.
    return await asyncio.gather(*[store.committer.run(one) for one in use_cases], return_exceptions=True)


def a_line(now: datetime, event: str = "policy.loaded") -> Happened:
    return Happened(event=event, at=now, by=CI, state=None, detail={})


def outcomes_of(answers: Collection[object]) -> list[Outcome]:
    """Return the outcomes that use cases came to; anything else is a failure of the test."""
    found = [answer for answer in answers if isinstance(answer, Outcome)]
    assert len(found) == len(answers)
    return found
