"""What people settled is held for a while: whoever answered can take it back, and nothing of it is let out before."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.core.effects import CallBack, Note, Said, ShowCard, TellRequester, TellThread
from bot.core.errors import Refusal, Refused
from bot.core.events import Event
from bot.core.freeze import Freezing
from bot.core.life import desertion
from bot.core.life.lifecycle import advance
from bot.core.life.quorum import counted, standing
from bot.core.life.undoing import can_be
from bot.core.life.waiting import Due, Next, brought, next_due, silent
from bot.core.people.delegation import may_stand_in
from bot.core.people.eligibility import may_review
from bot.core.request import ApprovalRequest, State
from bot.core.ruling import Verdict
from tests import factories as a

MINUTE = timedelta(minutes=1)
WINDOW = 2 * MINUTE
THEN = a.NOON + WINDOW
"""When what is settled at noon is released."""

HELD = a.a_ruling(undo_within=WINDOW, break_glass=a.a_break_glass())


def settled(event: Event | None = None, **fields: object) -> ApprovalRequest:
    """A request that one answer settled at noon; *fields* are those of its ruling."""
    request = a.a_request(ruling=replace(HELD, **fields))  # pyright: ignore[reportArgumentType] - any field by its name
    return advance(request, event or a.approval(a.BO), a.NOON).request


def refused(request: ApprovalRequest, event: Event, now: datetime = a.NOON + MINUTE) -> Refusal:
    with pytest.raises(Refused) as found:
        advance(request, event, now)
    return found.value.code


@pytest.mark.parametrize(
    ("answer", "verdict"), [(a.approval(reason="yes"), Verdict.APPROVE), (a.rejection(reason="no"), Verdict.REJECT)]
)
def test_what_is_settled_is_no_decision_and_reaches_nobody_but_those_who_answer(
    answer: Event, verdict: Verdict
) -> None:
    outcome = advance(a.a_request(ruling=HELD), answer, a.NOON)

    after, settled = outcome.request, outcome.request.settled
    assert (after.state, after.decision, after.deadline) == (State.PENDING, None, a.NOON + a.HOUR)
    assert settled is not None
    assert (settled.decision.verdict, settled.decision.by, settled.release_at) == (verdict, a.an_actor(a.BO), THEN)
    assert [line.event for line in outcome.happened] == ["request.reviewed"]
    assert outcome.happened[0].detail["release_at"] == "2026-03-04T12:02:00.000000Z"
    words = "yes" if verdict is Verdict.APPROVE else "no"
    said = Said(note=Note.REVIEWED, by=a.an_actor(a.BO), verdict=verdict, words=words, release_at=THEN)
    assert outcome.effects == (
        ShowCard(request=a.ID, channel="#approvals"),
        TellThread(request=a.ID, channel="#approvals", said=said),
    )


def test_when_the_window_has_passed_it_is_decided_as_if_it_had_been_at_once() -> None:
    answer = a.approval(reason="looks fine", condition="max 10 %")
    request = advance(a.a_request(ruling=HELD), answer, a.NOON).request
    at_once = advance(a.a_request(ruling=replace(HELD, undo_within=None)), answer, THEN)

    outcome = advance(request, a.a_release(), THEN)

    assert outcome.request.state is State.APPROVED
    assert outcome.request.settled is None
    assert outcome.request.decision == at_once.request.decision
    assert outcome.effects == at_once.effects
    assert CallBack(request=a.ID) in outcome.effects
    assert any(isinstance(effect, TellRequester) for effect in outcome.effects)
    assert outcome.happened == at_once.happened[1:]


def test_a_rejection_is_held_and_released_alike() -> None:
    outcome = advance(settled(a.rejection(a.BO)), a.a_release(), THEN)

    assert outcome.request.state is State.REJECTED
    assert outcome.request.decision is not None
    assert outcome.request.decision.reason == "The refund test is red."


def test_nothing_is_released_before_its_time_or_that_is_not_settled() -> None:
    assert refused(settled(), a.a_release(), THEN - a.MICROSECOND) is Refusal.TOO_EARLY
    assert refused(a.a_request(ruling=HELD), a.a_release()) is Refusal.TOO_EARLY
    assert refused(a.a_request(ruling=HELD), a.a_release(), a.NOON + a.HOUR) is Refusal.NOTHING_LEFT
    ended = advance(settled(), a.a_release(), THEN).request
    assert refused(ended, a.a_release(), THEN) is Refusal.NOT_OPEN


@pytest.mark.parametrize("event", [a.an_undoing(), a.rejection(a.DIA), a.a_cancellation(), a.an_emergency()])
def test_at_the_moment_of_the_release_nothing_else_counts(event: Event) -> None:
    assert refused(settled(), event, THEN) is Refusal.TOO_LATE
    advance(settled(), event, THEN - a.MICROSECOND)


def test_the_window_never_reaches_beyond_the_deadline() -> None:
    late = a.NOON + a.HOUR - MINUTE
    request = advance(a.a_request(ruling=HELD), a.approval(), late).request

    assert next_due(request) == Due(a.NOON + a.HOUR, Next.RELEASES)
    assert brought(request, a.NOON + 2 * a.HOUR) is Next.RELEASES
    assert advance(request, a.a_release(), a.NOON + 2 * a.HOUR).request.state is State.APPROVED


def test_the_clock_brings_the_release_and_nothing_else_until_it_is_taken_back() -> None:
    stage = a.a_stage("qa", 1, [a.BO, a.CHEN], remind_after=MINUTE, escalate=(a.a_step(1),))
    request = settled(stages=(stage,))

    assert next_due(request) == Due(THEN, Next.RELEASES)
    assert brought(request, a.NOON + MINUTE) is None
    undone = advance(request, a.an_undoing(), a.NOON + MINUTE).request
    assert brought(undone, a.NOON + MINUTE) is Next.ESCALATES


def test_reminders_that_fell_into_the_window_come_as_one_when_it_is_taken_back() -> None:
    stage = a.a_stage("qa", 1, [a.BO, a.CHEN], mention=(a.BO, a.CHEN), remind_after=MINUTE / 2)
    undone = advance(settled(stages=(stage,)), a.an_undoing(), a.NOON + 1.75 * MINUTE).request

    reminded = advance(undone, a.a_reminder(), a.NOON + 1.75 * MINUTE)

    assert reminded.request.reminders == 2, "those of half a minute and of one and a half"
    assert [line.detail["reminder"] for line in reminded.happened] == [2]
    assert next_due(reminded.request) == Due(a.NOON + 3.5 * MINUTE, Next.REMINDS)


def test_whoever_answered_takes_it_back_and_it_waits_as_if_they_had_not() -> None:
    outcome = advance(settled(), a.an_undoing(a.BO), a.NOON + MINUTE)

    after = outcome.request
    assert (after.state, after.settled, counted(after, 0)) == (State.PENDING, None, ())
    assert after.deadline == a.NOON + a.HOUR
    assert [line.event for line in outcome.happened] == ["request.review_withdrawn"]
    assert outcome.happened[0].detail == {"verdict": "approve", "stage": 0, "counted": 0}
    said = Said(note=Note.WITHDRAWN, by=a.an_actor(a.BO), verdict=Verdict.APPROVE)
    assert outcome.effects == (
        ShowCard(request=a.ID, channel="#approvals"),
        TellThread(request=a.ID, channel="#approvals", said=said),
    )
    assert refused(after, a.a_release(), THEN) is Refusal.TOO_EARLY
    assert advance(after, a.a_timeout(), a.NOON + a.HOUR).request.state is State.EXPIRED


def test_who_took_it_back_may_answer_again_and_so_may_others() -> None:
    undone = advance(settled(), a.an_undoing(), a.NOON + MINUTE).request

    for who in (a.BO, a.CHEN):
        again = advance(undone, a.approval(who), a.NOON + MINUTE).request
        assert again.settled is not None
        assert again.settled.release_at == a.NOON + MINUTE + WINDOW


def test_only_ones_own_answer_can_be_taken_back_and_only_while_it_counts() -> None:
    request = settled()

    assert refused(request, a.an_undoing(a.CHEN)) is Refusal.NOT_ELIGIBLE
    undone = advance(request, a.an_undoing(), a.NOON + MINUTE).request
    assert refused(undone, a.an_undoing()) is Refusal.NOT_ELIGIBLE
    assert refused(request, a.an_undoing(revision=2)) is Refusal.STALE
    assert refused(request, a.an_undoing(stage=1)) is Refusal.STALE
    assert refused(request, a.an_undoing(a.CI)) is Refusal.NOT_ELIGIBLE
    at_once = a.a_request(2, reviews=[a.approval()])
    assert refused(at_once, a.an_undoing()) is Refusal.NOTHING_LEFT
    assert not can_be(at_once)


def test_an_answer_in_anothers_name_is_taken_back_by_whoever_gave_it() -> None:
    request = a.a_request(ruling=replace(HELD, stages=(a.a_stage("qa", 1, [a.DIA]),)))
    lent = advance(request, a.approval(a.GUS, mandates=(a.a_mandate(a.DIA, a.GUS),)), a.NOON).request

    assert refused(lent, a.an_undoing(a.DIA)) is Refusal.NOT_ELIGIBLE
    outcome = advance(lent, a.an_undoing(a.GUS), a.NOON + MINUTE)
    assert counted(outcome.request, 0) == ()
    (said,) = {effect.said for effect in outcome.effects if isinstance(effect, TellThread)}
    assert said.on_behalf_of == a.DIA


def test_an_answer_that_settled_nothing_yet_can_be_taken_back_too() -> None:
    request = a.a_request(ruling=replace(HELD, stages=(a.a_stage(quorum=2),)), reviews=[a.approval(a.BO)])

    assert can_be(request)
    after = advance(request, a.an_undoing(), a.NOON + MINUTE).request
    assert not can_be(after)
    assert advance(after, a.approval(a.CHEN), a.NOON + MINUTE).request.settled is None


def test_each_of_those_who_settled_it_can_take_theirs_back() -> None:
    request = a.a_request(ruling=replace(HELD, stages=(a.a_stage(quorum=2),)), reviews=[a.approval(a.BO)])
    request = advance(request, a.approval(a.CHEN), a.NOON).request

    after = advance(request, a.an_undoing(a.BO), a.NOON + MINUTE).request

    assert after.settled is None
    assert [review.by.name for review in counted(after, 0)] == ["chen"]


def test_what_an_answer_had_taken_the_place_of_does_not_come_back_with_it() -> None:
    """Else taking something back could settle it: bo's yes and chen's would be two."""
    ruling = replace(HELD, stages=(a.a_stage(quorum=2, reject_quorum=2),))
    request = a.a_request(ruling=ruling, reviews=[a.approval(a.BO), a.rejection(a.BO), a.approval(a.CHEN)])

    after = advance(request, a.an_undoing(a.BO), a.NOON + MINUTE).request

    assert after.settled is None
    assert [review.by.name for review in counted(after, 0)] == ["chen"]
    assert counted(after, 0, Verdict.REJECT) == ()


def test_in_a_chain_only_the_stage_that_waits_can_be_taken_back() -> None:
    chain = replace(HELD, stages=(a.a_stage("qa", 1, [a.BO]), a.a_stage("release", 1, [a.DIA])))
    second = advance(a.a_request(ruling=chain), a.approval(a.BO), a.NOON).request

    assert (second.stage, second.settled) == (1, None)
    assert refused(second, a.an_undoing(a.BO)) is Refusal.STALE
    assert refused(second, a.an_undoing(a.BO, stage=1)) is Refusal.NOT_ELIGIBLE
    whole = advance(second, a.approval(a.DIA, stage=1), a.NOON).request
    assert whole.settled is not None
    assert advance(whole, a.an_undoing(a.DIA, stage=1), a.NOON + MINUTE).request.stage == 1


def test_a_yes_that_is_held_can_be_rejected_and_that_is_held_in_turn() -> None:
    after = advance(settled(), a.rejection(a.DIA), a.NOON + MINUTE).request

    assert after.state is State.PENDING
    assert after.settled is not None
    assert (after.settled.is_yes, after.settled.release_at) == (False, a.NOON + MINUTE + WINDOW)
    assert advance(after, a.a_release(), a.NOON + MINUTE + WINDOW).request.state is State.REJECTED


def test_a_yes_that_was_held_until_somebody_said_no_is_held_again_when_they_take_that_back() -> None:
    """Else every approval it needs would be there, and it would wait for one more."""
    rejected = advance(settled(), a.rejection(a.DIA), a.NOON + MINUTE).request

    outcome = advance(rejected, a.an_undoing(a.DIA), THEN + MINUTE - a.MICROSECOND)

    again = outcome.request.settled
    assert again is not None
    assert (again.is_yes, again.decision.by) == (True, a.an_actor(a.BO))
    assert again.release_at == THEN + MINUTE - a.MICROSECOND + WINDOW
    (said,) = {effect.said for effect in outcome.effects if isinstance(effect, TellThread)}
    assert said.release_at == again.release_at
    released = advance(outcome.request, a.a_release(), again.release_at).request
    assert released.state is State.APPROVED
    assert released.decision is not None
    assert released.decision.by == a.an_actor(a.BO)


def test_a_no_that_is_not_enough_leaves_a_held_yes_as_it_was() -> None:
    request = settled(stages=(a.a_stage(reject_quorum=2),))

    after = advance(request, a.rejection(a.DIA), a.NOON + MINUTE).request

    assert after.settled == request.settled
    assert advance(after, a.an_undoing(a.DIA), a.NOON + MINUTE).request.settled == request.settled
    own = advance(request, a.rejection(a.BO), a.NOON + MINUTE).request
    assert own.settled is None
    assert advance(own, a.approval(a.CHEN), a.NOON + MINUTE).request.settled is not None


def test_a_yes_that_a_no_overtook_is_held_anew_for_a_whole_window_when_that_is_taken_back() -> None:
    request = settled(a.approval(a.BO, reason="looks fine", condition="max 10 %"))
    refuted = advance(request, a.rejection(a.CHEN), a.NOON + MINUTE).request

    outcome = advance(refuted, a.an_undoing(a.CHEN), a.NOON + 2 * MINUTE)

    after, then = outcome.request, a.NOON + 2 * MINUTE + WINDOW
    assert after.settled is not None
    assert request.settled is not None
    assert (after.settled.decision, after.settled.release_at) == (request.settled.decision, then)
    assert outcome.happened[0].detail == {
        "verdict": "reject",
        "stage": 0,
        "counted": 0,
        "release_at": "2026-03-04T12:04:00.000000Z",
    }
    said = Said(note=Note.WITHDRAWN, by=a.an_actor(a.CHEN), verdict=Verdict.REJECT, release_at=then)
    assert outcome.effects[-1] == TellThread(request=a.ID, channel="#approvals", said=said)
    assert refused(after, a.a_release(), then - a.MICROSECOND) is Refusal.TOO_EARLY
    decided = advance(after, a.a_release(), then).request
    assert decided.state is State.APPROVED
    assert decided.decision is not None
    assert (decided.decision.by, decided.decision.conditions) == (a.an_actor(a.BO), ("max 10 %",))


def test_what_is_held_anew_never_reaches_beyond_the_deadline_and_can_be_taken_back_too() -> None:
    late = a.NOON + a.HOUR - MINUTE
    request = advance(a.a_request(ruling=HELD), a.approval(a.BO), late).request
    request = advance(request, a.rejection(a.CHEN), late).request

    after = advance(request, a.an_undoing(a.CHEN), late).request

    assert next_due(after) == Due(a.NOON + a.HOUR, Next.RELEASES)
    undone = advance(after, a.an_undoing(a.BO), late).request
    assert (undone.settled, counted(undone, 0)) == (None, ())


def test_a_yes_that_its_own_giver_took_back_is_not_held_anew_nor_one_of_too_few() -> None:
    own = advance(settled(), a.rejection(a.BO), a.NOON).request
    assert advance(own, a.an_undoing(a.BO), a.NOON).request.settled is None

    two = a.a_request(ruling=replace(HELD, stages=(a.a_stage(quorum=2),)), reviews=[a.approval(a.BO)])
    refuted = advance(two, a.rejection(a.DIA), a.NOON).request
    assert advance(refuted, a.an_undoing(a.DIA), a.NOON).request.settled is None


def test_in_a_chain_only_the_last_stage_holds_anew() -> None:
    chain = replace(HELD, stages=(a.a_stage("qa", 1, [a.BO]), a.a_stage("release", 1, [a.DIA, a.CHEN])))
    second = advance(a.a_request(ruling=chain), a.approval(a.BO), a.NOON).request

    refuted = advance(second, a.rejection(a.DIA, stage=1), a.NOON).request
    assert advance(refuted, a.an_undoing(a.DIA, stage=1), a.NOON).request.settled is None
    whole = advance(second, a.approval(a.CHEN, stage=1), a.NOON).request
    refuted = advance(whole, a.rejection(a.DIA, stage=1), a.NOON + MINUTE).request
    after = advance(refuted, a.an_undoing(a.DIA, stage=1), a.NOON + MINUTE).request
    assert after.settled is not None
    assert after.settled.is_yes


def test_enough_approvals_are_never_made_a_rejection_by_a_no_that_is_not_enough() -> None:
    request = settled(stages=(a.a_stage(reject_quorum=2),))
    for event in (a.rejection(a.CHEN), a.rejection(a.DIA), a.an_undoing(a.CHEN), a.an_undoing(a.DIA)):
        request = advance(request, event, a.NOON + MINUTE).request
    assert request.settled is not None

    after = advance(request, a.rejection(a.EVE), a.NOON + MINUTE).request

    assert after.settled == request.settled
    assert request.settled.is_yes
    assert advance(after, a.a_release(), a.NOON + MINUTE + WINDOW).request.state is State.APPROVED


def test_taking_back_a_yes_leaves_a_held_no_as_it_was() -> None:
    request = a.a_request(ruling=replace(HELD, stages=(a.a_stage(quorum=2),)), reviews=[a.approval(a.CHEN)])
    request = advance(request, a.rejection(a.BO), a.NOON).request

    assert advance(request, a.an_undoing(a.CHEN), a.NOON + MINUTE).request.settled == request.settled


ELSE = {
    "an approval": a.approval(a.CHEN),
    "a question": a.a_question(),
    "an escalation": a.an_escalation(),
    "a reminder": a.a_reminder(),
    "a desertion": a.a_desertion(),
    "the deadline": a.a_timeout(),
}


@pytest.mark.parametrize("name", ELSE)
@pytest.mark.parametrize("answer", [a.approval(a.BO), a.rejection(a.BO)], ids=["yes", "no"])
def test_nobody_is_asked_any_more_while_it_is_held(name: str, answer: Event) -> None:
    request = settled(answer, stages=(a.a_stage("qa", 1, [a.BO, a.CHEN], remind_after=MINUTE, escalate=(a.a_step(),)),))

    assert refused(request, ELSE[name]) is Refusal.SETTLED
    assert not desertion.can_be(request)
    assert not may_review(request, a.an_actor(a.CHEN), a.NOON)


@pytest.mark.parametrize("event", [a.rejection(a.DIA), a.an_emergency()], ids=["another no", "an emergency"])
def test_a_no_that_is_held_is_overtaken_by_nobody(event: Event) -> None:
    assert refused(settled(a.rejection(a.BO)), event) is Refusal.SETTLED


@pytest.mark.parametrize(
    ("event", "state"),
    [
        (a.a_cancellation(), State.CANCELLED),
        (a.a_supersession(), State.SUPERSEDED),
        (a.an_emergency(), State.APPROVED),
        (a.a_revision(), State.PENDING),
    ],
)
def test_what_overtakes_it_ends_the_window(event: Event, state: State) -> None:
    after = advance(settled(), event, a.NOON + MINUTE).request

    assert (after.state, after.settled) == (state, None)
    assert next_due(after) != Due(THEN, Next.RELEASES)


def test_a_yes_is_not_released_into_a_freeze_that_began_since() -> None:
    outcome = advance(settled(), a.a_release(a.a_freeze()), THEN)

    assert outcome.request.state is State.EXPIRED
    decision = outcome.request.decision
    assert decision is not None
    assert (decision.verdict, decision.freezes) == (None, (a.a_freeze(),))
    assert decision.reason == (
        "it was approved, but the change freeze “year end”, until 2026-03-06 12:00 UTC, began before that was released"
    )
    assert outcome.happened[0].event == "request.expired"
    assert CallBack(request=a.ID) in outcome.effects


def test_a_freeze_that_only_asks_and_a_no_in_any_freeze_let_it_be_released() -> None:
    assert advance(settled(), a.a_release(a.a_freeze(Freezing.ASK)), THEN).request.state is State.APPROVED
    no = settled(a.rejection(a.BO))
    assert advance(no, a.a_release(a.a_freeze()), THEN).request.state is State.REJECTED


def test_a_rejection_while_a_question_is_open_is_held_and_taken_back_into_the_question() -> None:
    request = a.a_request(ruling=HELD, state=State.NEEDS_INFO)
    held = advance(request, a.rejection(a.BO), a.NOON).request

    assert (held.state, held.pause) == (State.NEEDS_INFO, request.pause)
    assert refused(held, a.an_answer()) is Refusal.SETTLED
    undone = advance(held, a.an_undoing(a.BO), a.NOON + MINUTE).request
    assert (undone.state, undone.settled) == (State.NEEDS_INFO, None)
    assert advance(undone, a.an_answer(), a.NOON + MINUTE).request.state is State.PENDING
    released = advance(held, a.a_release(), THEN).request
    assert (released.state, released.pause) == (State.REJECTED, None)


def test_what_a_rule_silence_or_an_emergency_decides_is_never_held() -> None:
    request = a.a_request(ruling=HELD)

    assert advance(request, a.an_emergency(), a.NOON).request.state is State.APPROVED
    assert advance(request, a.a_timeout(), a.NOON + a.HOUR).request.state is State.EXPIRED


def test_who_has_no_answer_that_counts_is_called_again() -> None:
    """Neither the no that was taken back nor the yes that it had replaced is an answer."""
    stage = a.a_stage("qa", 2, [a.BO, a.CHEN], reject_quorum=2, mention=(a.BO, a.CHEN))
    request = a.a_request(ruling=replace(HELD, stages=(stage,)))
    for event in (a.approval(a.BO), a.rejection(a.BO)):
        request = advance(request, event, a.NOON).request
        assert (silent(request), standing(request)) == ((a.CHEN,), request.reviews[-1:])

    request = advance(request, a.an_undoing(a.BO), a.NOON).request

    assert (silent(request), standing(request)) == ((a.BO, a.CHEN), ())


def test_nobody_could_answer_in_anothers_name_while_it_is_held() -> None:
    request = a.a_request(ruling=replace(HELD, stages=(a.a_stage("qa", 1, [a.BO, a.DIA]),)))
    mandates = (a.a_mandate(a.DIA, a.GUS),)
    assert may_stand_in(request, a.an_actor(a.GUS), mandates, a.NOON)

    request = advance(request, a.approval(a.BO), a.NOON).request

    assert not may_stand_in(request, a.an_actor(a.GUS), mandates, a.NOON)
