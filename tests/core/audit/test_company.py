"""The verifier looks at who shares a card: never those who asked for different things, or were answered otherwise."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.events import Regrouped
from bot.core.life.lifecycle import advance, submit
from bot.core.life.outcome import Outcome
from bot.core.request import RequestId
from tests import factories as a
from tests.core.audit.log import Log

GROUPED = a.a_ruling(
    stages=[a.a_stage("qa", 2, [a.BO, a.CHEN], escalate=(a.a_step(5),))], group_within=timedelta(minutes=9)
)
LATER = a.NOON + timedelta(minutes=5)
THIRD = RequestId("019a0000-0000-7000-8000-000000000003")


def asked(request_id: RequestId, number: int, leader: RequestId | None = None, **fields: object) -> Outcome:
    event = a.a_submission(ruling=GROUPED, request_id=request_id, number=number)
    return submit(replace(event, leader=leader, **fields), a.NOON)  # pyright: ignore[reportArgumentType] - any field by its name


LEADER, FOLLOWER = asked(a.ID, 1), asked(a.OTHER_ID, 2, a.ID)


def wrong(*outcomes: Outcome) -> str:
    violation = Log().record(*outcomes).first_violation()
    return "" if violation is None else violation.sentence


def test_identical_asks_share_a_card_and_go_on_together() -> None:
    third = asked(THIRD, 3, a.ID)
    first = advance(FOLLOWER.request, Regrouped(by=a.CI), a.NOON)
    second = advance(third.request, Regrouped(by=a.CI, leader=a.OTHER_ID), a.NOON)

    assert not wrong(LEADER, FOLLOWER, third, advance(LEADER.request, a.a_cancellation(), a.NOON), first, second)


def test_two_who_were_answered_alike_go_on_together() -> None:
    third = asked(THIRD, 3, a.ID)
    yes = [advance(one.request, a.approval(card=a.ID), a.NOON) for one in (LEADER, FOLLOWER, third)]
    first = advance(yes[1].request, Regrouped(by=a.CI), a.NOON)
    second = advance(yes[2].request, Regrouped(by=a.CI, leader=a.OTHER_ID), a.NOON)

    assert not wrong(LEADER, FOLLOWER, third, *yes, first, second)
    assert "answered otherwise" in wrong(LEADER, FOLLOWER, third, *yes[:2], first, second_of(third))


def second_of(third: Outcome) -> Outcome:
    return advance(third.request, Regrouped(by=a.CI, leader=a.OTHER_ID), a.NOON)


@pytest.mark.parametrize(
    ("before", "follower", "why"),
    [
        ((), FOLLOWER, "can show nobody"),
        ((LEADER, advance(LEADER.request, a.a_cancellation(), a.NOON)), FOLLOWER, "can show nobody"),
        ((LEADER, FOLLOWER), asked(THIRD, 3, a.OTHER_ID), "can show nobody"),
        ((asked(THIRD, 3),), asked(a.OTHER_ID, 2, THIRD), "can show nobody"),
        ((LEADER, advance(LEADER.request, a.approval(), a.NOON)), FOLLOWER, "answered otherwise"),
        ((LEADER,), asked(a.OTHER_ID, 2, a.ID, digest=a.OTHER_DIGEST), "something else"),
        ((LEADER,), asked(a.OTHER_ID, 2, a.ID, subject=a.a_subject(title="Another")), "something else"),
        ((LEADER,), asked(a.OTHER_ID, 2, a.ID, source="another"), "something else"),
        ((LEADER,), asked(a.OTHER_ID, 2, a.ID, ruling=replace(GROUPED, timeout=2 * a.HOUR)), "something else"),
        ((LEADER,), asked(a.OTHER_ID, 2, a.ID, ruling=replace(GROUPED, rule="another")), "something else"),
    ],
)
def test_who_may_not_share_it_is_found(before: tuple[Outcome, ...], follower: Outcome, why: str) -> None:
    assert why in wrong(*before, follower)


def test_nobody_follows_who_was_escalated() -> None:
    late = submit(replace(a.a_submission(ruling=GROUPED, request_id=a.OTHER_ID, number=2), leader=a.ID), LATER)

    assert "escalated" in wrong(LEADER, advance(LEADER.request, a.an_escalation(a.TIMER), LATER), late)


def test_nobody_leaves_a_group_who_was_in_none() -> None:
    parted = advance(replace(LEADER.request, leader=a.OTHER_ID), Regrouped(by=a.CI), a.NOON)

    assert "was in none" in wrong(LEADER, parted)
