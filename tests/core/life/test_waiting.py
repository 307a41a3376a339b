"""What silence brings: reminders, escalations, each once, on a clock that a question stops."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.effects import Note, Said, ShowCard, TellThread
from bot.core.errors import Refusal, Refused
from bot.core.events import Event
from bot.core.life.lifecycle import advance, submit
from bot.core.life.waiting import Due, Next, brought, next_due
from bot.core.people.identity import Person, Standing
from bot.core.request import ApprovalRequest, State
from bot.core.ruling import EscalationStep, Stage, Verdict
from tests import factories as a
from tests.core.audit.log import Log

MINUTE = timedelta(minutes=1)
STEPS = (a.a_step(15, to=[a.DIA], channel="#incidents"), a.a_step(30, to=[a.DIA, a.EVE], channel="#approvals"))
QA = a.a_stage("qa", 2, [a.BO, a.CHEN], mention=(a.BO, a.CHEN), escalate=STEPS, remind_after=10 * MINUTE)
WAITING = a.a_request(ruling=a.a_ruling(stages=[QA, a.a_stage("release", 1, [a.GUS], mention=(a.GUS,))]))


def at(minutes: float) -> datetime:
    return a.NOON + minutes * MINUTE


def _refused(request: ApprovalRequest, event: Event, now: datetime) -> Refusal:
    with pytest.raises(Refused) as refused:
        advance(request, event, now)
    return refused.value.code


def _live(request: ApprovalRequest, until: float) -> list[tuple[float, Next]]:
    """Take every step that the clock brings, each at its moment, and return what came when."""
    seen: list[tuple[float, Next]] = []
    events = {Next.ENDS: a.a_timeout(), Next.ESCALATES: a.an_escalation(a.TIMER), Next.REMINDS: a.a_reminder()}
    while (due := next_due(request)) is not None and due.at <= at(until):
        seen.append(((due.at - a.NOON) / MINUTE, due.what))
        request = advance(request, events[due.what], due.at).request
    return seen


def test_silence_is_broken_ever_more_rarely_and_ends() -> None:
    assert _live(WAITING, 120) == [
        (10, Next.REMINDS),
        (15, Next.ESCALATES),
        (30, Next.ESCALATES),
        (30, Next.REMINDS),
        (60, Next.ENDS),
    ]


def test_what_was_slept_through_is_still_taken_in_order_and_of_reminders_only_one() -> None:
    request, taken = WAITING, list[Next]()
    while (due := next_due(request)) is not None and due.at <= at(31):
        event = a.an_escalation(a.TIMER) if due.what is Next.ESCALATES else a.a_reminder()
        request = advance(request, event, at(31)).request
        taken.append(due.what)

    assert taken == [Next.REMINDS, Next.ESCALATES, Next.ESCALATES]
    assert request.reminders == 2, "it stands for both"
    assert next_due(request) == Due(at(60), Next.ENDS)


@pytest.mark.parametrize("late", [0, 1, 600])
def test_whoever_slept_past_the_deadline_only_ends_it(late: float) -> None:
    assert brought(WAITING, at(60 + late)) is Next.ENDS

    assert advance(WAITING, a.a_timeout(), at(60 + late)).request.state is State.EXPIRED


def test_before_the_deadline_what_is_due_comes_in_its_order() -> None:
    assert [brought(WAITING, at(minute)) for minute in (9, 10, 20)] == [None, Next.REMINDS, Next.REMINDS]
    assert brought(a.a_request(state=State.APPROVED), at(90)) is None


def test_an_escalation_lets_more_people_answer_and_shows_the_card_in_one_more_channel() -> None:
    outcome = advance(WAITING, a.an_escalation(a.TIMER), at(15))

    said = Said(note=Note.ESCALATED, by=a.TIMER, calls=(a.DIA,))
    assert outcome.request == replace(
        WAITING, channels=("#approvals", "#incidents"), escalations=1, steps=1, called=(a.DIA,)
    )
    assert outcome.effects == (
        ShowCard(request=a.ID, channel="#approvals"),
        ShowCard(request=a.ID, channel="#incidents"),
        TellThread(request=a.ID, channel="#approvals", said=said),
        TellThread(request=a.ID, channel="#incidents", said=said),
    )
    (line,) = outcome.happened
    assert (line.event, line.detail["step"], line.detail["channel"]) == ("request.escalated", 1, "#incidents")
    assert advance(outcome.request, a.approval(a.DIA), at(16)).request.reviews[-1].by.name == "dia"


def test_nobody_is_added_twice_and_a_channel_only_once() -> None:
    once = advance(WAITING, a.an_escalation(a.TIMER), at(15)).request

    twice = advance(once, a.an_escalation(a.TIMER), at(30)).request

    assert (twice.called, twice.channels, twice.escalations) == ((a.DIA, a.EVE), ("#approvals", "#incidents"), 2)


SEEN = {"revision": 1, "stage": 0, "step": 0}
"""What the card of WAITING shows."""


def test_who_presses_the_same_card_means_the_same_people_so_the_second_calls_nobody() -> None:
    once = advance(WAITING, a.an_escalation(a.BO, **SEEN), a.NOON).request

    assert (once.steps, once.called) == (1, (a.DIA,))
    assert _refused(once, a.an_escalation(a.CHEN, **SEEN), a.NOON) is Refusal.STALE
    assert advance(once, a.an_escalation(a.CHEN, **SEEN | {"step": 1}), a.NOON).request.steps == 2


@pytest.mark.parametrize("old", [{"revision": 2}, {"stage": 1}, {"step": 1}])
def test_a_card_that_shows_something_else_escalates_nothing(old: dict[str, int]) -> None:
    assert _refused(WAITING, a.an_escalation(a.BO, **SEEN | old), a.NOON) is Refusal.STALE


def test_whoever_may_not_escalate_may_not_by_the_card_either() -> None:
    guest = replace(a.an_actor(a.BO), standing=Standing.GUEST)

    assert _refused(WAITING, a.an_escalation(a.ANA, **SEEN), a.NOON) is Refusal.FORBIDDEN
    assert _refused(WAITING, a.an_escalation(guest, **SEEN), a.NOON) is Refusal.NOT_ELIGIBLE


def test_where_everybody_was_called_a_card_that_says_so_still_escalates_nothing() -> None:
    twice = advance(advance(WAITING, a.an_escalation(), a.NOON).request, a.an_escalation(), a.NOON).request

    assert _refused(twice, a.an_escalation(a.BO, **SEEN | {"step": 2}), a.NOON) is Refusal.NOTHING_LEFT


def test_whom_an_escalation_called_is_under_the_same_bans() -> None:
    step = EscalationStep(after=MINUTE, to=(a.ANA,))
    request = a.a_request(ruling=a.a_ruling(stages=[a.a_stage(approvers=[a.BO], escalate=(step,))]))

    called = advance(request, a.an_escalation(a.TIMER), at(1)).request

    assert _refused(called, a.approval(a.ANA), at(2)) is Refusal.FORBIDDEN


def test_a_reminder_calls_those_who_are_silent_and_changes_nothing_else() -> None:
    request = advance(WAITING, a.approval(a.BO), at(1)).request

    outcome = advance(request, a.a_reminder(), at(10))

    said = Said(note=Note.REMINDED, by=a.TIMER, calls=(a.CHEN,))
    assert outcome.request == replace(request, reminders=1)
    assert outcome.effects == (TellThread(request=a.ID, channel="#approvals", said=said),)
    assert [(line.event, line.detail) for line in outcome.happened] == [
        ("request.reminded", {"stage": 0, "reminder": 1})
    ]


@pytest.mark.parametrize(
    ("event", "early"), [(a.an_escalation(a.TIMER), at(15)), (a.a_reminder(), at(10))], ids=["escalation", "reminder"]
)
def test_the_timer_is_never_early(event: Event, early: datetime) -> None:
    assert _refused(WAITING, event, early - a.MICROSECOND) is Refusal.TOO_EARLY
    assert advance(WAITING, event, early).request.state is State.PENDING


def test_a_person_need_not_wait_for_the_timer_but_has_to_be_a_member_who_may_answer() -> None:
    assert advance(WAITING, a.an_escalation(a.GUS), a.NOON).request.steps == 1
    assert _refused(WAITING, a.an_escalation(a.ANA), a.NOON) is Refusal.FORBIDDEN
    assert advance(WAITING, a.an_escalation(a.CI), a.NOON).request.steps == 1
    guest = a.an_actor(a.GUS, standing=Standing.GUEST)
    assert _refused(WAITING, a.an_escalation(guest), a.NOON) is Refusal.NOT_ELIGIBLE


def test_when_everybody_is_called_there_is_nobody_left_to_call() -> None:
    assert _refused(a.a_request(), a.an_escalation(), a.NOON) is Refusal.NOTHING_LEFT
    assert _refused(a.a_request(), a.a_reminder(), a.NOON) is Refusal.NOTHING_LEFT


def test_a_question_stops_the_stages_clock_and_an_answer_lets_it_run_on() -> None:
    asked = advance(WAITING, a.a_question(a.BO), at(4)).request
    assert next_due(asked) == Due(at(64), Next.ENDS)

    answered = advance(asked, a.an_answer(), at(24)).request

    assert answered.stage_spent == timedelta(minutes=4)
    assert _live(answered, 51) == [(30, Next.REMINDS), (35, Next.ESCALATES), (50, Next.ESCALATES), (50, Next.REMINDS)]


def test_the_next_stage_has_a_clock_of_its_own_and_calls_its_people() -> None:
    halfway = advance(advance(WAITING, a.an_escalation(a.TIMER), at(15)).request, a.approval(a.BO), at(16)).request

    outcome = advance(halfway, a.approval(a.DIA), at(20))

    after = outcome.request
    assert (after.stage, after.stage_since, after.steps, after.reminders, after.called) == (1, at(20), 0, 0, ())
    assert next_due(after) == Due(at(60), Next.ENDS)
    began = Said(note=Note.STAGE_BEGAN, by=a.an_actor(a.DIA), calls=(a.GUS,))
    assert outcome.effects[-2:] == tuple(
        TellThread(request=a.ID, channel=channel, said=began) for channel in ("#approvals", "#incidents")
    )
    assert _refused(after, a.approval(a.EVE, stage=1), at(21)) is Refusal.NOT_ELIGIBLE


def test_a_revision_starts_the_chain_and_its_clock_anew() -> None:
    climbed = advance(WAITING, a.an_escalation(a.TIMER), at(15)).request

    revised = advance(climbed, a.a_revision(ruling=WAITING.ruling), at(20)).request

    assert (revised.stage_since, revised.steps, revised.reminders, revised.called) == (at(20), 0, 0, ())


TWO_TO_REJECT = a.a_request(ruling=a.a_ruling(stages=[a.a_stage(quorum=2, reject_quorum=2)]))


def test_it_takes_as_many_rejections_as_the_stage_says() -> None:
    once = advance(TWO_TO_REJECT, a.rejection(a.BO), a.NOON)
    assert once.request.state is State.PENDING
    assert (once.happened[0].detail["counted"], once.happened[0].detail["quorum"]) == (1, 2)

    twice = advance(once.request, a.rejection(a.CHEN), a.NOON).request

    assert twice.state is State.REJECTED
    assert twice.decision is not None
    assert twice.decision.verdict is Verdict.REJECT


def test_the_same_no_is_not_counted_twice() -> None:
    once = advance(TWO_TO_REJECT, a.rejection(a.BO), a.NOON).request

    assert _refused(once, a.rejection(a.BO), a.NOON) is Refusal.ALREADY_REVIEWED


def test_people_may_change_their_mind_until_it_is_settled() -> None:
    no = advance(TWO_TO_REJECT, a.rejection(a.BO), a.NOON).request
    yes = advance(no, a.approval(a.BO), a.NOON).request
    assert advance(yes, a.rejection(a.CHEN), a.NOON).request.state is State.PENDING
    assert advance(yes, a.approval(a.CHEN), a.NOON).request.state is State.APPROVED

    back = advance(yes, a.rejection(a.BO), a.NOON).request
    assert advance(back, a.approval(a.CHEN), a.NOON).request.state is State.PENDING


def test_whoever_may_be_either_of_two_takes_both_their_answers_along() -> None:
    """One who shares a handle with each of two people could be either; then nobody is counted in their stead."""
    one = Person(key="x", email="x@acme.test")
    other = Person(key="y", slack_id="U0YYY0000")
    both = Person(key="z", email="x@acme.test", slack_id="U0YYY0000")
    request = a.a_request(ruling=a.a_ruling(stages=[a.a_stage(quorum=3, reject_quorum=2)]))
    outcomes = [submit(a.a_submission(ruling=request.ruling), a.NOON)]
    for event in (a.approval(one), a.approval(other), a.rejection(both), a.approval(a.BO), a.approval(a.CHEN)):
        outcomes.append(advance(outcomes[-1].request, event, a.NOON))

    assert outcomes[-1].request.state is State.PENDING
    assert Log().record(*outcomes).first_violation() is None


def test_a_rejection_short_of_its_number_leaves_an_open_question_open() -> None:
    asked = advance(TWO_TO_REJECT, a.a_question(a.BO), a.NOON).request

    assert advance(asked, a.rejection(a.CHEN), a.NOON).request.state is State.NEEDS_INFO


@pytest.mark.parametrize(
    "fields",
    [
        {"reject_quorum": 0},
        {"remind_after": timedelta()},
        {"escalate": (a.a_step(15), a.a_step(15))},
    ],
)
def test_a_stage_that_cannot_be_meant_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"stage|reminder|escalation"):
        a.a_stage(**fields)  # pyright: ignore[reportArgumentType] - any field by its name


def test_an_escalation_that_does_nothing_or_comes_at_once_is_refused() -> None:
    with pytest.raises(ValueError, match="calls somebody"):
        EscalationStep(after=MINUTE)
    with pytest.raises(ValueError, match="after some time"):
        EscalationStep(after=timedelta(), channel="#incidents")


def test_a_request_that_ended_has_nothing_due() -> None:
    assert next_due(a.a_request(state=State.APPROVED)) is None
    assert Stage(name="qa").escalate == ()


OFFICE = a.a_ruling(
    stages=[a.a_stage("qa", 1, [a.BO], remind_after=a.HOUR, escalate=(a.a_step(120),))],
    timeout=3 * a.HOUR,
    calendar=a.a_calendar(),
)
FRIDAY_AT_FIVE = datetime(2026, 3, 6, 17, tzinfo=UTC)
MONDAY = datetime(2026, 3, 9, tzinfo=UTC)


def test_outside_the_hours_of_its_calendar_no_clock_runs() -> None:
    asked = submit(a.a_submission(ruling=OFFICE), FRIDAY_AT_FIVE + a.HOUR / 2).request

    assert asked.deadline == MONDAY + 11.5 * a.HOUR
    assert next_due(asked) == Due(MONDAY + 9.5 * a.HOUR, Next.REMINDS)
    with pytest.raises(Refused, match="not due yet"):
        advance(asked, a.a_reminder(), MONDAY)


def test_a_question_stops_business_time_and_an_answer_at_night_begins_with_the_next_morning() -> None:
    asked = submit(a.a_submission(ruling=OFFICE), FRIDAY_AT_FIVE).request

    paused = advance(asked, a.a_question(), FRIDAY_AT_FIVE + a.HOUR / 2).request
    answered = advance(paused, a.an_answer(), MONDAY + 3 * a.HOUR).request

    assert paused.deadline == MONDAY + 11.5 * a.HOUR, "the pause ends after one more timeout of business time"
    assert answered.deadline == MONDAY + 11.5 * a.HOUR, "two hours and a half of three are left"
    assert next_due(answered) == Due(MONDAY + 9.5 * a.HOUR, Next.REMINDS)


def test_an_answer_that_comes_later_moves_what_is_left_of_business_time() -> None:
    asked = submit(a.a_submission(ruling=OFFICE), FRIDAY_AT_FIVE).request

    paused = advance(asked, a.a_question(), FRIDAY_AT_FIVE + a.HOUR / 2).request
    answered = advance(paused, a.an_answer(), MONDAY + 10 * a.HOUR).request
    again = advance(answered, a.a_question(), MONDAY + 10.5 * a.HOUR).request

    assert answered.deadline == MONDAY + 12.5 * a.HOUR
    assert again.pause is not None
    assert (again.pause.spent, again.pause.remaining) == (a.HOUR, 2 * a.HOUR)


def test_a_wish_of_the_caller_counts_day_and_night_while_steps_keep_business_hours() -> None:
    wished = replace(OFFICE, timeout=2 * a.HOUR, is_wished=True)

    asked = submit(a.a_submission(ruling=wished), FRIDAY_AT_FIVE).request
    paused = advance(asked, a.a_question(), FRIDAY_AT_FIVE + a.HOUR / 2).request

    assert asked.deadline == FRIDAY_AT_FIVE + 2 * a.HOUR
    assert next_due(asked) == Due(FRIDAY_AT_FIVE + a.HOUR, Next.REMINDS)
    assert paused.pause is not None
    assert (paused.pause.remaining, paused.deadline) == (1.5 * a.HOUR, FRIDAY_AT_FIVE + 2.5 * a.HOUR)


def test_a_later_stage_counts_its_own_business_time() -> None:
    chain = replace(OFFICE, stages=(a.a_stage("qa"), *OFFICE.stages))

    asked = submit(a.a_submission(ruling=chain), FRIDAY_AT_FIVE).request
    later = advance(asked, a.approval(by=a.CHEN), FRIDAY_AT_FIVE + 0.75 * a.HOUR).request

    assert next_due(later) == Due(MONDAY + 9.75 * a.HOUR, Next.REMINDS)
