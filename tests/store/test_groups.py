"""Identical asks share one card, on both databases: who may, whom a click answers, and that nobody is left without."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.errors import Refusal, Refused
from bot.core.events import Event
from bot.core.evidence import TestEvidence
from bot.core.life.grouping import LAYOUT, MOST
from bot.core.people.identity import Via
from bot.core.request import ApprovalRequest
from bot.core.ruling import OnTimeout, Ruling, Verdict
from bot.core.view import CardRef
from bot.store import Store, Transaction, verify_audit
from bot.usecases.desk import Desk
from bot.usecases.ring import Sweeper
from bot.usecases.submit import submit
from bot.usecases.withdraw import Withdrawal, withdraw
from tests.factories import (
    ANA,
    BO,
    CHEN,
    CI,
    DIA,
    HOUR,
    NOON,
    a_break_glass,
    a_cancellation,
    a_posted_card,
    a_question,
    a_revision,
    a_ruling,
    a_stage,
    a_step,
    a_subject,
    an_actor,
    an_emergency,
    an_escalation,
    some_tests,
)
from tests.store.asks import advancing, at_once
from tests.store.conftest import Clock
from tests.store.owner import owner_of
from tests.store.sharing import answer, ask, ask_of, click_on, leaders, policy_of, request_of, standing

MINUTE = timedelta(minutes=1)
GROUPED = a_ruling(stages=[a_stage("qa", 1, [BO, CHEN])], group_within=5 * MINUTE, break_glass=a_break_glass([DIA]))
TWO = replace(GROUPED, stages=(a_stage("qa", 2, [BO, CHEN]),))


def failing(**fields: object) -> TestEvidence:
    """The same failure by name and words; *fields* say where else it is, and whose."""
    (failure,) = some_tests().failures
    return replace(some_tests(), failures=(replace(failure, **fields),))  # pyright: ignore[reportArgumentType] - any field by its name


async def three(store: Store, clock: Clock, ruling: Ruling = GROUPED) -> list[ApprovalRequest]:
    """Three identical asks, a minute apart."""
    made = list[ApprovalRequest]()
    for _ in range(3):
        made.append(await ask(store, ruling))
        clock.forward(minutes=1)
    return made


async def show_cards(store: Store, request: ApprovalRequest, *others: ApprovalRequest) -> CardRef:
    """Let the card of *request* stand in its channel, showing *others*, too."""
    card = CardRef(channel="#approvals", channel_id="C0APPROVE", ts="1772625600.000100", revision=1)

    def put(tx: Transaction, _now: object) -> None:
        tx.cards.put(request.id, card)
        tx.note(replace(a_posted_card(), at=tx.now), tx.requests.lock(request.id))
        for other in others:
            tx.cards.put(other.id, replace(card, host=request.id))
            tx.note(replace(a_posted_card(), at=tx.now), tx.requests.lock(other.id))

    await store.committer.run(put)
    return card


async def require_true(store: Store) -> None:
    verdict = await store.read(verify_audit)
    assert verdict.ok, verdict.why


async def test_identical_asks_within_the_window_follow_the_first(store: Store, clock: Clock) -> None:
    made = await three(store, clock)

    assert await leaders(store, *made) == [None, 0, 0]
    rows = await store.read(lambda snapshot: snapshot.events(made[2].id))
    assert rows[0].entry["detail"]["follows"] == made[0].id
    await require_true(store)


async def test_one_commit_groups_as_several_do(store: Store) -> None:
    def submitting(tx: Transaction, _now: object) -> ApprovalRequest:
        return submit(tx, ask_of(), policy_of(GROUPED), tx.now).request

    made = await at_once(store, *[submitting] * 4)

    assert await leaders(store, *made) == [None, 0, 0, 0]  # pyright: ignore[reportArgumentType] - all of them requests
    await require_true(store)


async def test_without_a_window_nobody_shares(store: Store) -> None:
    ruling = replace(GROUPED, group_within=None)

    made = [await ask(store, ruling) for _ in range(2)]

    assert await leaders(store, *made) == [None, None]


async def test_after_the_window_the_next_ask_has_a_card_of_its_own(store: Store, clock: Clock) -> None:
    first = await ask(store, GROUPED)
    clock.forward(minutes=5, microseconds=-1)
    late = await ask(store, GROUPED)
    clock.forward(microseconds=1)
    too_late = await ask(store, GROUPED)

    assert await leaders(store, first, late, too_late) == [None, 0, None]


@pytest.mark.parametrize(
    "other",
    [
        {"subject": a_subject(commit="0" * 40)},
        {"subject": a_subject(title="Deploy payments 1.42.1")},
        {"subject": a_subject(reason="just because")},
        {"subject": a_subject(severity="critical")},
        {"subject": a_subject(labels=("hotfix",))},
        {"subject": a_subject(flags={"manual_intervention": True})},
        {"subject": a_subject(lane="payments/staging")},
        {"subject": a_subject(requester=CHEN)},
        {"subject": a_subject(authors=[DIA])},
        {"subject": a_subject(parameters={"version": "1.43.0"})},
        {"tests": some_tests(failed=2)},
        {"tests": some_tests(total=13)},
        {"tests": some_tests(incomplete=["cut off"])},
        {"tests": failing(owner="search")},
        {"tests": failing(file="tests/api/elsewhere.py")},
        {"tests": failing(line=4711)},
        {"source": "another"},
        {"ruling": replace(GROUPED, rule="another rule")},
        {"ruling": replace(GROUPED, policy_hash="sha256:" + "f" * 64)},
        {"ruling": replace(GROUPED, stages=(a_stage("qa", 1, [BO]),))},
        {"ruling": replace(GROUPED, stages=(a_stage("qa", 1, [BO, CHEN], mention=(BO,)),))},
        {"ruling": replace(GROUPED, channels=("#elsewhere",))},
        {"ruling": replace(GROUPED, timeout=2 * HOUR)},
        {"ruling": replace(GROUPED, on_timeout=OnTimeout.REJECT)},
        {"ruling": replace(GROUPED, break_glass=a_break_glass([DIA], HOUR))},
    ],
    ids=str,
)
async def test_whatever_an_approver_is_shown_or_bound_to_must_be_the_same(
    store: Store, other: dict[str, object]
) -> None:
    first = await ask(store, GROUPED)

    another = await ask(store, **({"ruling": GROUPED} | other))  # pyright: ignore[reportArgumentType] - by their names

    assert await leaders(store, first, another) == [None, None]


async def test_where_the_run_is_and_where_its_answer_goes_may_differ(store: Store) -> None:
    first = await ask(store, GROUPED)

    other = await ask(store, GROUPED, a_subject(callback_url="https://ci.acme.test/2", metadata={"run": "2"}))

    assert await leaders(store, first, other) == [None, 0]


@pytest.mark.parametrize(
    "event", [an_escalation(DIA), a_question(), a_revision(ruling=GROUPED), a_cancellation()], ids=str
)
async def test_nobody_follows_what_has_gone_another_way(store: Store, event: Event) -> None:
    ruling = replace(GROUPED, stages=(a_stage("qa", 1, [BO, CHEN], escalate=(a_step(),)),))
    first = await ask(store, ruling)
    await store.committer.run(advancing(first.id, event))

    other = await ask(store, ruling)

    assert await leaders(store, first, other) == [None, None]


async def test_nobody_follows_what_somebody_has_answered(store: Store) -> None:
    first = await ask(store, TWO)
    await answer(store, click_on(first))

    other = await ask(store, TWO)

    assert await leaders(store, first, other) == [None, None]


async def test_a_card_stands_for_fifty_at_most(store: Store) -> None:
    made = [await ask(store, GROUPED) for _ in range(MOST + 2)]

    assert Counter(await leaders(store, *made)) == {0: MOST - 1, MOST: 1, None: 2}


async def test_a_click_answers_everybody_whom_the_card_showed(store: Store, clock: Clock) -> None:
    made = await three(store, clock)

    await answer(store, click_on(made[0], made[1:]))

    assert await standing(store, *made) == ["approved"] * 3
    for one in made:
        events = [row.event for row in await store.read(lambda snapshot, which=one: snapshot.events(which.id))]
        assert events == ["request.submitted", "request.reviewed", "request.decided"]
    await require_true(store)


async def test_a_rejection_with_a_reason_answers_them_all(store: Store, clock: Clock) -> None:
    made = await three(store, clock)

    await answer(store, click_on(made[0], made[1:], verdict=Verdict.REJECT))

    assert await standing(store, *made) == ["rejected"] * 3
    assert {(await request_of(store, one)).decision.reason for one in made} == {"seen"}  # pyright: ignore[reportOptionalMemberAccess] - decided


async def test_who_came_after_the_card_was_drawn_is_not_answered_by_it(store: Store, clock: Clock, url: str) -> None:
    made = await three(store, clock)

    await answer(store, click_on(made[0], made[1:2]))

    assert await standing(store, *made) == ["approved", "approved", "pending"]
    assert await leaders(store, *made) == [None, 0, None]
    assert ("show_card", made[2].id) in waiting(url)
    (whisper,) = whispers(url)
    assert f"#{made[2].number} was not on the card you saw" in whisper
    await require_true(store)


async def test_whoever_came_in_the_place_of_one_that_left_is_not_answered_by_the_old_card(
    store: Store, clock: Clock
) -> None:
    """How many a card showed says nothing about whom."""
    made = [await ask(store, GROUPED) for _ in range(2)]
    await answer(store, click_on(made[1], None))
    clock.forward(minutes=1)
    late = await ask(store, GROUPED)
    assert await leaders(store, *made, late) == [None, None, 0]

    await answer(store, click_on(made[0], made[1:]))

    assert await standing(store, *made, late) == ["approved", "approved", "pending"]
    assert await leaders(store, *made, late) == [None, None, None]
    await require_true(store)


async def test_with_one_of_two_answers_the_late_go_on_together(store: Store, clock: Clock) -> None:
    made = await three(store, clock, TWO)

    await answer(store, click_on(made[0], named=()))

    assert await standing(store, *made) == ["pending"] * 3
    assert await leaders(store, *made) == [None, None, 1]
    assert [len((await request_of(store, one)).reviews) for one in made] == [1, 0, 0]
    await answer(store, click_on(made[1], made[2:]))
    await answer(store, click_on(made[1], made[2:], by=an_actor(CHEN)))
    assert await standing(store, *made) == ["pending", "approved", "approved"]
    await require_true(store)


async def test_two_answers_on_the_card_are_two_for_each(store: Store, clock: Clock) -> None:
    made = await three(store, clock, TWO)

    await answer(store, click_on(made[0], made[1:]))
    await answer(store, click_on(made[0], made[1:], by=an_actor(CHEN)))

    assert await standing(store, *made) == ["approved"] * 3
    await require_true(store)


async def test_who_can_not_be_answered_is_told_of_logged_and_goes_on(store: Store, clock: Clock, url: str) -> None:
    ruling = replace(GROUPED, stages=(a_stage("qa", 1, [BO], escalate=(a_step(15, to=[DIA], channel=None),)),))
    made = await three(store, clock, ruling)
    clock.now = NOON + 16 * MINUTE  # the first two have called Dia by now, the third has not
    await Sweeper(Desk(store)).sweep()

    await answer(store, click_on(made[0], made[1:], by=an_actor(DIA)))

    assert await standing(store, *made) == ["approved", "approved", "pending"]
    assert await leaders(store, *made) == [None, 0, None]
    events = [row.event for row in await store.read(lambda snapshot: snapshot.events(made[2].id))]
    assert events == ["request.submitted", "request.refused", "request.regrouped"]
    assert f"#{made[2].number}: " in whispers(url)[0]
    await require_true(store)


async def test_a_command_answers_that_one_alone(store: Store, clock: Clock, url: str) -> None:
    made = await three(store, clock)

    await answer(store, click_on(made[1], named=None, by=an_actor(via=Via.SLACK_COMMAND)))

    assert await standing(store, *made) == ["pending", "approved", "pending"]
    assert await leaders(store, *made) == [None, None, 0]
    assert ("show_card", made[1].id) in waiting(url)
    assert ("show_card", made[0].id) in waiting(url)
    await require_true(store)


async def test_a_command_to_the_leader_leaves_the_others_with_a_card(store: Store, clock: Clock, url: str) -> None:
    made = await three(store, clock)
    await show_cards(store, made[0], *made[1:])

    await answer(store, click_on(made[0], named=None))

    assert await standing(store, *made) == ["approved", "pending", "pending"]
    assert await leaders(store, *made) == [None, None, 1]
    assert (await own_cards(store, *made)) == [True, False, False], "its own says what was decided"
    assert ("show_card", made[1].id) in waiting(url)
    await require_true(store)


LONELY: dict[str, Event] = {
    "cancelled": a_cancellation(),
    "asked something": a_question(),
    "revised": a_revision(ruling=GROUPED),
    "glass broken": an_emergency(),
}


@pytest.mark.parametrize("event", LONELY.values(), ids=LONELY)
async def test_whatever_happens_to_the_leader_alone_somebody_else_leads(
    store: Store, clock: Clock, url: str, event: Event
) -> None:
    made = await three(store, clock)

    await store.committer.run(advancing(made[0].id, event))

    assert await leaders(store, *made) == [None, None, 1]
    assert ("show_card", made[1].id) in waiting(url)
    assert (await standing(store, *made))[1:] == ["pending"] * 2
    await answer(store, click_on(made[1], made[2:]))
    assert (await standing(store, *made))[1:] == ["approved"] * 2
    await require_log(store, event)


async def require_log(store: Store, event: Event) -> None:
    """A revision made by hand here has a digest of nothing; all others leave a log that is true in every respect."""
    if not isinstance(event, type(a_revision())):
        await require_true(store)


@pytest.mark.parametrize("event", [LONELY["asked something"], LONELY["revised"], LONELY["glass broken"]], ids=str)
async def test_who_is_changed_alone_goes_on_with_a_card_of_its_own(
    store: Store, clock: Clock, url: str, event: Event
) -> None:
    made = await three(store, clock)

    await store.committer.run(advancing(made[1].id, event))

    assert await leaders(store, *made) == [None, None, 0]
    assert ("show_card", made[1].id) in waiting(url)
    assert ("show_card", made[0].id) in waiting(url), "the count follows"
    await require_log(store, event)


async def test_who_is_taken_back_leaves_only_a_smaller_count(store: Store, clock: Clock, url: str) -> None:
    made = await three(store, clock)
    before = Counter(waiting(url))

    await store.committer.run(lambda tx, now: withdraw(tx, Withdrawal(request_id=made[1].id, source="ci", by=CI), now))

    after = Counter(waiting(url)) - before
    assert after == {("show_card", made[0].id): 1, ("call_back", made[1].id): 1, ("tell_requester", made[1].id): 1}
    view = await store.read(lambda snapshot: snapshot.view(made[0].id))
    assert view is not None
    assert [companion.id for companion in view.company] == [made[2].id]
    await answer(store, click_on(made[0], made[1:]))
    assert await standing(store, *made) == ["approved", "cancelled", "approved"]
    await require_true(store)


async def test_silence_ends_each_at_its_own_deadline_and_the_message_goes_from_one_to_the_next(
    store: Store, clock: Clock
) -> None:
    made = await three(store, clock)
    await show_cards(store, made[0], *made[1:])
    sweeper, seen = Sweeper(Desk(store)), list[tuple[list[str], list[bool]]]()
    for minute in range(60, 63):
        clock.now = NOON + minute * MINUTE
        await sweeper.sweep()
        seen.append((await standing(store, *made), await own_cards(store, *made)))

    assert seen == [
        (["expired", "pending", "pending"], [False, True, False]),
        (["expired", "expired", "pending"], [False, False, True]),
        (["expired", "expired", "expired"], [False, False, True]),
    ]
    assert (await request_of(store, made[2])).decision.was_shown is True  # pyright: ignore[reportOptionalMemberAccess] - ended
    await require_true(store)


async def test_silence_is_a_yes_only_for_whom_a_card_has_shown(store: Store, clock: Clock) -> None:
    made = await three(store, clock, replace(GROUPED, on_timeout=OnTimeout.APPROVE))
    await show_cards(store, made[0], made[1])

    clock.now = NOON + 63 * MINUTE
    await Sweeper(Desk(store)).sweep()

    assert await standing(store, *made) == ["approved", "approved", "expired"]
    await require_true(store)


async def test_who_follows_is_reminded_of_nowhere_but_takes_its_steps(store: Store, clock: Clock, url: str) -> None:
    stage = a_stage("qa", 1, [BO], mention=(BO,), remind_after=10 * MINUTE, escalate=(a_step(15),))
    made = await three(store, clock, replace(GROUPED, stages=(stage,)))

    clock.now = NOON + 20 * MINUTE
    await Sweeper(Desk(store)).sweep()

    after = [await request_of(store, one) for one in made]
    assert [(one.reminders, one.steps) for one in after] == [(1, 1)] * 3
    told = Counter(which for kind, which in waiting(url) if kind == "tell_thread")
    assert told == {made[0].id: 3}, "one reminder, one escalation in two channels"
    assert await leaders(store, *made) == [None, 0, 0]


async def test_a_newer_and_different_ask_of_the_lane_ends_them_all_and_an_identical_one_none(
    store: Store, clock: Clock
) -> None:
    ruling = replace(GROUPED, supersede_lane=True)
    made = await three(store, clock, ruling)
    assert await standing(store, *made) == ["pending"] * 3

    newer = await ask(store, ruling, a_subject(commit="0" * 40))

    assert await standing(store, *made, newer) == ["superseded"] * 3 + ["pending"]
    assert await leaders(store, *made) == [None, 0, 0], "nobody led for a moment only"
    await require_true(store)


async def test_the_card_of_another_click_never_answers_the_group(store: Store, clock: Clock) -> None:
    """`/jit show` draws a member with buttons of its own: these are meant for that one."""
    made = await three(store, clock)

    await answer(store, click_on(made[2], named=()))

    assert await standing(store, *made) == ["pending", "pending", "approved"]


async def test_a_refused_click_on_the_card_changes_nobody(store: Store, clock: Clock) -> None:
    made = await three(store, clock)

    with pytest.raises(Refused) as refused:
        await answer(store, click_on(made[0], made[1:], by=an_actor(ANA)))

    assert refused.value.code is Refusal.FORBIDDEN
    assert await standing(store, *made) == ["pending"] * 3
    assert await leaders(store, *made) == [None, 0, 0]


def outbox(url: str) -> list[tuple[str, str, str]]:
    """Return kind, request and payload of whatever waits to leave the house."""
    with owner_of(url) as run:
        rows = run("SELECT kind, request_id, CAST(payload AS text) FROM outbox ORDER BY id")
    return [(kind, request, payload) for kind, request, payload in rows]


def waiting(url: str) -> list[tuple[str, str]]:
    return [(kind, request) for kind, request, _ in outbox(url)]


def whispers(url: str) -> list[str]:
    return [payload for kind, _, payload in outbox(url) if kind == "whisper"]


async def own_cards(store: Store, *requests: ApprovalRequest) -> list[bool]:
    views = [await store.read(lambda snapshot, which=one: snapshot.view(which.id)) for one in requests]
    return [view is not None and view.cards[:1] != () and view.cards[0].host is None for view in views]


@pytest.mark.parametrize(
    ("key", "is_as_it_was"),
    [("a" * 64, True), ("1:" + "a" * 64, True), (LAYOUT + "a" * 64, False), (None, False)],
    ids=["of the first release", "of another", "of this and wrong", "none"],
)
async def test_what_another_release_grouped_by_is_no_change_behind_our_back(
    store: Store, url: str, key: str | None, *, is_as_it_was: bool
) -> None:
    request = await ask(store, GROUPED)
    with owner_of(url) as run:
        run("UPDATE requests SET group_key = ? WHERE id = ?", key, request.id)

    verdict = await store.read(verify_audit)
    follower = await ask(store, GROUPED)

    assert verdict.ok is is_as_it_was
    assert is_as_it_was or "column group_key" in (verdict.why or "")
    assert await leaders(store, request, follower) == [None, None]
