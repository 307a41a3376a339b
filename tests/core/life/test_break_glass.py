from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.effects import CallBack, Note, Said, ShowCard, TellPerson, TellRequester, TellThread
from bot.core.errors import Refusal, Refused
from bot.core.events import Event
from bot.core.life.break_glass import MOST_CHASES, next_chase, unread_to_review
from bot.core.life.lifecycle import advance
from bot.core.life.waiting import Due, Next, brought, next_due
from bot.core.people.identity import Person, Standing
from bot.core.request import ApprovalRequest, Decision, State
from bot.core.ruling import Forbidden, Ruling, Verdict
from tests import factories as a

DAY = timedelta(hours=24)
GLASS = a.a_ruling(quorum=2, break_glass=a.a_break_glass([a.DIA, a.ANA], DAY))
OWED = a.a_broken_glass(by=a.DIA)


def _refused(request: ApprovalRequest, event: Event) -> Refused:
    before = repr(request)
    with pytest.raises(Refused) as refused:
        advance(request, event, a.NOON + a.MICROSECOND)
    assert repr(request) == before
    return refused.value


@pytest.mark.parametrize("state", [State.PENDING, State.NEEDS_INFO])
def test_breaking_the_glass_releases_it_on_one_word_and_wants_a_look_afterwards(state: State) -> None:
    outcome = advance(a.a_request(ruling=GLASS, state=state), a.an_emergency(by=a.DIA, reason="down"), a.NOON)

    request = outcome.request
    assert request.state is State.APPROVED
    assert request.review_due == a.NOON + DAY
    assert request.decision == Decision(
        verdict=Verdict.APPROVE, by=a.an_actor(a.DIA), at=a.NOON, reason="down", break_glass=True
    )
    assert [(line.event, line.state) for line in outcome.happened] == [
        ("request.glass_broken", state),
        ("request.decided", State.APPROVED),
    ]
    assert outcome.happened[0].detail == {"reason": "down", "review_due": "2026-03-05T12:00:00.000000Z"}
    assert outcome.happened[1].detail["break_glass"] is True
    said = Said(note=Note.DECIDED, by=a.an_actor(a.DIA), verdict=Verdict.APPROVE, words="down")
    assert outcome.effects == (
        ShowCard(request=a.ID, channel="#approvals"),
        TellThread(request=a.ID, channel="#approvals", said=said),
        TellRequester(request=a.ID, said=said),
        CallBack(request=a.ID),
    )


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (a.an_emergency(by=a.BO), Refusal.NOT_ELIGIBLE),
        (a.an_emergency(by=a.ANA), Refusal.FORBIDDEN),
        (a.an_emergency(by=a.an_actor(a.DIA, standing=Standing.GUEST)), Refusal.NOT_ELIGIBLE),
        (a.an_emergency(by=a.DIA, reason=" "), Refusal.REASON_REQUIRED),
        (a.an_emergency(by=a.DIA, revision=2), Refusal.STALE),
        (a.an_emergency(by=a.an_actor(Person(key="d", email="\uff44ia@acme.test"))), Refusal.NOT_ELIGIBLE),
    ],
    ids=["not in the group", "requester", "guest", "no reason", "stale", "a likeness"],
)
def test_the_glass_holds(event: Event, code: Refusal) -> None:
    assert _refused(a.a_request(ruling=GLASS), event).code is code


def test_without_a_group_nobody_breaks_the_glass() -> None:
    refused = _refused(a.a_request(), a.an_emergency())

    assert refused.code is Refusal.NOT_ELIGIBLE
    assert "no break-glass" in refused.sentence


def passed_over(ruling: Ruling, *reviews: Event, by: Person = a.EVE) -> list[str]:
    request = a.a_request(ruling=replace(ruling, break_glass=a.a_break_glass([by])))
    for event in reviews:
        request = advance(request, event, a.NOON).request
    effects = advance(request, a.an_emergency(by=by), a.NOON).effects
    told = [effect for effect in effects if isinstance(effect, TellPerson)]
    assert {effect.said.note for effect in told} <= {Note.GLASS_BROKEN}
    return [effect.person.key for effect in told]


