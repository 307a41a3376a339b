"""Every event in every state: what has no road is refused and changes nothing; what has one stays on it."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest

from bot.core.errors import Refusal, Refused
from bot.core.events import DeadlinePassed, Event, GlassChased, Reviewed, Submitted
from bot.core.life import transitions
from bot.core.life.lifecycle import BIRTH, MAP, advance, describe_ending, submit
from bot.core.life.outcome import Outcome
from bot.core.request import ApprovalRequest, State
from bot.core.ruling import Handling, OnTimeout
from tests import factories as a

PLENTY = a.a_ruling(
    stages=[a.a_stage(quorum=2, approvers=[a.BO, a.CHEN], escalate=(a.a_step(),), remind_after=a.MICROSECOND)],
    break_glass=a.a_break_glass(),
    on_timeout=OnTimeout.REJECT,
    timeout=a.HOUR,
)
EVENTS: tuple[Event, ...] = (
    a.approval(),
    a.rejection(),
    a.a_timeout(),
    a.an_escalation(),
    a.a_desertion(),
    a.a_reminder(),
    a.a_claim(),
    a.a_question(),
    a.an_answer(),
    a.a_cancellation(),
    a.a_supersession(),
    a.a_revision(),
    a.an_emergency(),
    a.a_chase(),
    a.a_glass_review(),
)
LEGAL = {
    State.PENDING: {
        "approve": {State.PENDING},
        "reject": {State.REJECTED},
        "DeadlinePassed": {State.REJECTED},
        "Escalated": {State.PENDING},
        "Deserted": {State.PENDING},
        "Reminded": {State.PENDING},
        "Claimed": {State.PENDING},
        "InfoRequested": {State.NEEDS_INFO},
        "Cancelled": {State.CANCELLED},
        "Superseded": {State.SUPERSEDED},
        "Revised": {State.PENDING},
        "GlassBroken": {State.APPROVED},
    },
    State.NEEDS_INFO: {
        "reject": {State.REJECTED},
        "DeadlinePassed": {State.REJECTED},
        "InfoProvided": {State.PENDING},
        "Cancelled": {State.CANCELLED},
        "Superseded": {State.SUPERSEDED},
        "Revised": {State.PENDING},
        "GlassBroken": {State.APPROVED},
    },
    State.APPROVED: {"GlassChased": {State.APPROVED}, "GlassReviewed": {State.APPROVED}},
}
"""What may happen, written down a second time by hand."""

LATE: Mapping[type[Event], timedelta] = {DeadlinePassed: a.HOUR, GlassChased: 24 * a.HOUR}
"""When the clock brings what it brings."""


def _name(event: Event) -> str:
    return event.verdict.value if isinstance(event, Reviewed) else type(event).__name__


@pytest.mark.parametrize("event", EVENTS, ids=_name)
@pytest.mark.parametrize("state", State)
def test_an_event_is_refused_or_leads_where_it_should(state: State, event: Event) -> None:
    request = a.a_broken_glass(ruling=PLENTY) if state is State.APPROVED else a.a_request(ruling=PLENTY, state=state)
    before = deepcopy(request)
    now = a.NOON + LATE.get(type(event), a.MICROSECOND)
    allowed = LEGAL.get(state, {}).get(_name(event))

    if allowed is None:
        with pytest.raises(Refused) as refused:
            advance(request, event, now)
        assert refused.value.code in {Refusal.NOT_OPEN, Refusal.WAITING_FOR_INFO}
        assert refused.value.sentence.endswith(".")
    else:
        outcome = advance(request, event, now)
        assert {outcome.request.state} == allowed
        assert outcome.happened
        assert outcome.request.state in MAP[state][type(event)]
    assert request == before


def test_the_map_knows_every_state_and_only_events_that_exist() -> None:
    assert set(MAP) == set(State)
    assert {event for roads in MAP.values() for event in roads} == set(get_args(Event))


def test_a_final_state_has_no_road_out() -> None:
    out = {state: {after for afters in MAP[state].values() for after in afters} - {state} for state in State}

    assert [state for state in State if not state.is_open] == [state for state in State if not out[state]]


@pytest.mark.parametrize("event", [a.a_chase(), a.a_glass_review()], ids=_name)
def test_what_happens_after_an_approval_leaves_it_as_it_was_decided(event: Event) -> None:
    request = a.a_broken_glass()

    after = advance(request, event, a.NOON + 30 * a.HOUR).request

    assert replace(after, chases=0, glass_review=None) == request
    assert after != request


@pytest.mark.parametrize(
    ("state", "event", "sentence"),
    [
        (State.NEEDS_INFO, a.a_question(), "A question is open already"),
        (State.PENDING, a.an_answer(), "Nothing has been asked"),
        (State.PENDING, a.a_glass_review(), "Nobody broke the glass"),
        (State.NEEDS_INFO, a.a_claim(), "nobody is reminded until it is answered"),
        (State.NEEDS_INFO, a.a_reminder(), "while the request is needs_info"),
    ],
)
def test_what_cannot_be_done_now_is_said_in_words(state: State, event: Event, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        advance(a.a_request(state=state), event, a.NOON)


@pytest.mark.parametrize(
    ("handling", "state"),
    [
        (Handling.REQUIRE_APPROVAL, State.PENDING),
        (Handling.AUTO_APPROVE, State.APPROVED),
        (Handling.AUTO_REJECT, State.REJECTED),
    ],
)
def test_a_request_is_born_as_its_rule_says(handling: Handling, state: State) -> None:
    outcome = submit(a.a_submission(ruling=a.a_ruling(handling=handling)), a.NOON)

    assert outcome.request.state is state
    assert state in BIRTH


def test_a_new_request_holds_what_was_asked() -> None:
    asked: Submitted = a.a_submission(number=7)

    request = submit(asked, a.NOON).request

    assert request == a.a_request(number=7)
    assert request.deadline == a.NOON + a.HOUR
    assert request.revision == 1
    assert request.created_at == a.NOON


OPEN = [a.a_request(ruling=PLENTY), a.a_request(ruling=PLENTY, state=State.NEEDS_INFO)]
CLAIMS = [event for event in EVENTS if not isinstance(event, DeadlinePassed)]


@pytest.mark.parametrize("request_", OPEN, ids=lambda request: request.state.value)
@pytest.mark.parametrize("event", CLAIMS, ids=_name)
@pytest.mark.parametrize("late", [0, 1, 10**9], ids="{}us late".format)
def test_nothing_but_the_end_happens_at_or_after_the_deadline(
    request_: ApprovalRequest, event: Event, late: int
) -> None:
    deadline = request_.deadline
    assert deadline is not None

    with pytest.raises(Refused) as refused:
        advance(request_, event, deadline + late * a.MICROSECOND)

    no_road = type(event) not in MAP[request_.state] or refused.value.code is Refusal.WAITING_FOR_INFO
    assert refused.value.code is Refusal.TOO_LATE or no_road


def test_a_microsecond_before_the_deadline_an_answer_counts() -> None:
    outcome = advance(a.a_request(), a.approval(), a.NOON + a.HOUR - a.MICROSECOND)

    assert outcome.request.state is State.APPROVED


def test_the_end_does_not_come_before_the_deadline() -> None:
    with pytest.raises(Refused) as refused:
        advance(a.a_request(), a.a_timeout(), a.NOON + a.HOUR - a.MICROSECOND)

    assert refused.value.code is Refusal.TOO_EARLY


def test_a_clock_that_jumps_back_revives_nothing() -> None:
    expired = advance(a.a_request(), a.a_timeout(), a.NOON + a.HOUR).request

    with pytest.raises(Refused) as refused:
        advance(expired, a.approval(), a.NOON)

    assert refused.value.code is Refusal.NOT_OPEN


def test_an_open_request_without_a_deadline_waits() -> None:
    outcome = advance(a.a_request(deadline=None), a.approval(), a.NOON + 1000 * a.HOUR)

    assert outcome.request.state is State.APPROVED


@pytest.mark.parametrize(
    ("ended", "words"),
    [
        (advance(a.a_request(number=12), a.a_timeout(), a.NOON + a.HOUR), "expired (nobody answered in time)"),
        (
            submit(
                a.a_submission(number=12, ruling=a.a_ruling(rule="small ones", handling=Handling.AUTO_APPROVE)), a.NOON
            ),
            "approved by the rule “small ones”",
        ),
    ],
    ids=["the clock", "a rule"],
)
def test_whoever_comes_late_reads_what_ended_it_in_words(ended: Outcome, words: str) -> None:
    with pytest.raises(Refused) as refused:
        advance(ended.request, a.approval(), a.NOON + a.HOUR)

    assert refused.value.sentence == f"Request #12 is no longer open: {words}."


def test_whoever_comes_late_is_told_how_it_ended_and_by_whom() -> None:
    ended = advance(a.a_request(number=12), a.rejection(by=a.CHEN), a.NOON).request

    with pytest.raises(Refused, match=r"^Request #12 is no longer open: rejected by chen\.$"):
        advance(ended, a.approval(), a.NOON)


def test_an_ending_that_names_nobody_can_be_told_too() -> None:
    assert describe_ending(a.a_request(state=State.CANCELLED, decision=None)).endswith("cancelled by nobody.")


def test_a_yes_waits_for_the_answer() -> None:
    with pytest.raises(Refused, match="asked something first") as refused:
        advance(a.a_request(state=State.NEEDS_INFO), a.approval(), a.NOON)

    assert refused.value.code is Refusal.WAITING_FOR_INFO


def test_an_outcome_that_leaves_the_map_is_a_defect_and_never_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = advance(a.a_request(), a.a_cancellation(), a.NOON)

    def astray(*_: object) -> Outcome:
        return ended

    monkeypatch.setattr(transitions, "superseded", astray)

    with pytest.raises(AssertionError, match="no road to cancelled"):
        advance(a.a_request(), a.a_supersession(), a.NOON)
