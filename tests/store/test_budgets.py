"""Budgets and limits where it counts: in the transaction, between the members of a group, replicas and restarts."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.core.errors import Refusal, Refused
from bot.core.evidence import TestEvidence
from bot.core.judging.budget import Limit
from bot.core.judging.policy import Policy, Rule
from bot.core.request import State
from bot.core.ruling import Handling
from bot.core.stamp import Stamp
from bot.store import Store, Transaction, verify_audit
from bot.usecases.submit import Ask, Submission, digest_of, submit
from tests.factories import CI, NOON, POLICY_HASH, a_ruling, a_subject, some_tests
from tests.store.asks import at_once
from tests.store.conftest import Clock, OpenStore

HOURLY = Limit(count=3, per=timedelta(hours=1))
TESTS: TestEvidence = some_tests()
UseCase = Callable[[Transaction, datetime], Submission]


def a_policy(
    budget: Limit | None = HOURLY, limit: Limit | None = None, name: str = "green", *, counts: Sequence[str] = ()
) -> Policy:
    """A rule that approves everything, within its budget; then one that asks."""
    yes = Rule(
        name=name, when=None, terms=a_ruling(handling=Handling.AUTO_APPROVE, rule=name, channels=()), limit=budget
    )
    ask = Rule(name="ask", when=None, terms=a_ruling(rule="ask"), limit=limit)
    return Policy(hash=POLICY_HASH, default=a_ruling(rule="default"), rules=(yes, ask), reads=frozenset(counts))


def asking(policy: Policy, key: str | None = None, signed_id: str | None = None) -> UseCase:
    subject = a_subject(lane=None)
    ask = Ask(
        source="ci",
        subject=subject,
        tests=TESTS,
        digest=digest_of(subject, TESTS),
        by=CI,
        key=key,
        body_hash=key and f"hash of {key}",
        signed=Stamp(signed_id) if signed_id else None,
    )
    return lambda tx, now: submit(tx, ask, policy, now)


async def asked(store: Store, policy: Policy, **how: str) -> State:
    return (await store.committer.run(asking(policy, **how))).request.state


def states(answers: Sequence[object]) -> list[State]:
    return [answer.request.state for answer in answers if isinstance(answer, Submission)]


async def the_log_is_whole(store: Store) -> bool:
    return (await store.read(verify_audit)).ok


async def test_beyond_the_budget_a_person_is_asked_and_the_request_says_why(store: Store) -> None:
    came = [await asked(store, a_policy()) for _ in range(3)]
    beyond = (await store.committer.run(asking(a_policy()))).request

    assert came == [State.APPROVED] * 3
    assert (beyond.state, beyond.ruling.rule) == (State.PENDING, "ask")
    assert [(spent.rule, spent.used, spent.since) for spent in beyond.ruling.budgets] == [("green", 3, NOON)]
    assert await the_log_is_whole(store)


async def test_no_group_spends_more_than_there_is(store: Store) -> None:
    answers = await at_once(store, *[asking(a_policy())] * 8)

    assert states(answers) == [State.APPROVED] * 3 + [State.PENDING] * 5
    assert await the_log_is_whole(store)


async def test_two_replicas_never_both_take_the_last_use(open_store: OpenStore, url: str) -> None:
    one = await open_store("one")
    stores = [one, one if url.startswith("sqlite") else await open_store("two")]
    ten = a_policy(Limit(count=10, per=timedelta(hours=1)))

    answers = await asyncio.gather(*(stores[n % 2].committer.run(asking(ten)) for n in range(60)))

    assert states(answers).count(State.APPROVED) == 10
    assert states(answers).count(State.PENDING) == 50
    assert await the_log_is_whole(one)


async def test_the_window_slides_and_a_use_is_free_again_after_exactly_its_span(store: Store, clock: Clock) -> None:
    for _ in range(3):
        await asked(store, a_policy())
        clock.forward(minutes=20)
    clock.now -= timedelta(microseconds=1)
    clock.passed -= timedelta(microseconds=1)
    just_before = await asked(store, a_policy())
    clock.forward(microseconds=1)

    assert just_before is State.PENDING
    assert await asked(store, a_policy()) is State.APPROVED
    assert await asked(store, a_policy()) is State.PENDING
    assert await the_log_is_whole(store)


async def test_what_was_spent_is_spent_after_a_restart(open_store: OpenStore) -> None:
    store = await open_store()
    assert [await asked(store, a_policy()) for _ in range(3)] == [State.APPROVED] * 3
    await store.close()

    assert await asked(await open_store(), a_policy()) is State.PENDING


async def test_an_ask_sent_again_with_its_key_is_answered_and_counts_once(store: Store) -> None:
    came = [await asked(store, a_policy(), key="build 7") for _ in range(5)]
    together = await at_once(store, *[asking(a_policy(), key="build 8")] * 3)

    assert came == [State.APPROVED] * 5
    assert states(together) == [State.APPROVED] * 3
    assert await asked(store, a_policy()) is State.APPROVED
    assert await asked(store, a_policy()) is State.PENDING
    assert await asked(store, a_policy(), key="build 7") is State.APPROVED


async def test_another_name_begins_anew_and_the_same_name_goes_on_whatever_else_was_edited(store: Store) -> None:
    for _ in range(3):
        await asked(store, a_policy())
    edited = replace(a_policy(Limit(count=4, per=timedelta(hours=1))), hash="sha256:edited")

    assert await asked(store, a_policy(name="greener")) is State.APPROVED
    assert await asked(store, edited) is State.APPROVED
    assert await asked(store, edited) is State.PENDING
    assert await the_log_is_whole(store)


async def test_what_was_approved_before_the_budget_was_written_counts(store: Store) -> None:
    for _ in range(4):
        assert await asked(store, a_policy(None)) is State.APPROVED

    assert await asked(store, a_policy()) is State.PENDING
    assert await the_log_is_whole(store)


async def test_policies_before_and_after_an_edit_may_share_a_group(store: Store, clock: Clock) -> None:
    await asked(store, a_policy())
    clock.forward(minutes=1)
    wide, narrow = a_policy(Limit(count=9, per=timedelta(hours=1))), a_policy(Limit(count=2, per=timedelta(hours=1)))

    answers = await at_once(store, *[asking(wide)] * 3, asking(narrow), asking(wide))

    assert states(answers) == [State.APPROVED] * 3 + [State.PENDING, State.APPROVED]
    assert await the_log_is_whole(store)


async def test_beyond_its_limit_a_rule_that_asks_refuses_and_only_the_refusal_is_stored(
    store: Store, clock: Clock
) -> None:
    limited = a_policy(Limit(count=1, per=timedelta(days=1)), HOURLY)
    came = [await asked(store, limited) for _ in range(4)]
    clock.forward(minutes=10)

    with pytest.raises(Refused) as refused:
        await asked(store, limited)

    assert came == [State.APPROVED] + [State.PENDING] * 3
    assert (refused.value.code, refused.value.retry_after) == (Refusal.TOO_MANY, timedelta(minutes=50))
    assert len(list(await store.read(lambda s: list(s.all_requests())))) == 4
    last = (await store.read(lambda s: list(s.audit())))[-1].entry
    assert (last["event"], last["request"], last["detail"]["code"]) == ("request.refused", None, "too_many")
    assert await the_log_is_whole(store)


async def test_what_was_refused_takes_no_room_and_may_come_again_as_it_was_signed(store: Store, clock: Clock) -> None:
    limited = a_policy(Limit(count=1, per=timedelta(days=1)), Limit(count=1, per=timedelta(hours=1)))
    for _ in range(2):
        await asked(store, limited)
    answers = await at_once(store, *[asking(limited, signed_id="msg_1")] * 3)
    clock.forward(hours=1)

    assert [answer.code for answer in answers if isinstance(answer, Refused)] == [Refusal.TOO_MANY] * 3
    assert await asked(store, limited, signed_id="msg_1") is State.PENDING


async def test_an_earlier_request_is_still_answered_while_there_is_no_room(store: Store) -> None:
    limited = a_policy(Limit(count=1, per=timedelta(days=1)), Limit(count=1, per=timedelta(hours=1)))
    await asked(store, limited)
    assert await asked(store, limited, key="build 7") is State.PENDING

    assert await asked(store, limited, key="build 7") is State.PENDING
    with pytest.raises(Refused):
        await asked(store, limited, key="build 8")
