"""What `jit request` shows of a request, and that it fits."""

from datetime import timedelta

import orjson
import pytest

from bot.cli.output import print_table
from bot.cli.request_words import ELASTIC, HEADINGS, draw_row, draw_whole
from bot.core.events import Reviewed
from bot.core.life.lifecycle import advance
from bot.core.request import ApprovalRequest, Decision, State
from bot.core.ruling import Verdict
from bot.core.view import RequestView
from bot.store import AuditRow
from tests.factories import (
    ANA,
    BO,
    CHEN,
    HOUR,
    NOON,
    a_claim,
    a_request,
    a_ruling,
    a_stage,
    a_subject,
    a_timeout,
    an_actor,
    an_undoing,
    approval,
    rejection,
    some_tests,
)


def an_open_one() -> ApprovalRequest:
    ruling = a_ruling(stages=[a_stage(approvers=[ANA, BO, CHEN])])
    return a_request(ruling=ruling, subject=a_subject(title="Deploy payments"), tests=some_tests(2, 120), number=12)


def a_rejected_one() -> ApprovalRequest:
    at = NOON + timedelta(minutes=7)
    decision = Decision(verdict=Verdict.REJECT, by=an_actor(BO), at=at, reason="the refund is broken")
    return a_request(state=State.REJECTED, decision=decision, reviews=[approval(reason="looks fine")])


def an_entry(event: str, name: str, **detail: object) -> AuditRow:
    drawn = {"at": "2026-03-04T12:00:09.000000Z", "event": event, "actor": {"name": name}, "detail": detail}
    return AuditRow(
        seq=1, at=NOON, event=event, request=None, prev=bytes(32), hash=bytes(32), canonical=orjson.dumps(drawn)
    )


def told(request: ApprovalRequest, *history: AuditRow) -> str:
    return "\n".join(draw_whole(RequestView(request=request, tests=request.tests, cards=()), history))


def test_an_open_request_says_for_whom_it_waits_and_until_when() -> None:
    number, state, title, _, who, when = draw_row(an_open_one())

    assert (number, state, title) == (12, "pending", "Deploy payments")
    assert who == "bo or chen (not ana, who asked)"
    assert when == "until 03-04 13:00"


def test_an_ended_request_says_who_ended_it_and_when() -> None:
    *_, who, when = draw_row(a_rejected_one())

    assert (who, when) == ("by bo", "03-04 12:07")


@pytest.mark.parametrize(("answer", "done"), [(approval(BO), "approved"), (rejection(BO), "rejected")])
def test_a_row_of_what_is_settled_says_by_whom_and_when_it_is_released(answer: Reviewed, done: str) -> None:
    request = advance(a_request(ruling=a_ruling(undo_within=timedelta(minutes=2))), answer, NOON).request

    *_, who, when = draw_row(request)

    assert (who, when) == (f"{done} by bo, can be undone", "released 03-04 12:02")


def test_an_answer_that_a_later_one_replaced_says_so() -> None:
    request = advance(an_open_one(), approval(CHEN), NOON).request
    assert "(replaced" not in told(request)
    request = a_request(ruling=a_ruling(stages=[a_stage(quorum=2, approvers=[BO, CHEN])]))
    for answer in (approval(BO), rejection(BO)):
        request = advance(request, answer, NOON).request

    said = told(request)

    assert "approved by bo (replaced by a later answer)" in said
    assert said.count("(replaced") == 1


def test_what_nobody_decided_ended_by_the_clock() -> None:
    request = advance(an_open_one(), a_timeout(), NOON + HOUR).request

    assert draw_row(request)[-2] == "by the clock"
    assert "expired by the clock: nobody answered in time" in told(request)


def test_who_is_looking_is_told_with_the_end_of_it() -> None:
    looked_at = advance(an_open_one(), a_claim(), NOON).request

    assert "looking  bo, until 2026-03-04 12:15:00 UTC" in told(looked_at)
    assert "looking" not in told(an_open_one())


def test_everything_about_an_open_request_is_told() -> None:
    said = told(an_open_one())

    for words in (
        "#12 pending: Deploy payments",
        "Needs 1 approval from bo or chen",
        "qa: 1 of bo or chen",
        "Without an answer it expires at 2026-03-04 13:00:00 UTC",
        "2 of 120 tests failed: 2 unknown",
        "shown in #approvals",
    ):
        assert words in said
    for failure in an_open_one().tests.failures:
        assert f"- unknown: {failure.id}: {failure.message}" in said


def test_an_answer_and_a_decision_are_told_with_time_and_reason() -> None:
    said = told(a_rejected_one())

    assert "2026-03-04 12:07:00 UTC rejected by bo: the refund is broken" in said
    assert "approved by bo: looks fine" in said
    assert "waits" not in said


@pytest.mark.parametrize(("answer", "done"), [(approval(BO), "approved"), (rejection(BO), "rejected")])
def test_what_is_settled_says_when_it_is_released_and_whom_it_no_longer_waits_for(answer: Reviewed, done: str) -> None:
    request = a_request(ruling=a_ruling(undo_within=timedelta(minutes=2)))
    request = advance(request, answer, NOON).request

    text = told(request)

    assert f"  settled  {done}, to be released 2026-03-04 12:02:00 UTC unless it is undone" in text
    assert "  waits    " not in text
    undone = told(advance(request, an_undoing(BO), NOON).request)
    assert f"{done} by bo (taken back)" in undone
    assert "  waits    " in undone


def test_the_conditions_of_a_yes_are_told_with_it() -> None:
    decision = Decision(verdict=Verdict.APPROVE, by=an_actor(BO), at=NOON, conditions=("max 10 %", "watch it"))

    said = told(a_request(state=State.APPROVED, decision=decision))

    assert "if       max 10 %" in said
    assert said.index("approved by bo") < said.index("max 10 %") < said.index("watch it")


@pytest.mark.parametrize(
    ("entry", "line"),
    [
        (
            an_entry("card.failed", "relay", destination="slack:#nowhere", why="Slack: invalid_blocks"),
            "card.failed  relay to #nowhere: Slack: invalid_blocks",
        ),
        (
            an_entry("request.refused", "gus", sentence="Guests can't decide.", code="not_eligible"),
            "request.refused  gus: Guests can't decide.",
        ),
        (an_entry("requester.told", "relay", skipped="no account here"), "requester.told  relay: no account here"),
        (an_entry("request.reviewed", "bo", verdict="reject", reason="red"), "request.reviewed  bo: reject: red"),
    ],
)
def test_the_history_says_why(entry: AuditRow, line: str) -> None:
    assert f"2026-03-04 12:00:09  {line}" in told(an_open_one(), entry)


def test_a_list_is_whole_in_a_pipe_and_one_line_a_request(capsys: pytest.CaptureFixture[str]) -> None:
    title = "a title with many words, " * 20

    print_table(HEADINGS, [draw_row(a_request(subject=a_subject(title=title)))], ELASTIC)

    heading, _, row = (line.rstrip() for line in capsys.readouterr().out.splitlines() if line.strip())
    assert heading.split() == ["#", "state", "title", "where", "who", "when", "(UTC)"]
    assert title.strip() in row