def test_everybody_who_had_still_been_asked_is_told_once() -> None:
    unreachable = Person(key="github:zoe", github="zoe")
    stages = [
        a.a_stage("qa", 2, [a.BO, a.CHEN, a.EVE], mention=(a.BO,), escalate=(a.a_step(1, to=[a.OLD]),)),
        a.a_stage("release", 1, [a.DIA, a.CHEN, unreachable]),
    ]

    assert passed_over(a.a_ruling(stages=stages)) == ["bo", "chen", "dia"]
    assert passed_over(a.a_ruling(stages=stages), a.an_escalation()) == ["bo", "chen", "dia", "old"]
    assert passed_over(a.a_ruling(stages=stages), a.approval(by=a.BO)) == ["chen", "dia"]
    agreed = (a.approval(by=a.BO), a.approval(by=a.CHEN))
    assert passed_over(a.a_ruling(stages=stages), *agreed) == ["dia"]


def test_where_anybody_may_answer_those_who_were_called_are_told() -> None:
    assert passed_over(a.a_ruling(stages=[a.a_stage(mention=(a.BO, a.CHEN))])) == ["bo", "chen"]


def at(hours: int) -> timedelta:
    return timedelta(hours=hours)


def test_a_review_is_asked_for_when_it_is_due_then_daily_for_a_week_and_then_no_more() -> None:
    request, moments = OWED, list[timedelta]()
    while (due := next_due(request)) is not None:
        assert due.what is Next.CHASES
        assert brought(request, due.at - a.MICROSECOND) is None
        assert brought(request, due.at) is Next.CHASES
        moments.append(due.at - a.NOON)
        request = advance(request, a.a_chase(), due.at).request

    assert moments == [at(24 * day) for day in range(1, MOST_CHASES + 1)]
    assert request.state is State.APPROVED
    with pytest.raises(Refused):
        advance(request, a.a_chase(), a.NOON + 60 * DAY)


def test_whom_a_chase_calls_and_what_the_log_says() -> None:
    request = a.a_broken_glass(ruling=a.a_ruling(break_glass=a.a_break_glass([a.DIA, a.EVE])))

    outcome = advance(request, a.a_chase(), a.NOON + DAY)

    said = Said(note=Note.GLASS_CHASED, by=a.TIMER, calls=(a.DIA, a.EVE))
    alone = replace(said, calls=())
    assert outcome.effects == (
        ShowCard(request=a.ID, channel="#approvals"),
        TellThread(request=a.ID, channel="#approvals", said=said),
        TellPerson(request=a.ID, person=a.DIA, said=alone),
        TellPerson(request=a.ID, person=a.EVE, said=alone),
    )
    assert [(line.event, line.state, line.detail) for line in outcome.happened] == [
        ("request.glass_chased", State.APPROVED, {"chase": 1})
    ]


def test_days_that_were_slept_through_are_made_good_for_by_one() -> None:
    late = advance(OWED, a.a_chase(), a.NOON + 4 * DAY + a.HOUR).request
    far_too_late = advance(OWED, a.a_chase(), a.NOON + 400 * DAY).request

    assert next_due(late) == Due(a.NOON + 5 * DAY, Next.CHASES)
    assert next_due(far_too_late) is None


def test_a_chase_does_not_come_early() -> None:
    assert _refused(OWED, a.a_chase()).code is Refusal.TOO_EARLY


def test_an_approval_by_the_rules_owes_nothing() -> None:
    request = a.a_request(state=State.APPROVED)

    assert next_chase(request) is None
    assert _refused(request, a.a_chase()).code is Refusal.NOTHING_LEFT
    assert _refused(request, a.a_glass_review()).code is Refusal.NOTHING_LEFT


