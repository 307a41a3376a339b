"""The request as it is answered."""

import json
from datetime import timedelta
from typing import Any

import pytest

from bot.core.evidence import Failure, TestEvidence, Triage
from bot.core.evidence.past import Sighting
from bot.core.life.lifecycle import advance, submit
from bot.core.representation import draw_duration, draw_request
from bot.core.request import ApprovalRequest, Link, State
from bot.core.ruling import Handling
from bot.core.view import CardRef, RequestView
from tests.factories import (
    ANA,
    BO,
    CHEN,
    HOUR,
    NOON,
    a_broken_glass,
    a_cancellation,
    a_claim,
    a_glass_review,
    a_question,
    a_request,
    a_revision,
    a_ruling,
    a_stage,
    a_subject,
    a_submission,
    an_answer,
    an_undoing,
    approval,
    rejection,
    some_tests,
)

PUBLIC_URL = "https://jit.acme.test"


def drawing(
    request: ApprovalRequest, tests: TestEvidence | None = None, cards: tuple[CardRef, ...] = ()
) -> dict[str, Any]:
    view = RequestView(request=request, tests=request.tests if tests is None else tests, cards=cards)
    return draw_request(view, PUBLIC_URL)


def test_an_open_request_says_where_it_stands_and_what_was_asked() -> None:
    request = a_request(subject=a_subject(requester=ANA, authors=[BO], timeout=timedelta(minutes=30)))

    drawn = drawing(request)

    assert drawn["state"] == "pending"
    assert drawn["decision"] is None
    assert drawn["stage"] == "qa"
    assert drawn["url"] == f"{PUBLIC_URL}/v1/requests/{request.id}"
    assert drawn["created_at"] == "2026-03-04T12:00:00.000000Z"
    assert drawn["expires_at"] == "2026-03-04T13:00:00.000000Z"
    assert drawn["policy"] == {
        "rule": "red gate in production",
        "outcome": "require_approval",
        "explanation": ["red gate in production: matched"],
    }
    assert drawn["title"] == "Deploy payments 1.42.0"
    assert drawn["requester"] == {"person": "ana", "email": "ana@acme.test", "slack_id": "U0ANA0000", "github": "ana"}
    assert drawn["timeout"] == "30m"


def test_everything_drawn_is_plain_json() -> None:
    request = a_request(subject=a_subject(links=(Link(label="Pipeline", url="https://ci.acme.test/1"),)))
    cards = (CardRef(channel="#approvals", channel_id="C0APPROVE", ts="1.2", permalink=None),)

    drawn = drawing(request, some_tests(failed=7), cards)

    assert json.loads(json.dumps(drawn)) == drawn
    assert drawn["slack"] == [{"channel": "#approvals", "ts": "1.2", "permalink": None}]


def test_all_failures_of_the_view_are_drawn_not_only_those_of_a_card() -> None:
    request = a_request(tests=some_tests(failed=7).headline())

    drawn = drawing(request, some_tests(failed=7))

    tests = drawn["tests"]
    assert len(tests["failures"]) == tests["failed"] == 7
    assert tests["total"] == tests["passed"] + 7


def test_a_failure_says_what_it_means_and_since_when_it_is_red() -> None:
    failure = Failure(
        id="t",
        triage=Triage.KNOWN,
        signature="s1:0000000000000000",
        first_bad=Sighting(failed=True, commit="9fceb02", at=NOON),
        last_failed=Sighting(failed=True, commit=None, at=NOON),
    )
    tests: Any = drawing(a_request(), tests=TestEvidence(total=9, failed=3, known=1, failures=(failure,)))["tests"]

    assert {name: tests[name] for name in ("new", "known", "flaky", "waived", "unknown")} == {
        "new": 0,
        "known": 1,
        "flaky": 0,
        "waived": 0,
        "unknown": 2,
    }
    assert (tests["failures"][0]["triage"], tests["failures"][0]["signature"]) == ("known", "s1:0000000000000000")
    assert tests["failures"][0]["first_bad"] == {"commit": "9fceb02", "at": "2026-03-04T12:00:00.000000Z"}
    assert tests["failures"][0]["last_failed"]["commit"] is None


def test_a_decision_says_who_and_when() -> None:
    request = a_request(quorum=1)
    outcome = advance(request, rejection(by=BO, reason="too red"), NOON + HOUR / 2)

    drawn = drawing(outcome.request)

    by = {"name": "bo", "person": "bo", "slack_id": "U0BO00000", "email": "bo@acme.test"}
    assert drawn["state"] == "rejected"
    assert drawn["expires_at"] is None
    assert drawn["decision"] == {
        "verdict": "reject",
        "by": by,
        "on_behalf_of": None,
        "at": "2026-03-04T12:30:00.000000Z",
        "reason": "too red",
        "category": None,
        "conditions": [],
        "break_glass": False,
    }
    assert drawn["reviews"] == [
        {
            "by": by,
            "on_behalf_of": None,
            "verdict": "reject",
            "at": "2026-03-04T12:30:00.000000Z",
            "reason": "too red",
            "category": None,
            "condition": None,
            "stage": "qa",
            "revision": 1,
            "void": False,
            "withdrawn_at": None,
            "replaced_at": None,
        }
    ]


