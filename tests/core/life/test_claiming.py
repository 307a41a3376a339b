"""Somebody is looking: reminders are quiet for a while; nothing else waits for them, and nobody is bound."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.business_time import opens
from bot.core.effects import Note, Said, SendDigest, ShowCard, TellThread
from bot.core.errors import Refusal, Refused
from bot.core.life import claiming, quorum
from bot.core.life.lifecycle import advance, submit
from bot.core.life.waiting import Due, Next, next_due
from bot.core.people.identity import Actor, Person, Standing
from bot.core.request import ApprovalRequest, Claim, State
from bot.core.ruling import CLAIM_FOR, Forbidden, Verdict
from tests import factories as a

MINUTE = timedelta(minutes=1)
QA = a.a_stage("qa", 2, [a.BO, a.CHEN], mention=(a.BO, a.CHEN), escalate=(a.a_step(30),), remind_after=10 * MINUTE)
RULE = a.a_ruling(stages=[QA, a.a_stage("release", 1, [a.GUS])], timeout=2 * a.HOUR)
WAITING = a.a_request(ruling=RULE)


def at(minutes: float) -> datetime:
    return a.NOON + minutes * MINUTE


def claimed(request: ApprovalRequest = WAITING, by: Person | Actor = a.BO, minute: float = 5) -> ApprovalRequest:
    return advance(request, a.a_claim(by), at(minute)).request


def _refused(request: ApprovalRequest, by: Person | Actor, **fields: object) -> Refused:
    with pytest.raises(Refused) as refused:
        advance(request, a.a_claim(by, **fields), at(5))
    return refused.value


def test_whoever_looks_keeps_reminders_quiet_for_a_while_and_changes_nothing_else() -> None:
    outcome = advance(WAITING, a.a_claim(), at(5))

    claim = Claim(by=a.an_actor(a.BO), until=at(20))
    assert outcome.request == replace(WAITING, claim=claim)
    assert next_due(outcome.request) == Due(at(20), Next.REMINDS)
    (line,) = outcome.happened
    assert (line.event, line.state, line.detail) == (
        "request.claimed",
        State.PENDING,
        {"stage": 0, "until": "2026-03-04T12:20:00.000000Z"},
    )
    assert outcome.effects == (
        ShowCard(request=a.ID, channel="#approvals"),
        TellThread(request=a.ID, channel="#approvals", said=Said(note=Note.CLAIMED, by=a.an_actor(a.BO))),
    )


def test_no_reminder_is_sent_while_somebody_looks_and_one_afterwards() -> None:
    looking = claimed()
    with pytest.raises(Refused, match="not due yet"):
        advance(looking, a.a_reminder(), at(20) - a.MICROSECOND)

    outcome = advance(looking, a.a_reminder(), at(20))

    assert outcome.request == replace(WAITING, reminders=1)
    said = Said(note=Note.REMINDED, by=a.TIMER, calls=(a.BO, a.CHEN))
    assert outcome.effects == (
        ShowCard(request=a.ID, channel="#approvals"),
        TellThread(request=a.ID, channel="#approvals", said=said),
    )


def test_a_reminder_that_is_due_later_than_the_look_comes_when_it_is_due() -> None:
    assert next_due(claimed(replace(WAITING, reminders=1))) == Due(at(30), Next.ESCALATES)
    assert next_due(claimed(replace(WAITING, reminders=1, steps=1))) == Due(at(30), Next.REMINDS)


def test_what_a_look_held_back_comes_as_one_reminder() -> None:
    looking = claimed(claimed(claimed(minute=9), minute=23), minute=37)

    reminded = advance(replace(looking, steps=1), a.a_reminder(), at(70)).request

    assert (reminded.reminders, reminded.claim) == (3, None)
    assert advance(replace(looking, steps=1), a.a_reminder(), at(70) - a.MICROSECOND).request.reminders == 2


@pytest.mark.parametrize("claims", [0, 1, 30])
def test_escalations_and_the_end_come_as_if_nobody_looked(claims: int) -> None:
    request = WAITING
    for minute in range(claims):
        request = claimed(request, (a.BO, a.CHEN)[minute % 2], minute)

    escalated = advance(request, a.an_escalation(a.TIMER), at(30)).request

    assert request.deadline == WAITING.deadline
    assert next_due(escalated) == Due(max(at(10), at(claims + 14) if claims else at(10)), Next.REMINDS)
    assert escalated.claim == request.claim, "who is looking goes on"
    assert advance(request, a.a_timeout(), at(120)).request.state is State.EXPIRED


def test_saying_it_again_prolongs_it_and_the_thread_is_told_once() -> None:
    outcome = advance(claimed(), a.a_claim(), at(12))

    assert outcome.request.claim == Claim(by=a.an_actor(a.BO), until=at(27))
    assert outcome.effects == (ShowCard(request=a.ID, channel="#approvals"),)
    assert len(advance(claimed(), a.a_claim(), at(20)).effects) == 2, "that one was over, so this is a new one"


def test_another_approver_takes_it_over() -> None:
    outcome = advance(claimed(), a.a_claim(a.CHEN), at(6))

    assert outcome.request.claim == Claim(by=a.an_actor(a.CHEN), until=at(21))
    assert len(outcome.effects) == 2


def test_the_rule_says_for_how_long_and_so_do_its_hours() -> None:
    five = datetime(2026, 3, 6, 17, 50, tzinfo=UTC)
    ruling = replace(RULE, claim_for=30 * MINUTE, calendar=a.a_calendar())
    asked = submit(a.a_submission(ruling=ruling), five).request

    claim = advance(asked, a.a_claim(), five).request.claim

    assert claim == Claim(by=a.an_actor(a.BO), until=datetime(2026, 3, 9, 9, 20, tzinfo=UTC))
    assert timedelta(minutes=15) == CLAIM_FOR


def test_what_a_look_and_a_question_held_back_comes_with_the_first_open_hour() -> None:
    """The look was over by day, the question is answered at ten in the evening."""
    calendar = a.a_calendar()
    looked_at = claimed(a.a_request(ruling=replace(RULE, calendar=calendar, timeout=20 * a.HOUR)))
    night = a.NOON + 10 * a.HOUR

    answered = advance(advance(looked_at, a.a_question(), at(15)).request, a.an_answer(), night).request

    due = next_due(answered)
    assert due is not None
    assert (due.at, due.what) == (opens(night, calendar), Next.REMINDS)
    assert due.at > night
    with pytest.raises(Refused):
        advance(answered, a.a_reminder(), night)
    assert advance(answered, a.a_reminder(), due.at).request.reminders == 1


def test_it_counts_for_nothing_and_others_may_answer_meanwhile() -> None:
    looking = claimed()
    assert not quorum.counted(looking, 0)

    after = advance(looking, a.approval(a.CHEN), at(6)).request

    assert after.claim == looking.claim
    assert advance(after, a.approval(a.BO), at(7)).request.stage == 1


@pytest.mark.parametrize("verdict", Verdict)
def test_whoever_answers_looks_no_longer(verdict: Verdict) -> None:
    rule = a.a_ruling(stages=[replace(QA, reject_quorum=2)])

    after = advance(claimed(a.a_request(ruling=rule)), a.approval(verdict=verdict, reason="It is red."), at(6)).request

    assert (after.state, after.claim) == (State.PENDING, None)
    assert next_due(after) == Due(at(10), Next.REMINDS)


def test_it_ends_with_its_stage_its_revision_and_any_end() -> None:
    looking = claimed(claimed(), a.CHEN, 6)
    half = advance(looking, a.approval(a.BO), at(7)).request

    assert half.claim == looking.claim
    assert advance(replace(half, claim=claimed().claim), a.approval(a.CHEN), at(8)).request.claim is None
    assert advance(looking, a.a_revision(ruling=RULE), at(8)).request.claim is None
    for event in (a.a_cancellation(), a.a_supersession()):
        assert advance(looking, event, at(8)).request.claim is None


def test_it_ends_when_people_have_settled_it_and_does_not_come_back_when_they_undo_that() -> None:
    rule = a.a_ruling(stages=[replace(QA, quorum=1)], undo_within=2 * MINUTE)
    settled = advance(claimed(a.a_request(ruling=rule)), a.approval(a.CHEN), at(6)).request

    assert (settled.state, settled.claim) == (State.PENDING, None)
    assert _refused(settled, a.BO).code is Refusal.SETTLED
    assert advance(settled, a.an_undoing(a.CHEN), at(7)).request.claim is None


def test_a_question_leaves_it_and_only_then_nobody_can_look() -> None:
    asked = advance(claimed(), a.a_question(a.CHEN), at(6)).request

    assert _refused(asked, a.BO).code is Refusal.NOT_OPEN
    assert advance(asked, a.an_answer(), at(8)).request.claim == claimed().claim


def test_in_quiet_hours_the_reminder_after_it_waits_as_any_other() -> None:
    quiet = a.a_calendar()
    looking = claimed(a.a_request(ruling=replace(RULE, quiet=quiet)))

    effects = advance(looking, a.a_reminder(), at(20)).effects

    assert [effect for effect in effects if isinstance(effect, SendDigest)]


@pytest.mark.parametrize(
    ("by", "code"),
    [
        (a.DIA, Refusal.NOT_ELIGIBLE),
        (a.ANA, Refusal.FORBIDDEN),
        *((a.an_actor(a.BO, standing=one), Refusal.NOT_ELIGIBLE) for one in Standing if one is not Standing.MEMBER),
    ],
)
def test_whoever_could_not_approve_cannot_look(by: Person | Actor, code: Refusal) -> None:
    rule = a.a_ruling(stages=[a.a_stage("qa", 1, [a.BO, a.ANA])], forbid=[Forbidden.REQUESTER])

    refused = _refused(a.a_request(ruling=rule), by)

    assert refused.code is code


def test_a_stale_card_and_a_settled_stage_are_told_so() -> None:
    assert _refused(WAITING, a.BO, revision=2).code is Refusal.STALE
    assert _refused(WAITING, a.BO, stage=1).code is Refusal.STALE


@pytest.mark.parametrize("verdict", Verdict)
def test_whoever_has_answered_waits_for_others(verdict: Verdict) -> None:
    rule = a.a_ruling(stages=[replace(QA, reject_quorum=2)])
    answered = a.a_request(ruling=rule, reviews=[a.approval(verdict=verdict, reason="It is red.")])

    assert _refused(answered, a.BO).code is Refusal.ALREADY_REVIEWED


def test_a_stand_in_cannot_look_in_anothers_name() -> None:
    """Who has no right of their own may answer for another; that they look says nothing about whoever is asked."""
    assert "aren't an approver" in _refused(WAITING, a.EVE).sentence


def test_a_machine_that_is_said_to_look_is_nobody() -> None:
    by_machine = replace(WAITING, claim=Claim(by=a.CI, until=at(20)))

    assert claiming.after_answer(by_machine, a.BO) == by_machine.claim


def test_whoever_looks_at_the_one_with_the_card_changes_no_group() -> None:
    leader = a.a_request(ruling=replace(RULE, group_within=a.HOUR))
    follower = replace(leader, id=a.OTHER_ID, number=2, leader=a.ID)

    with_card = advance(follower, a.a_claim(card=a.ID), at(5))
    by_number = advance(follower, a.a_claim(), at(5))

    assert not advance(leader, a.a_claim(card=a.ID), at(5)).parts
    assert not advance(leader, a.a_claim(), at(5)).parts
    assert (with_card.request.leader, with_card.effects) == (a.ID, (ShowCard(request=a.ID, channel="#approvals"),))
    assert by_number.request.leader is None, "a card of its own says so"
