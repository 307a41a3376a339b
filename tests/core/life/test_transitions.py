"""What everything but a review does: the end of time, questions, revisions, emergencies, rules that decide."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest

from bot.core.effects import CallBack, Effect, Note, Said, ShowCard, TellPerson, TellRequester, TellThread
from bot.core.errors import Refusal, Refused
from bot.core.events import Cancelled, Event
from bot.core.life.lifecycle import advance, submit
from bot.core.life.quorum import counted
from bot.core.life.transitions import EXCHANGES
from bot.core.people.identity import Actor, Standing, Via
from bot.core.request import ApprovalRequest, Decision, State
from bot.core.ruling import Forbidden, Handling, OnTimeout, Verdict
from tests import factories as a

LATE = a.NOON + a.HOUR
SILENCE = "nobody answered in time"


def _refused(request: ApprovalRequest, event: Event) -> Refused:
    with pytest.raises(Refused) as refused:
        advance(request, event, a.NOON)
    return refused.value


def _telling(said: Said, channels: tuple[str, ...] = ("#approvals",)) -> tuple[Effect, ...]:
    cards = tuple(ShowCard(request=a.ID, channel=channel) for channel in channels)
    return (*cards, *(TellThread(request=a.ID, channel=channel, said=said) for channel in channels))


def _ending(by: Actor, verdict: Verdict | None, words: str | None) -> tuple[Effect, ...]:
    said = Said(note=Note.DECIDED, by=by, verdict=verdict, words=words)
    return (*_telling(said), TellRequester(request=a.ID, said=said), CallBack(request=a.ID))


@pytest.mark.parametrize(
    ("ending", "state", "verdict", "event"),
    [
        (OnTimeout.EXPIRE, State.EXPIRED, None, "request.expired"),
        (OnTimeout.REJECT, State.REJECTED, Verdict.REJECT, "request.decided"),
        (OnTimeout.APPROVE, State.APPROVED, Verdict.APPROVE, "request.decided"),
    ],
)
@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=9)])
def test_silence_ends_it_as_the_rule_says(
    ending: OnTimeout, state: State, verdict: Verdict | None, event: str, late: timedelta
) -> None:
    outcome = advance(a.a_request(ruling=a.a_ruling(on_timeout=ending)), a.a_timeout(), LATE + late)

    assert outcome.request.state is state
    assert outcome.request.decision == Decision(
        verdict=verdict, by=a.TIMER, at=LATE + late, reason=SILENCE, was_shown=True
    )
    assert outcome.request.deadline is None
    assert [(line.event, line.state, line.at, line.by) for line in outcome.happened] == [
        (event, state, LATE + late, a.TIMER)
    ]
    assert outcome.happened[0].detail["verdict"] == verdict
    assert outcome.happened[0].detail["was_shown"] is True
    assert outcome.effects == _ending(a.TIMER, verdict, SILENCE)


def test_silence_about_doubtful_evidence_is_never_a_yes() -> None:
    doubtful = a.some_tests(incomplete=["gate.xml was cut off"])
    request = a.a_request(ruling=a.a_ruling(on_timeout=OnTimeout.APPROVE), tests=doubtful)

    assert advance(request, a.a_timeout(), LATE).request.state is State.EXPIRED


@pytest.mark.parametrize(
    ("ending", "state"),
    [(OnTimeout.APPROVE, State.EXPIRED), (OnTimeout.EXPIRE, State.EXPIRED), (OnTimeout.REJECT, State.REJECTED)],
)
def test_silence_about_what_nobody_was_shown_is_never_a_yes(ending: OnTimeout, state: State) -> None:
    outcome = advance(a.a_request(ruling=a.a_ruling(on_timeout=ending)), a.a_timeout(was_shown=False), LATE)

    assert outcome.request.state is state
    assert outcome.happened[0].detail["was_shown"] is False
    assert outcome.happened[0].detail["reason"] == f"{SILENCE}, and no card of it could be shown"


@pytest.mark.parametrize(
    ("ending", "state"),
    [(OnTimeout.APPROVE, State.EXPIRED), (OnTimeout.EXPIRE, State.EXPIRED), (OnTimeout.REJECT, State.REJECTED)],
)
def test_silence_after_a_question_is_never_a_yes(ending: OnTimeout, state: State) -> None:
    asked = advance(a.a_request(ruling=a.a_ruling(on_timeout=ending)), a.a_question(), a.NOON).request

    after = advance(asked, a.a_timeout(), LATE).request

    assert after.state is state
    assert after.pause is None


def test_silence_after_somebody_said_no_is_never_a_yes() -> None:
    ruling = a.a_ruling(on_timeout=OnTimeout.APPROVE, stages=[a.a_stage(quorum=2, reject_quorum=2)])
    objected = advance(a.a_request(ruling=ruling), a.rejection(a.BO), a.NOON).request
    taken_back = advance(objected, a.approval(a.BO), a.NOON).request

    ended = advance(objected, a.a_timeout(), LATE).request

    assert ended.state is State.EXPIRED
    assert ended.decision is not None
    assert ended.decision.reason == "too few answered in time"
    assert advance(taken_back, a.a_timeout(), LATE).request.state is State.APPROVED


def test_a_rejection_by_silence_holds_for_doubtful_evidence_too() -> None:
    doubtful = a.some_tests(incomplete=["gate.xml was cut off"])
    request = a.a_request(ruling=a.a_ruling(on_timeout=OnTimeout.REJECT), tests=doubtful)

    assert advance(request, a.a_timeout(), LATE).request.state is State.REJECTED


def test_a_question_stops_the_clock_for_one_more_timeout() -> None:
    at = a.NOON + timedelta(minutes=20)

    outcome = advance(a.a_request(), a.a_question(by=a.BO, question="Why now?"), at)

    request = outcome.request
    assert request.state is State.NEEDS_INFO
    assert request.deadline == at + a.HOUR
    assert request.pause is not None
    assert (request.pause.question, request.pause.by.name, request.pause.remaining) == (
        "Why now?",
        "bo",
        timedelta(minutes=40),
    )
    said = Said(note=Note.INFO_REQUESTED, by=a.an_actor(a.BO), words="Why now?")
    assert outcome.effects == (*_telling(said), TellRequester(request=a.ID, said=said))
    assert [(line.event, line.state) for line in outcome.happened] == [("request.info_requested", State.NEEDS_INFO)]
    assert outcome.happened[0].detail == {"question": "Why now?", "deadline": "2026-03-04T13:20:00.000000Z"}


def test_an_answer_lets_the_clock_run_on_with_what_was_left() -> None:
    asked = advance(a.a_request(), a.a_question(), a.NOON + timedelta(minutes=20)).request
    at = a.NOON + timedelta(minutes=50)

    outcome = advance(asked, a.an_answer(answer="A hotfix."), at)

    assert outcome.request.state is State.PENDING
    assert outcome.request.pause is None
    assert outcome.request.deadline == at + timedelta(minutes=40)
    said = Said(note=Note.INFO_PROVIDED, by=a.an_actor(a.ANA), words="A hotfix.", calls=(a.BO,))
    assert outcome.effects == _telling(said)
    assert [(line.event, line.state) for line in outcome.happened] == [("request.info_provided", State.PENDING)]
    assert outcome.happened[0].detail == {"answer": "A hotfix.", "deadline": "2026-03-04T13:30:00.000000Z"}


def test_reviews_outlive_a_question() -> None:
    request = a.a_request(quorum=2, reviews=[a.approval(by=a.CHEN)])

    answered = advance(advance(request, a.a_question(), a.NOON).request, a.an_answer(), a.NOON).request

    assert advance(answered, a.approval(by=a.BO), a.NOON).request.state is State.APPROVED


def test_while_a_question_is_open_it_can_be_rejected() -> None:
    after = advance(a.a_request(state=State.NEEDS_INFO), a.rejection(), a.NOON).request

    assert after.state is State.REJECTED
    assert after.pause is None


@pytest.mark.parametrize("by", [a.an_actor(a.ANA), a.an_actor(a.GUS), a.CI], ids=["requester", "author", "source"])
def test_whoever_asked_or_wrote_it_may_answer_a_question(by: Actor) -> None:
    request = a.a_request(state=State.NEEDS_INFO, subject=a.a_subject(authors=[a.GUS]))

    assert advance(request, a.an_answer(by=by), a.NOON).request.state is State.PENDING


@pytest.mark.parametrize(
    "by", [a.an_actor(a.BO), a.an_actor(a.ANA, standing=Standing.GUEST), a.TIMER], ids=["another", "guest", "timer"]
)
def test_nobody_else_answers_a_question(by: Actor) -> None:
    assert _refused(a.a_request(state=State.NEEDS_INFO), a.an_answer(by=by)).code is Refusal.NOT_ELIGIBLE


@pytest.mark.parametrize("blank", ["", "  \n"])
def test_a_question_and_an_answer_say_something(blank: str) -> None:
    assert _refused(a.a_request(), a.a_question(question=blank)).code is Refusal.REASON_REQUIRED
    assert _refused(a.a_request(state=State.NEEDS_INFO), a.an_answer(answer=blank)).code is Refusal.REASON_REQUIRED


@pytest.mark.parametrize(
    ("by", "code"),
    [
        (a.an_actor(a.ANA), Refusal.FORBIDDEN),
        (a.an_actor(a.CHEN), Refusal.FORBIDDEN),
        (a.an_actor(a.DIA), Refusal.NOT_ELIGIBLE),
        (a.an_actor(a.BO, standing=Standing.GUEST), Refusal.NOT_ELIGIBLE),
    ],
    ids=["requester", "author", "not an approver", "guest"],
)
def test_only_who_could_approve_may_ask_back(by: Actor, code: Refusal) -> None:
    ruling = a.a_ruling(stages=[a.a_stage(approvers=[a.BO])], forbid=list(Forbidden))
    request = a.a_request(ruling=ruling, subject=a.a_subject(authors=[a.CHEN]))

    assert _refused(request, a.a_question(by=by)).code is code


@pytest.mark.parametrize("revision", [1, None])
def test_a_question_on_the_card_as_it_is_or_typed_without_one_counts(revision: int | None) -> None:
    asked = advance(a.a_request(), replace(a.a_question(), revision=revision), a.NOON).request

    assert (asked.state, asked.questions) == (State.NEEDS_INFO, 1)


def test_a_question_about_another_revision_is_stale() -> None:
    assert _refused(a.a_request(), replace(a.a_question(), revision=2)).code is Refusal.STALE


def test_an_answer_to_an_earlier_question_is_no_answer_to_the_open_one() -> None:
    first = advance(a.a_request(), a.a_question(), a.NOON).request
    second = advance(advance(first, a.an_answer(), a.NOON).request, a.a_question(by=a.CHEN), a.NOON).request

    assert _refused(second, replace(a.an_answer(), question=1)).code is Refusal.STALE
    for question in (2, None):
        answered = advance(second, replace(a.an_answer(), question=question), a.NOON).request
        assert answered.state is State.PENDING


def test_the_newest_answers_stay_with_the_request_until_it_changes() -> None:
    request = a.a_request()
    for number in range(EXCHANGES + 1):
        asked = advance(request, a.a_question(question=f"Q{number}?"), a.NOON).request
        request = advance(asked, a.an_answer(answer=f"A{number}."), a.NOON + a.MICROSECOND).request

    assert [(e.question, e.answer) for e in request.exchanges] == [("Q1?", "A1."), ("Q2?", "A2."), ("Q3?", "A3.")]
    assert (request.exchanges[0].asked_by, request.exchanges[0].answered_by) == (a.an_actor(a.BO), a.an_actor(a.ANA))
    assert advance(request, a.a_revision(), a.NOON + a.MICROSECOND).request.exchanges == ()


def test_a_paused_request_that_lost_its_pause_gets_a_whole_timeout() -> None:
    after = advance(a.a_request(state=State.NEEDS_INFO, pause=None), a.an_answer(), a.NOON).request

    assert after.deadline == a.NOON + a.HOUR


def test_a_person_takes_back_only_what_they_asked_for() -> None:
    request = a.a_request(subject=a.a_subject(requester=a.ANA, authors=(a.BO,)))

    ended = advance(request, Cancelled(by=a.an_actor(a.ANA)), a.NOON).request

    assert ended.state is State.CANCELLED
    for asked, by in ((request, a.BO), (request, a.CHEN), (a.a_request(subject=a.a_subject(requester=None)), a.ANA)):
        with pytest.raises(Refused) as refused:
            advance(asked, Cancelled(by=a.an_actor(by)), a.NOON)
        assert refused.value.code is Refusal.NOT_ELIGIBLE


@pytest.mark.parametrize("state", [State.PENDING, State.NEEDS_INFO])
def test_cancelling_ends_it_without_a_verdict(state: State) -> None:
    outcome = advance(a.a_request(state=state), a.a_cancellation("not needed"), a.NOON)

    assert outcome.request.state is State.CANCELLED
    assert outcome.request.decision == Decision(verdict=None, by=a.CI, at=a.NOON, reason="not needed")
    assert outcome.effects == _ending(a.CI, None, "not needed")
    assert [(line.event, line.state) for line in outcome.happened] == [("request.cancelled", State.CANCELLED)]


def test_a_newer_request_of_the_lane_ends_the_older() -> None:
    outcome = advance(a.a_request(), a.a_supersession(a.OTHER_ID), a.NOON)

    assert outcome.request.state is State.SUPERSEDED
    assert outcome.request.superseded_by == a.OTHER_ID
    assert outcome.effects == _ending(a.CI, None, "a newer request took over its lane")
    assert [(line.event, line.detail["superseded_by"]) for line in outcome.happened] == [
        ("request.superseded", a.OTHER_ID)
    ]


def test_a_revision_voids_reviews_and_starts_over() -> None:
    at = a.NOON + timedelta(minutes=30)
    before = a.a_request(
        ruling=a.a_ruling(stages=[a.a_stage("one", 1), a.a_stage("two", 1)], timeout=timedelta(minutes=45)),
        stage=1,
        reviews=[a.approval(by=a.BO)],
    )
    revision = a.a_revision(ruling=a.a_ruling(quorum=2, channels=("#late", "#approvals")))

    outcome = advance(before, revision, at)

    request = outcome.request
    assert (request.revision, request.stage, request.state) == (2, 0, State.PENDING)
    assert (request.digest, request.subject, request.tests) == (a.OTHER_DIGEST, revision.subject, revision.tests)
    assert request.ruling == revision.ruling
    assert request.deadline == at + a.HOUR
    assert request.channels == ("#approvals", "#late")
    assert [review.void for review in request.reviews] == [True]
    assert counted(request, 0) == ()
    words = "Since revision 1: +1 failure, commit 9fceb02… → 0000000…"
    said = Said(note=Note.REVISED, by=a.CI, words=words)
    void = Said(note=Note.VOIDED, by=a.CI, verdict=Verdict.APPROVE, words=words)
    assert outcome.effects == (
        *_telling(said, ("#approvals", "#late")),
        TellRequester(request=a.ID, said=said),
        TellPerson(request=a.ID, person=a.BO, said=void),
    )
    assert [(line.event, line.state) for line in outcome.happened] == [("request.revised", State.PENDING)]
    assert outcome.happened[0].detail["commit"] == "0" * 40


def test_whoever_approved_the_old_revision_may_approve_the_new_one_and_counts_anew() -> None:
    revised = advance(
        a.a_request(quorum=2, reviews=[a.approval(by=a.BO)]), a.a_revision(ruling=a.a_ruling(2)), a.NOON
    ).request

    once = advance(revised, a.approval(by=a.BO, revision=2), a.NOON).request
    twice = advance(once, a.approval(by=a.CHEN, revision=2), a.NOON).request

    assert (once.state, twice.state) == (State.PENDING, State.APPROVED)


def test_a_revision_ends_a_question() -> None:
    revised = advance(a.a_request(state=State.NEEDS_INFO), a.a_revision(), a.NOON).request

    assert (revised.state, revised.pause) == (State.PENDING, None)


@pytest.mark.parametrize(
    ("handling", "state", "verdict"),
    [
        (Handling.AUTO_APPROVE, State.APPROVED, Verdict.APPROVE),
        (Handling.AUTO_REJECT, State.REJECTED, Verdict.REJECT),
    ],
)
def test_a_rule_that_decides_by_itself_ends_it_in_the_same_breath(
    handling: Handling, state: State, verdict: Verdict
) -> None:
    ruling = a.a_ruling(handling=handling, reason="no changes on Saturday")
    policy = Actor(name="policy:red gate in production", via=Via.POLICY)
    born = submit(a.a_submission(ruling=ruling), a.NOON)
    revised = advance(a.a_request(quorum=2), a.a_revision(ruling=ruling), a.NOON)

    for outcome, event in ((born, "request.submitted"), (revised, "request.revised")):
        assert outcome.request.state is state
        assert outcome.request.deadline is None
        assert outcome.request.decision == Decision(
            verdict=verdict, by=policy, at=a.NOON, reason="no changes on Saturday"
        )
        assert [(line.event, line.state) for line in outcome.happened] == [
            (event, State.PENDING),
            ("request.decided", state),
        ]
        assert outcome.effects == _ending(policy, verdict, "no changes on Saturday")


def test_a_new_request_asks_for_its_cards_and_the_log_says_what_was_asked() -> None:
    ruling = a.a_ruling(
        stages=[a.a_stage("qa", 1, [a.BO]), a.a_stage("all")],
        channels=("#approvals", "#incidents"),
        forbid=list(Forbidden),
        break_glass=a.a_break_glass([a.DIA]),
    )
    asked = a.a_submission(ruling=ruling, subject=a.a_subject(authors=[a.CHEN]), tests=a.some_tests(2, 9, ["cut off"]))

    outcome = submit(asked, a.NOON)

    assert outcome.effects == (
        ShowCard(request=a.ID, channel="#approvals"),
        ShowCard(request=a.ID, channel="#incidents"),
    )
    assert [(line.event, line.state, line.by, line.at) for line in outcome.happened] == [
        ("request.submitted", State.PENDING, a.CI, a.NOON)
    ]
    assert outcome.happened[0].detail == {
        "source": "ci",
        "callback": f"sha256:{sha256(b'https://ci.acme.test/hooks/jit').hexdigest()}",
        "title": "Deploy payments 1.42.0",
        "action": "deploy",
        "service": "payments",
        "environment": "production",
        "commit": "9fceb02d0ae598e95dc970b74767f19372d61af8",
        "lane": "payments/production",
        "requester": _written("ana"),
        "authors": [_written("chen")],
        "tests": {
            "total": 9,
            "failed": 2,
            "skipped": 0,
            "incomplete": ["cut off"],
            "triage": {"new": 0, "known": 0, "flaky": 0, "waived": 0, "unknown": 2},
        },
        "deadline": "2026-03-04T13:00:00.000000Z",
        "needs_whole": True,
        "ruling": {
            "handling": "require_approval",
            "explanation": ["red gate in production: matched"],
            "stages": [
                {"name": "qa", "quorum": 1, "approvers": [_written("bo")], **AS_USUAL},
                {"name": "all", "quorum": 1, "approvers": "anyone", **AS_USUAL},
            ],
            "channels": ["#approvals", "#incidents"],
            "forbid": ["authors", "requester", "triggerer"],
            "require_reason": "on_reject",
            "timeout_seconds": 3600,
            "on_timeout": "expire",
            "break_glass": [_written("dia")],
            "review_within_seconds": 86400,
        },
    }


AS_USUAL = {"reject_quorum": 1, "remind_after_seconds": None, "escalate": list[object]()}
"""What the log says of a stage that neither reminds nor escalates."""


def _written(name: str) -> dict[str, str | None]:
    person = a.PEOPLE[name]
    return {"person": name, "email": person.email, "slack_id": person.slack_id, "github": name}


def test_the_log_says_so_when_nobody_in_particular_asked() -> None:
    outcome = submit(a.a_submission(subject=a.a_subject(requester=None)), a.NOON)

    assert outcome.happened[0].detail["requester"] is None
