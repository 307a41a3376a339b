"""Other evidence, on both databases: in whatever state a request is, and whoever comes first."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.core.errors import Refusal, Refused
from bot.core.evidence import TestEvidence
from bot.core.judging.budget import Limit
from bot.core.judging.counting import OPEN_IN_LANE
from bot.core.judging.facts import Facts
from bot.core.judging.policy import Policy, Rule
from bot.core.life.revising import compared
from bot.core.request import ApprovalRequest, State
from bot.core.ruling import Handling, Ruling
from bot.store import Store, Transaction, verify_audit
from bot.usecases import look_up
from bot.usecases.revise import Overtaken, Revision, revise
from bot.usecases.submit import digest_of, submit
from tests.factories import (
    CI,
    DIA,
    NOON,
    a_break_glass,
    a_cancellation,
    a_question,
    a_release,
    a_ruling,
    a_subject,
    an_emergency,
    approval,
    rejection,
    some_tests,
)
from tests.store.asks import a_stored_request, advancing, at_once
from tests.store.conftest import Clock
from tests.store.sharing import ask, ask_of, leaders, policy_of, request_of

MINUTE = timedelta(minutes=1)
TWO = a_ruling(2)
HELD = a_ruling(undo_within=2 * MINUTE)
GROUPED = a_ruling(group_within=5 * MINUTE)


async def revision_of(
    store: Store, request: ApprovalRequest, commit: str = "a12", tests: TestEvidence | None = None
) -> Revision:
    """What the call for this request would bring, as it stands now."""
    now, whole = await store.read(lambda snapshot: look_up.asked(snapshot, request.id, request.source))
    subject, tests = replace(now.subject, commit=commit), tests or some_tests(9)
    return Revision(
        request_id=request.id,
        source=request.source,
        by=CI,
        seen=now.revision,
        subject=subject,
        tests=tests,
        digest=digest_of(subject, tests),
        differences=compared(now, subject, tests, whole),
    )


async def brought(store: Store, revision: Revision, ruling: Ruling = TWO, policy: Policy | None = None) -> object:
    judging = policy or policy_of(ruling)
    return await store.committer.run(lambda tx, now: revise(tx, revision, judging, now))


async def revised(store: Store, request: ApprovalRequest, commit: str = "a12", ruling: Ruling = TWO) -> ApprovalRequest:
    done = await brought(store, await revision_of(store, request, commit), ruling)
    assert isinstance(done, ApprovalRequest)
    return done


async def test_every_revision_has_its_evidence_and_the_log_folds_to_it(store: Store) -> None:
    request = await ask(store, TWO)
    for number, commit in enumerate(("a12", "b34", "c56"), start=2):
        await store.committer.run(advancing(request.id, approval(revision=number - 1)))
        request = await revised(store, request, commit)

    again, whole = await store.read(lambda snapshot: look_up.asked(snapshot, request.id, "ci"))

    assert again == request
    assert {revision: len(tests.failures) for revision, tests in whole.items()} == {1: 1, 2: 9, 3: 9, 4: 9}
    assert [one.since.begun_count for one in request.earlier] == [8, 0, 0]
    assert (await store.read(verify_audit)).ok


async def test_of_two_that_come_at_once_the_second_looks_again(store: Store) -> None:
    request = await ask(store, TWO)
    judging = policy_of(TWO)

    def bringing(one: Revision) -> Callable[[Transaction, datetime], object]:
        return lambda tx, now: revise(tx, one, judging, now)

    made = [await revision_of(store, request, commit) for commit in ("a12", "b34")]
    done = await at_once(store, *map(bringing, made))

    assert isinstance(done[0], ApprovalRequest)
    assert done[1] == Overtaken()
    assert (await request_of(store, request)).subject.commit == "a12"


ENDS = {
    "approved": (approval(), State.APPROVED),
    "rejected": (rejection(), State.REJECTED),
    "cancelled": (a_cancellation(), State.CANCELLED),
    "broken open": (an_emergency(), State.APPROVED),
}


@pytest.mark.parametrize("name", ENDS)
async def test_what_has_ended_stays_as_it_ended(store: Store, name: str) -> None:
    event, state = ENDS[name]
    request = await a_stored_request(store, ruling=a_ruling(break_glass=a_break_glass([DIA])))
    await store.committer.run(advancing(request.id, event))

    with pytest.raises(Refused) as refused:
        await revised(store, request)

    assert refused.value.code is Refusal.NOT_OPEN
    assert state.value in refused.value.sentence
    assert (await request_of(store, request)).state is state
    assert (await store.read(verify_audit)).ok


async def test_at_the_deadline_it_is_too_late(store: Store, clock: Clock) -> None:
    request = await ask(store, TWO)
    clock.now = request.deadline or NOON

    with pytest.raises(Refused) as refused:
        await revised(store, request)

    assert refused.value.code is Refusal.TOO_LATE


async def test_what_people_settled_and_could_undo_is_open_again(store: Store) -> None:
    request = await ask(store, HELD)
    await store.committer.run(advancing(request.id, approval()))

    now = await revised(store, request, ruling=HELD)

    assert (now.state, now.settled, [review.void for review in now.reviews]) == (State.PENDING, None, [True])
    with pytest.raises(Refused):
        await store.committer.run(advancing(request.id, a_release()))
    assert (await store.read(verify_audit)).ok


async def test_an_open_question_is_about_what_is_asked_no_more(store: Store) -> None:
    request = await ask(store, TWO)
    await store.committer.run(advancing(request.id, a_question()))

    now = await revised(store, request)

    assert (now.state, now.pause, now.deadline) == (State.PENDING, None, NOON + TWO.timeout)
    assert (await store.read(verify_audit)).ok


@pytest.mark.parametrize("which", [0, 1])
async def test_on_a_shared_card_it_is_alone_from_then_on(store: Store, which: int) -> None:
    made = [await ask(store, GROUPED) for _ in range(3)]

    await revised(store, made[which], ruling=GROUPED)
    later = await ask(store, GROUPED)

    assert await leaders(store, *made, later) == [[None, None, 1, 1], [None, None, 0, 0]][which]
    assert (await store.read(verify_audit)).ok


async def test_in_its_lane_it_overtakes_nobody_and_is_overtaken_like_any_other(store: Store) -> None:
    lanes = a_ruling(2, supersede_lane=True)
    older, other = await ask(store, TWO), await ask(store, TWO)

    await revised(store, other, ruling=lanes)
    assert [(await request_of(store, one)).state for one in (older, other)] == [State.PENDING, State.PENDING]

    newer = await ask(store, lanes)
    assert (await request_of(store, other)).superseded_by == newer.id
    assert (await store.read(verify_audit)).ok


async def test_a_rule_that_approves_by_itself_is_held_to_its_budget(store: Store) -> None:
    budget = Rule(
        name="green",
        when=_is_green,
        terms=a_ruling(handling=Handling.AUTO_APPROVE, rule="green"),
        limit=Limit(count=1, per=timedelta(hours=1)),
    )
    judging = Policy(hash=TWO.policy_hash, default=TWO, rules=(budget,))
    made = [await ask(store, TWO) for _ in range(2)]

    for request in made:
        await brought(store, await revision_of(store, request, tests=some_tests(0)), policy=judging)

    assert [(await request_of(store, one)).state for one in made] == [State.APPROVED, State.PENDING]
    assert (await store.read(verify_audit)).ok


async def test_a_rule_that_takes_no_more_takes_its_own_again_and_none_of_another(store: Store) -> None:
    busy = Rule(name="busy", when=_is_red, terms=a_ruling(2, rule="busy"), limit=Limit(count=1, per=timedelta(hours=1)))
    judging = Policy(hash=TWO.policy_hash, default=TWO, rules=(busy,))
    asked = [ask_of(tests=some_tests(failed)) for failed in (1, 0)]
    made = [(await store.committer.run(lambda tx, now, a=a: submit(tx, a, judging, now))).request for a in asked]

    await brought(store, await revision_of(store, made[0]), policy=judging)
    with pytest.raises(Refused) as refused:
        await brought(store, await revision_of(store, made[1]), policy=judging)

    assert [(await request_of(store, one)).revision for one in made] == [2, 1]
    assert refused.value.code is Refusal.TOO_MANY


async def test_it_does_not_count_itself_among_those_that_are_open_in_its_lane(store: Store) -> None:
    alone = Rule(name="alone", when=_is_alone, terms=a_ruling(handling=Handling.AUTO_APPROVE, rule="alone"))
    judging = Policy(hash=TWO.policy_hash, default=TWO, rules=(alone,), reads=frozenset({OPEN_IN_LANE}))
    request = await ask(store, TWO, a_subject(lane="one"))

    await brought(store, await revision_of(store, request), policy=judging)

    assert (await request_of(store, request)).state is State.APPROVED


def _is_green(facts: Facts) -> bool:
    return facts.tests.failed == 0


def _is_red(facts: Facts) -> bool:
    return facts.tests.failed > 0


def _is_alone(facts: Facts) -> bool:
    return facts.counts.open_in_lane == 0
