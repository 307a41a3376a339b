"""Waivers where it counts: in the transaction, between the members of a group, replicas and restarts; and verified."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

import pytest

from bot.core.errors import Refusal, Refused
from bot.core.evidence import Failure
from bot.core.evidence.tests import Triage
from bot.core.judging.budget import Limit
from bot.core.judging.facts import Facts
from bot.core.judging.policy import Policy, Rule
from bot.core.people.identity import Actor, Person, Via
from bot.core.request import ApprovalRequest, RequestId, State
from bot.core.ruling import Handling
from bot.core.stamp import Stamp
from bot.core.waivers.waiver import Ending, Waiver
from bot.store import Store, Transaction, verify_audit
from bot.store.transaction import Tools
from bot.usecases.revise import Overtaken, Revision, revise
from bot.usecases.submit import Ask, Submission, digest_of, submit
from bot.usecases.waive import Revocation, Waiving, unwaive, waive
from tests.core.waivers.given import DAY, TERMS, a_wish, failing
from tests.factories import ANA, BO, CI, DIA, HOUR, NOON, POLICY_HASH, a_failure, a_ruling, a_subject, an_actor
from tests.store.asks import at_once
from tests.store.conftest import Clock, OpenStore
from tests.store.owner import owner_of

OPERATOR = Actor(name="operator", via=Via.CLI)
UseCase = Callable[[Transaction, datetime], Submission]


def nothing_but_waived(facts: Facts) -> bool:
    return facts.tests.failed == facts.tests.waived


def a_policy(limit: Limit | None = None) -> Policy:
    """What is all waived is approved, anything else is asked."""
    yes = Rule(
        name="waived",
        when=nothing_but_waived,
        terms=a_ruling(handling=Handling.AUTO_APPROVE, rule="waived", channels=()),
        reads_tests=True,
    )
    ask = Rule(name="ask", when=None, terms=a_ruling(rule="ask"), limit=limit)
    return Policy(hash=POLICY_HASH, default=a_ruling(rule="default"), rules=(yes, ask), waivers=TERMS)


POLICY = a_policy()


def asking(
    *failures: Failure,
    requester: Person | None = ANA,
    policy: Policy = POLICY,
    key: str | None = None,
    **subject: object,
) -> UseCase:
    tests = failing(*failures)
    about = a_subject(lane=None, requester=requester, **subject)  # pyright: ignore[reportArgumentType] - by their names
    ask = Ask(
        source="ci",
        subject=about,
        tests=tests,
        digest=digest_of(about, tests),
        by=CI,
        key=key,
        body_hash=key and f"hash of {key}",
    )
    return lambda tx, now: submit(tx, ask, policy, now)


async def asked(store: Store, *failures: Failure, **how: object) -> ApprovalRequest:
    return (await store.committer.run(asking(*failures, **how))).request  # pyright: ignore[reportArgumentType] - by their names


def waiving(request_id: RequestId, key: str = "1", **wish: object) -> Callable[[Transaction, datetime], Waiver]:
    wish_for = a_wish(**wish)  # pyright: ignore[reportArgumentType] - by their names
    wanted = Waiving(request_id=request_id, wish=wish_for, replay_key=Stamp(key))
    return lambda tx, now: waive(tx, wanted, TERMS, now)


def revising(request: ApprovalRequest, *failures: Failure) -> Callable[[Transaction, datetime], object]:
    tests = failing(*failures)
    revision = Revision(
        request_id=request.id,
        source="ci",
        by=CI,
        seen=request.revision,
        subject=request.subject,
        tests=tests,
        digest=digest_of(request.subject, tests),
        differences=(),
    )
    return lambda tx, now: revise(tx, revision, POLICY, now)


async def a_red_gate_waived(store: Store, uses: int = 5, **wish: object) -> Waiver:
    """Ana's request fails, people are asked, and bo waives the failure."""
    first = await asked(store)
    assert first.state is State.PENDING
    return await store.committer.run(waiving(first.id, uses=uses, **wish))  # pyright: ignore[reportArgumentType] - the same


def states(answers: Sequence[object]) -> list[State]:
    return [answer.request.state for answer in answers if isinstance(answer, Submission)]