def test_an_answer_says_when_a_later_one_of_the_same_person_took_its_place() -> None:
    request = a_request(ruling=a_ruling(stages=[a_stage("qa", 2, [BO, CHEN], reject_quorum=2)]))
    for minute, answer in enumerate((approval(BO), rejection(BO), approval(CHEN), approval(BO))):
        if request.state.is_open:
            request = advance(request, answer, NOON + timedelta(minutes=minute)).request

    reviews = drawing(request)["reviews"]

    assert (request.state, [review["void"] for review in reviews]) == (State.APPROVED, [False] * 4)
    moments = [review["replaced_at"] for review in reviews]
    assert moments == ["2026-03-04T12:01:00.000000Z", "2026-03-04T12:03:00.000000Z", None, None]


def test_what_an_answer_replaced_stays_replaced_when_it_is_taken_back_or_asked_anew() -> None:
    request = a_request(ruling=a_ruling(stages=[a_stage("qa", 2, [BO, CHEN])], undo_within=timedelta(minutes=9)))
    for minute, event in enumerate((approval(BO), rejection(BO), an_undoing(BO), a_revision())):
        request = advance(request, event, NOON + timedelta(minutes=minute)).request

    yes, no = drawing(request)["reviews"]

    assert (yes["replaced_at"], yes["withdrawn_at"]) == ("2026-03-04T12:01:00.000000Z", None)
    assert (no["replaced_at"], no["withdrawn_at"]) == (None, "2026-03-04T12:02:00.000000Z")
    assert (yes["void"], no["void"]) == (True, True)


def test_what_is_settled_shows_when_it_is_released_and_no_decision() -> None:
    outcome = advance(a_request(ruling=a_ruling(undo_within=timedelta(minutes=2))), approval(BO), NOON)

    drawn = drawing(outcome.request)

    assert (drawn["state"], drawn["decision"]) == ("pending", None)
    assert drawn["releases_at"] == "2026-03-04T12:02:00.000000Z"
    assert drawing(a_request())["releases_at"] is None
    undone = advance(outcome.request, an_undoing(BO), NOON + timedelta(minutes=1)).request
    assert drawing(undone)["releases_at"] is None
    assert drawing(undone)["reviews"][0]["withdrawn_at"] == "2026-03-04T12:01:00.000000Z"


def test_an_ending_without_a_verdict_names_the_machine_behind_it() -> None:
    request = a_request()
    outcome = advance(request, a_cancellation(reason="not today"), NOON)

    decision = drawing(outcome.request)["decision"]

    assert decision["verdict"] is None
    assert decision["by"] == {"name": "ci", "person": None, "slack_id": None, "email": None}


def test_a_void_review_names_no_stage_because_its_ruling_is_gone() -> None:
    request = a_request(quorum=2, reviews=[approval(by=BO)])
    revised = advance(request, a_revision(), NOON).request

    drawn = drawing(revised)

    reviews = drawn["reviews"]
    assert [(review["void"], review["stage"], review["revision"]) for review in reviews] == [(True, None, 1)]


def test_a_request_that_the_policy_decides_has_no_stage() -> None:
    ruling = a_ruling(handling=Handling.AUTO_APPROVE, channels=())
    request = submit(a_submission(ruling=ruling), NOON).request

    drawn = drawing(request)

    assert drawn["state"] == "approved"
    assert drawn["stage"] is None


def test_somebody_who_was_not_named_is_null() -> None:
    request = a_request(subject=a_subject(requester=None, callback_url=None))

    drawn = drawing(request)

    assert drawn["requester"] is None
    assert drawn["callback_url"] is None
    assert drawn["timeout"] is None


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(minutes=30), "30m"),
        (timedelta(minutes=90), "1h30m"),
        (timedelta(days=2), "48h"),
        (timedelta(seconds=45), "45s"),
        (timedelta(seconds=1.5), "1.5s"),
        (timedelta(hours=1, seconds=1), "1h1s"),
        (timedelta(0), "0s"),
    ],
)
def test_a_duration_is_written_as_people_write_it(span: timedelta, text: str) -> None:
    assert draw_duration(span) == text


def test_a_broken_glass_says_so_and_what_was_found_afterwards() -> None:
    owed = a_broken_glass()
    reviewed = advance(owed, a_glass_review(reason="All right."), NOON + HOUR).request

    assert drawing(a_request())["break_glass"] is None
    assert drawing(owed)["decision"]["break_glass"] is True
    assert drawing(owed)["break_glass"] == {"review_due": "2026-03-05T12:00:00.000000Z", "review": None}
    found = drawing(reviewed)["break_glass"]["review"]
    assert (found["by"]["person"], found["reason"]) == ("chen", "All right.")


def test_questions_stand_there_with_their_answers_and_the_open_one_last() -> None:
    asked = advance(a_request(), a_question(question="Why now?"), NOON).request
    answered = advance(asked, an_answer(answer="A hotfix."), NOON + HOUR / 2).request
    again = advance(answered, a_question(question="And the rest?"), NOON + HOUR / 2).request

    first, second = drawing(again)["questions"]

    assert (first["question"], first["answer"], first["answered_by"]["person"]) == ("Why now?", "A hotfix.", "ana")
    assert (second["question"], second["answer"], second["asked_by"]["person"]) == ("And the rest?", None, "bo")


def test_who_is_looking_stands_there_and_until_when() -> None:
    assert drawing(a_request())["claim"] is None
    found = drawing(advance(a_request(), a_claim(), NOON).request)["claim"]
    assert (found["by"]["person"], found["until"]) == ("bo", "2026-03-04T12:15:00.000000Z")
