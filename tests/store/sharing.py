"""Identical asks for tests: a burst of them, clicks on their card, and where each stands."""

from collections.abc import Sequence
from datetime import datetime

from bot.core.evidence import TestEvidence
from bot.core.freeze import ActiveFreeze
from bot.core.judging.policy import Policy
from bot.core.life.outcome import Outcome
from bot.core.people.identity import Actor
from bot.core.request import ApprovalRequest, RequestId, Subject
from bot.core.ruling import Ruling, Verdict
from bot.store import Store
from bot.usecases.review import Click, review
from bot.usecases.submit import Ask, Submission, digest_of, submit
from tests.factories import BO, CI, a_subject, an_actor, some_tests
from tests.people import a_person


def ask_of(subject: Subject | None = None, tests: TestEvidence | None = None, source: str = "ci") -> Ask:
    subject, tests = subject or a_subject(), tests or some_tests()
    return Ask(source=source, subject=subject, tests=tests, digest=digest_of(subject, tests), by=CI)


def policy_of(ruling: Ruling) -> Policy:
    return Policy(hash=ruling.policy_hash, default=ruling)


async def ask(store: Store, ruling: Ruling, subject: Subject | None = None, **fields: object) -> ApprovalRequest:
    asked = ask_of(subject, **fields)  # pyright: ignore[reportArgumentType] - by their names
    made: Submission = await store.committer.run(lambda tx, now: submit(tx, asked, policy_of(ruling), now))
    return made.request


def click_on(
    request: ApprovalRequest,
    named: Sequence[ApprovalRequest] | None = (),
    verdict: Verdict = Verdict.APPROVE,
    by: Actor | None = None,
) -> Click:
    """A click on the card of *request*, which *named* these, too; None: typed as a command."""
    return Click(
        request_id=request.id,
        verdict=verdict,
        by=by or an_actor(BO),
        revision=None if named is None else 1,
        stage=None if named is None else request.stage,
        named=None if named is None else tuple(one.number for one in named),
        reason="seen",
    )


def no_freezes(_request: ApprovalRequest, _now: datetime) -> tuple[ActiveFreeze, ...]:
    return ()


async def answer(store: Store, click: Click) -> Outcome:
    outcome = await store.committer.run(lambda tx, now: review(tx, click, no_freezes, now), [click.request_id])
    assert isinstance(outcome, Outcome)
    return outcome


async def request_of(store: Store, request: RequestId | ApprovalRequest) -> ApprovalRequest:
    request_id = request.id if isinstance(request, ApprovalRequest) else request
    found = await store.read(lambda snapshot: snapshot.request(request_id))
    assert found is not None
    return found


async def standing(store: Store, *requests: ApprovalRequest) -> list[str]:
    return [(await request_of(store, request)).state.value for request in requests]


async def leaders(store: Store, *requests: ApprovalRequest) -> list[int | None]:
    """Return whom each follows, as a place in *requests*."""
    ids = [request.id for request in requests]
    now = [await request_of(store, request) for request in requests]
    return [None if one.leader is None else ids.index(one.leader) for one in now]


def somebody() -> Actor:
    return an_actor(a_person("zoe"))