async def used(store: Store, number: int = 1) -> int:
    found = await store.read(lambda snapshot: snapshot.waivers.by_number(number))
    assert found is not None
    return found.used


async def the_log_is_whole(store: Store) -> bool:
    verdict = await store.read(verify_audit)
    assert verdict.ok, verdict
    return verdict.ok


async def test_the_identical_failure_counts_as_waived_from_the_next_request_on_and_says_so(store: Store) -> None:
    waiver = await a_red_gate_waived(store)
    request = await asked(store)
    view = await store.read(lambda snapshot: snapshot.view(request.id))

    assert (request.state, request.ruling.rule) == (State.APPROVED, "waived")
    assert request.ruling.explanation[0].startswith("waiver #1 (bo, PAY-77): tests.api.test_pay::test_refund")
    assert view is not None
    assert (view.tests.failures[0].triage, view.tests.failures[0].waiver) == (Triage.WAIVED, waiver.mark)
    assert await used(store) == 1
    assert await the_log_is_whole(store)


async def test_what_was_asked_before_stays_as_it_is(store: Store) -> None:
    waiver = await a_red_gate_waived(store)
    before = await store.read(lambda snapshot: snapshot.view(waiver.about))

    assert before is not None
    assert (before.request.state, before.tests.waived) == (State.PENDING, 0)
    assert await used(store) == 0


async def test_another_signature_another_test_another_place_or_another_failure_beside_it_asks(store: Store) -> None:
    await a_red_gate_waived(store)

    assert (await asked(store, a_failure(message="the order is gone"))).state is State.PENDING
    assert (await asked(store, a_failure("tests::other"))).state is State.PENDING
    assert (await asked(store, environment="staging")).state is State.PENDING
    assert (await asked(store, repository="acme/search")).state is State.PENDING
    assert (await asked(store, repository=None)).state is State.PENDING
    assert await used(store) == 0
    assert (await asked(store, a_failure(), a_failure("tests::other"))).state is State.PENDING
    assert await used(store) == 1
    assert await the_log_is_whole(store)


async def test_no_group_spends_more_than_there_is(store: Store) -> None:
    await a_red_gate_waived(store, uses=3)

    answers = await at_once(store, *[asking()] * 8)

    assert states(answers) == [State.APPROVED] * 3 + [State.PENDING] * 5
    assert await used(store) == 3
    assert await the_log_is_whole(store)


async def test_two_replicas_never_share_the_last_use(open_store: OpenStore, url: str) -> None:
    one = await open_store("one")
    stores = [one, one if url.startswith("sqlite") else await open_store("two")]
    await a_red_gate_waived(one, uses=7)

    answers = await asyncio.gather(*(stores[n % 2].committer.run(asking()) for n in range(40)))

    assert states(answers).count(State.APPROVED) == 7
    assert states(answers).count(State.PENDING) == 33
    assert await the_log_is_whole(one)


async def test_after_it_was_taken_back_on_one_replica_nothing_leans_on_it_on_the_other(
    open_store: OpenStore, url: str
) -> None:
    one = await open_store("one")
    two = one if url.startswith("sqlite") else await open_store("two")
    await a_red_gate_waived(one, uses=20)
    taken_back = Revocation(number=1, by=an_actor(BO), reason="mended", replay_key=Stamp("2"))

    answers = await asyncio.gather(
        *(two.committer.run(asking()) for _ in range(6)),
        one.committer.run(lambda tx, now: unwaive(tx, taken_back, TERMS, now)),
        *(two.committer.run(asking()) for _ in range(6)),
    )

    assert await used(one) == states(answers).count(State.APPROVED)
    assert (await asked(two)).state is State.PENDING
    assert await the_log_is_whole(one)


async def test_an_ask_sent_again_with_its_key_spends_nothing_more(store: Store) -> None:
    await a_red_gate_waived(store)
    together = await at_once(store, *[asking(key="build 8")] * 3)
    again = await asked(store, key="build 8")

    assert states(together) == [State.APPROVED] * 3
    assert again.state is State.APPROVED
    assert await used(store) == 1


