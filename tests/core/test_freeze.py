"""What a freeze that holds keeps from being approved, and what it does not."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.core.errors import Refusal, Refused
from bot.core.events import Event
from bot.core.freeze import Freezing
from bot.core.judging.facts import Facts, Unclear
from bot.core.judging.freeze_windows import Freeze, active_freezes, live_freezes, look, never_frozen
from bot.core.life.lifecycle import advance
from bot.core.request import ApprovalRequest, State
from bot.core.ruling import OnTimeout
from tests import factories as a

HOLDS, ASKS = a.a_freeze(), a.a_freeze(Freezing.ASK)
OPEN = a.a_request(ruling=a.a_ruling(break_glass=a.a_break_glass(), on_timeout=OnTimeout.APPROVE))
SENTENCE = "Nothing is approved in the change freeze “year end”, until 2026-03-06 12:00 UTC."


def refused(event: Event, request: ApprovalRequest = OPEN) -> Refused:
    with pytest.raises(Refused) as caught:
        advance(request, event, a.NOON)
    return caught.value


def test_an_approval_is_refused_with_the_name_of_the_freeze_and_its_end() -> None:
    no = refused(a.approval(freezes=(HOLDS,)))

    assert (no.code, no.sentence) == (Refusal.FROZEN, SENTENCE)


def test_the_freeze_that_lasts_longest_is_named_and_why_it_is_there() -> None:
    long = a.a_freeze(name="audit", until=a.NOON + timedelta(days=9), reason="the auditors are here")

    no = refused(a.approval(freezes=(HOLDS, long)))

    assert no.sentence == (
        "Nothing is approved in the change freeze “audit”, until 2026-03-13 12:00 UTC (the auditors are here)."
    )


def test_the_first_of_two_approvals_is_refused_too() -> None:
    assert refused(a.approval(freezes=(HOLDS,)), a.a_request(quorum=2)).code is Refusal.FROZEN


def test_whoever_may_not_answer_at_all_is_told_that_first() -> None:
    assert refused(a.approval(by=a.ANA, freezes=(HOLDS,))).code is Refusal.FORBIDDEN


def test_a_rejection_and_a_question_are_no_approvals() -> None:
    assert advance(OPEN, a.rejection(freezes=(HOLDS,)), a.NOON).request.state is State.REJECTED
    assert advance(OPEN, a.a_question(), a.NOON).request.state is State.NEEDS_INFO


def test_a_freeze_that_asks_leaves_it_to_people_and_stands_in_the_log() -> None:
    outcome = advance(OPEN, a.approval(freezes=(ASKS,)), a.NOON)

    assert outcome.request.state is State.APPROVED
    assert outcome.happened[0].detail["freezes"] == [
        {"name": "year end", "until": "2026-03-06T12:00:00.000000Z", "then": "ask", "allow_break_glass": False}
    ]


def test_breaking_the_glass_needs_a_freeze_that_allows_it() -> None:
    allows = a.a_freeze(allow_break_glass=True)

    assert refused(a.an_emergency(freezes=(allows, HOLDS))).code is Refusal.FROZEN
    assert advance(OPEN, a.an_emergency(freezes=(allows, ASKS)), a.NOON).request.state is State.APPROVED
    assert refused(a.approval(freezes=(allows,))).code is Refusal.FROZEN


@pytest.mark.parametrize("freeze", [HOLDS, ASKS])
def test_silence_approves_nothing_in_a_freeze(freeze: a.ActiveFreeze) -> None:
    ended = advance(OPEN, a.a_timeout(freezes=[freeze]), a.NOON + a.HOUR).request

    assert ended.state is State.EXPIRED
    assert ended.decision is not None
    assert ended.decision.freezes == (freeze,)
    assert ended.decision.reason == (
        "nobody answered in time, and silence approves nothing in the change freeze “year end”, "
        "until 2026-03-06 12:00 UTC"
    )


def test_silence_that_rejects_does_so_in_a_freeze_too() -> None:
    request = replace(OPEN, ruling=replace(OPEN.ruling, on_timeout=OnTimeout.REJECT))

    ended = advance(request, a.a_timeout(freezes=[HOLDS]), a.NOON + a.HOUR).request

    assert ended.state is State.REJECTED
    assert ended.decision is not None
    assert ended.decision.reason == "nobody answered in time"


def freeze(when: bool | Unclear | None = None, until: datetime | None = HOLDS.until, **fields: object) -> Freeze:  # noqa: FBT001 - what a condition says
    found = Freeze(
        name="year end",
        window=lambda _now: until,
        when=None if when is None else lambda _facts: when,
        then=Freezing.REJECT,
    )
    return replace(found, **fields)  # pyright: ignore[reportArgumentType] - any field by its name


FACTS = Facts(subject=a.a_subject(), tests=a.some_tests(), source="ci", now=a.NOON)


def test_a_freeze_holds_while_its_time_is_and_its_condition_matches() -> None:
    def active(one: Freeze) -> list[a.ActiveFreeze | None]:
        return [seen.active for seen in look([one], FACTS)]

    assert active(freeze()) == active(freeze(when=True)) == [HOLDS]
    assert active(freeze(when=False)) == [None]
    assert active(freeze(until=None)) == []


def test_a_freeze_whose_condition_cannot_be_evaluated_asks_a_person() -> None:
    (seen,) = look([freeze(when=Unclear("there is no key force"))], FACTS)

    assert seen.unclear == Unclear("there is no key force")
    assert seen.active == ASKS


def test_which_freezes_hold_is_looked_up_in_the_policy_of_the_moment() -> None:
    file = [freeze()]
    live = live_freezes(lambda: file)

    assert live(OPEN, a.NOON) == active_freezes(file, OPEN, a.NOON) == (HOLDS,)
    file.clear()
    assert live(OPEN, a.NOON) == never_frozen(OPEN, a.NOON) == ()


def test_a_condition_sees_the_request_as_it_was_asked() -> None:
    seen = list[Facts]()

    def remember(facts: Facts) -> bool:
        seen.append(facts)
        return True

    active_freezes([replace(freeze(), when=remember)], OPEN, a.NOON + a.HOUR)

    assert seen == [Facts(subject=OPEN.subject, tests=OPEN.tests, source="ci", now=a.NOON + a.HOUR)]