def test_somebody_elses_review_is_taken_and_nothing_is_owed_any_more() -> None:
    outcome = advance(OWED, a.a_glass_review(by=a.CHEN, reason="All right."), a.NOON + a.HOUR)

    review = outcome.request.glass_review
    assert review is not None
    assert (review.by, review.at, review.reason) == (a.an_actor(a.CHEN), a.NOON + a.HOUR, "All right.")
    assert next_due(outcome.request) is None
    assert [(line.event, line.state) for line in outcome.happened] == [("request.glass_reviewed", State.APPROVED)]
    assert outcome.happened[0].detail == {"reason": "All right.", "review_due": "2026-03-05T12:00:00.000000Z"}
    said = Said(note=Note.GLASS_REVIEWED, by=a.an_actor(a.CHEN), words="All right.")
    assert outcome.effects == (
        ShowCard(request=a.ID, channel="#approvals"),
        TellThread(request=a.ID, channel="#approvals", said=said),
    )
    assert _refused(outcome.request, a.a_glass_review(by=a.EVE)).code is Refusal.ALREADY_REVIEWED
    assert _refused(outcome.request, a.a_chase()).code is Refusal.NOTHING_LEFT


CHAIN = a.a_ruling(
    stages=[a.a_stage("qa", 1, [a.BO]), a.a_stage("release", 1, [a.CHEN])],
    forbid=list(Forbidden),
    break_glass=a.a_break_glass([a.DIA, a.EVE, a.ANA]),
)


@pytest.mark.parametrize("by", [a.BO, a.CHEN, a.EVE, a.OLD], ids=lambda person: person.key)
def test_whoever_the_rule_lets_approve_may_review(by: Person) -> None:
    request = a.a_broken_glass(ruling=CHAIN, called=(a.OLD,))

    assert advance(request, a.a_glass_review(by=by), a.NOON).request.glass_review is not None


ALIAS = Person(key="else", email="DIA+x@acme.test", also=frozenset({"key:dia"}))
LOGIN = Person(key="github:somebody", github="somebody")


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (a.a_glass_review(by=a.DIA), Refusal.FORBIDDEN),
        (a.a_glass_review(by=ALIAS), Refusal.FORBIDDEN),
        (a.a_glass_review(by=a.ANA), Refusal.FORBIDDEN),
        (a.a_glass_review(by=a.GUS), Refusal.FORBIDDEN),
        (a.a_glass_review(by=a.OLD), Refusal.NOT_ELIGIBLE),
        (a.a_glass_review(by=a.an_actor(a.CHEN, standing=Standing.GUEST)), Refusal.NOT_ELIGIBLE),
        (a.a_glass_review(by=a.CHEN, reason=" "), Refusal.REASON_REQUIRED),
    ],
    ids=["broke it", "broke it, by another name", "requester", "author", "nobody of the rule", "guest", "no reason"],
)
def test_nobody_else_reviews_a_broken_glass(event: Event, code: Refusal) -> None:
    request = a.a_broken_glass(ruling=CHAIN, subject=a.a_subject(authors=[a.GUS]))

    assert _refused(request, event).code is code


def test_whoever_cannot_be_told_from_who_broke_it_does_not_review_it() -> None:
    request = a.a_broken_glass(by=LOGIN, subject=a.a_subject(requester=None))
    unlike = Person(key="somebody@acme.test", email="somebody@acme.test")

    refused = _refused(request, a.a_glass_review(by=unlike))

    assert refused.code is Refusal.FORBIDDEN
    assert "nothing here tells whether that is you" in refused.sentence


def test_a_glass_whose_group_is_gone_from_the_ruling_is_chased_in_the_threads() -> None:
    request = replace(OWED, ruling=a.a_ruling())

    effects = advance(request, a.a_chase(), a.NOON + DAY).effects

    assert [type(effect) for effect in effects] == [ShowCard, TellThread]
    reviewed = advance(request, a.a_glass_review(), a.NOON).request
    assert reviewed.glass_review is not None


def test_nobody_is_looked_up_for_a_review_that_is_not_owed_or_that_anybody_may_give() -> None:
    asks_anybody = a.a_broken_glass(ruling=a.a_ruling(stages=[a.a_stage("qa")], break_glass=a.a_break_glass()))

    assert unread_to_review(a.a_request(), a.an_actor(a.CHEN)) == ()
    assert unread_to_review(asks_anybody, a.an_actor(a.CHEN)) == ()