async def test_what_was_refused_spends_nothing(store: Store) -> None:
    await a_red_gate_waived(store)
    full = a_policy(Limit(count=1, per=HOUR))

    with pytest.raises(Refused) as refused:
        await asked(store, a_failure(), a_failure("tests::other"), policy=full)

    assert refused.value.code is Refusal.TOO_MANY
    assert await used(store) == 0


async def test_one_is_given_used_and_taken_back_within_a_group(store: Store) -> None:
    first = await asked(store)
    taken_back = Revocation(number=1, by=an_actor(DIA), reason=None, replay_key=Stamp("2"))

    answers = await at_once(
        store, waiving(first.id), asking(), lambda tx, now: unwaive(tx, taken_back, TERMS, now), asking()
    )

    assert states(answers) == [State.APPROVED, State.PENDING]
    assert await the_log_is_whole(store)


async def test_at_its_end_it_counts_no_more_whether_or_not_the_clock_came_by(store: Store, clock: Clock) -> None:
    await a_red_gate_waived(store, until=NOON + DAY)
    clock.forward(days=1, microseconds=-1)
    just_before = await asked(store)
    clock.forward(microseconds=1)

    assert just_before.state is State.APPROVED
    assert (await asked(store)).state is State.PENDING
    assert await the_log_is_whole(store)


async def test_what_was_spent_is_spent_after_a_restart(open_store: OpenStore) -> None:
    store = await open_store()
    await a_red_gate_waived(store, uses=1)
    assert (await asked(store)).state is State.APPROVED
    await store.close()

    assert (await asked(await open_store())).state is State.PENDING


async def test_of_two_the_first_to_end_is_used_up_first(store: Store) -> None:
    waiver = await a_red_gate_waived(store, uses=1, until=NOON + 2 * DAY)
    await store.committer.run(waiving(waiver.about, "2", by=an_actor(DIA), uses=1, until=NOON + DAY))

    assert (await asked(store)).state is State.APPROVED
    assert [await used(store, 1), await used(store, 2)] == [0, 1]
    assert (await asked(store)).state is State.APPROVED
    assert (await asked(store)).state is State.PENDING
    assert await the_log_is_whole(store)


async def test_a_new_revision_is_one_more_use_and_the_very_same_is_none(store: Store) -> None:
    await a_red_gate_waived(store)
    both = (a_failure(), a_failure("tests::other"))
    request = await asked(store, *both)
    once = await store.committer.run(revising(request, a_failure()))
    again = await store.committer.run(revising(request, a_failure()))

    assert (request.state, request.tests.waived) == (State.PENDING, 1)
    assert isinstance(once, ApprovalRequest)
    assert (once.state, once.revision, once.ruling.rule) == (State.APPROVED, 2, "waived")
    assert isinstance(again, Overtaken)
    assert await used(store) == 2
    assert await the_log_is_whole(store)


OWN = {
    "asked": {"requester": BO},
    "wrote": {"authors": [BO]},
    "started": {"triggerer": BO},
    "nobody is named": {"requester": None},
}


@pytest.mark.parametrize("subject", OWN.values(), ids=OWN.keys())
async def test_nobody_is_approved_on_their_own_word(store: Store, subject: dict[str, object]) -> None:
    await a_red_gate_waived(store)
    own = await asked(store, **subject)

    assert (own.state, own.tests.waived) == (State.PENDING, 0)
    assert own.ruling.explanation[0].startswith("waiver #1 (bo, PAY-77): tests.api.test_pay::test_refund does not")
    assert await used(store) == 0
    assert await the_log_is_whole(store)


async def test_a_policy_without_waivers_turns_them_all_off(store: Store) -> None:
    await a_red_gate_waived(store)

    assert (await asked(store, policy=replace(POLICY, waivers=None))).state is State.PENDING
    assert (await asked(store)).state is State.APPROVED


async def test_nobody_is_told_of_one_twice_and_a_replayed_message_gives_none(store: Store) -> None:
    waiver = await a_red_gate_waived(store)

    with pytest.raises(Refused):
        await store.committer.run(waiving(waiver.about))
    assert await store.read(lambda snapshot: snapshot.waivers.by_number(2)) is None


async def test_an_operator_takes_one_back_and_then_there_is_none_to_take(store: Store) -> None:
    await a_red_gate_waived(store)
    taken_back = Revocation(number=1, by=OPERATOR, reason="the ticket is closed")
    ended = await store.committer.run(lambda tx, now: unwaive(tx, taken_back, TERMS, now))

    assert ended.end is not None
    assert (ended.end.how, ended.end.reason) == (Ending.REVOKED, "the ticket is closed")
    assert (await asked(store)).state is State.PENDING
    for number, says in ((1, "was revoked already"), (7, "There is no waiver #7")):
        gone = replace(taken_back, number=number)
        with pytest.raises(Refused, match=says):
            await store.committer.run(lambda tx, now, gone=gone: unwaive(tx, gone, TERMS, now))
    assert await the_log_is_whole(store)


async def test_where_nothing_is_waived_no_failure_is_looked_up(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked once a group: a house without waivers pays no more, and neither does another repository."""
    await a_red_gate_waived(store)
    looked, first, rows = list[str](), Tools.first, Tools.rows

    def watched_first(tools: Tools, name: str, *values: object) -> object:
        looked.append(name)
        return first(tools, name, *values)

    def watched_rows(tools: Tools, name: str, *values: object) -> object:
        looked.append(name)
        return rows(tools, name, *values)

    monkeypatch.setattr(Tools, "first", watched_first)
    monkeypatch.setattr(Tools, "rows", watched_rows)

    def three(tx: Transaction, now: datetime) -> None:
        for repository in ("acme/search", "acme/search", "acme/payments"):
            asking(repository=repository)(tx, now)

    await store.committer.run(three)

    assert [name for name in looked if "waive" in name] == ["is_waived_at", "is_waived_at", "waivers_of"]


FORGERIES = {
    "made": "INSERT INTO waivers SELECT 2, site, key, wake_at, document FROM waivers",
    "lost": "DELETE FROM waivers",
    "moved elsewhere": "UPDATE waivers SET site = key",
    "about another failure": "UPDATE waivers SET key = site",
    "never ending": "UPDATE waivers SET wake_at = NULL",
    "unused again": "UPDATE waivers SET document = replace(CAST(document AS TEXT), '\"used\":1', '\"used\":0')",
    "changed inside": "UPDATE waivers SET document = replace(CAST(document AS TEXT), 'PAY-77', 'PAY-78')",
    "no document": "UPDATE waivers SET document = '{}'",
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES.keys())
async def test_verify_finds_what_was_written_past_the_log(store: Store, url: str, forgery: str) -> None:
    await a_red_gate_waived(store)
    await asked(store)
    if url.startswith("postgresql"):
        forgery = forgery.replace("CAST(document AS TEXT)", "document::text").replace("')", "')::json")

    with owner_of(url) as sql:
        sql(forgery)

    verdict = await store.read(verify_audit)
    assert not verdict.ok
    assert "waiver #" in (verdict.why or "")


def a_forger(mark: object) -> UseCase:
    """Submit a request whose evidence says that its failure is waived, by nobody who waived it."""
    failure = replace(failing().failures[0], triage=Triage.WAIVED, waiver=mark)  # pyright: ignore[reportArgumentType] - as it comes
    tests, about = replace(failing(), failures=(failure,), waived=1), a_subject(lane=None)
    ask = Ask(source="ci", subject=about, tests=tests, digest=digest_of(about, tests), by=CI)
    return lambda tx, now: submit(tx, ask, replace(POLICY, waivers=None), now)


async def test_verify_finds_a_failure_that_counts_as_waived_by_nobodys_word(store: Store) -> None:
    await store.committer.run(a_forger(None))

    assert "waived by no waiver" in str((await store.read(verify_audit)).why)


@pytest.mark.parametrize(
    ("change", "says"), [({}, "cover other failures"), ({"number": 9}, "about another"), ({"by": DIA}, "about another")]
)
async def test_verify_finds_a_failure_that_counts_as_waived_past_the_log(
    store: Store, change: dict[str, object], says: str
) -> None:
    waiver = await a_red_gate_waived(store)
    await store.committer.run(a_forger(replace(waiver.mark, **change)))  # pyright: ignore[reportArgumentType] - by their names

    assert says in str((await store.read(verify_audit)).why)
