"""Who may share a card, and what the core makes of whatever happens to one of those who do."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.effects import CallBack, ShowCard, TellRequester, TellThread
from bot.core.errors import Refusal, Refused
from bot.core.events import Event, Regrouped, Reviewed
from bot.core.evidence import TestEvidence, Triage
from bot.core.evidence.past import Sighting
from bot.core.judging.budget import Limit, Spending
from bot.core.life.grouping import answered, key_of, may_follow
from bot.core.life.lifecycle import advance, submit
from bot.core.life.outcome import Outcome
from bot.core.request import ApprovalRequest, State
from bot.core.view import Companion, alike
from tests import factories as a

WINDOW = timedelta(minutes=5)
CHAIN = a.a_stage("qa", 1, [a.BO, a.CHEN], remind_after=WINDOW, escalate=(a.a_step(5),))
GROUPED = a.a_ruling(stages=[CHAIN], group_within=WINDOW, break_glass=a.a_break_glass())
LEADER = a.a_request(ruling=GROUPED)
FOLLOWER = a.a_request(ruling=GROUPED, request_id=a.OTHER_ID, number=2, leader=a.ID)
SOON = a.NOON + WINDOW


def test_only_who_could_lead_has_a_key() -> None:
    assert key_of(LEADER) is not None
    assert key_of(FOLLOWER) is None
    assert key_of(a.a_request()) is None, "its rule groups nothing"
    for other in (
        a.a_request(ruling=GROUPED, reviews=[a.approval()]),
        a.a_request(ruling=GROUPED, state=State.NEEDS_INFO),
        a.a_request(ruling=GROUPED, state=State.CANCELLED),
        a.a_request(ruling=GROUPED, revision=2),
        a.a_request(ruling=GROUPED, stage=1),
        a.a_request(ruling=GROUPED, escalations=1),
    ):
        assert key_of(other) is None


def test_conditions_that_could_not_be_evaluated_and_the_window_are_part_of_the_key() -> None:
    unclear = replace(GROUPED, explanation=("odd: could not be evaluated: no such key",))
    calm = replace(GROUPED, break_glass=None)

    keys = {key_of(a.a_request(ruling=one)) for one in (GROUPED, unclear, calm, replace(GROUPED, group_within=a.HOUR))}

    assert len(keys) == 4
    assert key_of(a.a_request(ruling=replace(GROUPED, explanation=("said otherwise",)))) in keys


def test_why_it_is_asked_is_part_of_the_key_but_not_how_far_a_budget_was_spent_otherwise() -> None:
    spent = Spending(rule="staging", limit=Limit(count=2, per=a.HOUR), used=2, since=a.NOON)

    def key(*budgets: Spending) -> str | None:
        return key_of(a.a_request(ruling=replace(GROUPED, budgets=budgets)))

    assert key(spent) != key()
    assert key(spent) != key(replace(spent, rule="another"))
    assert key(spent) == key(replace(spent, used=3, since=SOON))
    assert key(replace(spent, used=1)) == key()


def test_what_failed_anew_is_part_of_the_key_but_not_when_it_failed_before() -> None:
    asked = a.a_request(ruling=a.a_ruling(group_within=timedelta(minutes=5)), tests=a.some_tests(failed=2))
    first = replace(asked.tests.failures[0], triage=Triage.NEW)
    seen = replace(asked.tests.failures[0], last_failed=Sighting(failed=True, commit=None, at=a.NOON))

    def key(tests: TestEvidence) -> str | None:
        return key_of(replace(asked, tests=tests))

    assert key(replace(asked.tests, known=1)) != key(asked.tests)
    assert key(replace(asked.tests, failures=(first, *asked.tests.failures[1:]))) != key(asked.tests)
    assert key(replace(asked.tests, failures=(seen, *asked.tests.failures[1:]))) == key(asked.tests)


def test_who_may_follow_comes_later_in_time_and_by_id_with_the_same_key() -> None:
    key = key_of(LEADER) or ""

    assert may_follow(LEADER, key, a.OTHER_ID, SOON - a.MICROSECOND)
    assert not may_follow(LEADER, key, a.OTHER_ID, SOON)
    assert not may_follow(LEADER, key, a.ID, a.NOON)
    assert not may_follow(LEADER, "another", a.OTHER_ID, a.NOON)
    brief = replace(GROUPED, timeout=timedelta(minutes=1))
    short = a.a_request(ruling=brief)
    assert not may_follow(short, key_of(short) or "", a.OTHER_ID, a.NOON + timedelta(minutes=1))


def test_who_follows_is_born_without_a_card() -> None:
    event = replace(a.a_submission(ruling=GROUPED, request_id=a.OTHER_ID), leader=a.ID)

    outcome = submit(event, a.NOON)

    assert outcome.effects == (ShowCard(request=a.ID, channel="#approvals"),)
    assert outcome.happened[0].detail["follows"] == a.ID
    assert outcome.request.leader == a.ID


@pytest.mark.parametrize("event", [a.a_reminder(), a.an_escalation(a.TIMER), a.an_escalation(a.BO, card=a.ID)], ids=str)
def test_who_follows_says_nothing_in_the_channel(event: Event) -> None:
    outcome = advance(FOLLOWER, event, SOON)

    assert outcome.request.leader == a.ID
    assert not [effect for effect in outcome.effects if isinstance(effect, TellThread)]
    assert {effect.request for effect in outcome.effects} <= {a.ID}
    assert not outcome.parts


def test_an_answer_on_the_card_is_counted_and_said_by_the_leader_alone() -> None:
    outcome = advance(FOLLOWER, a.approval(card=a.ID), a.NOON)

    assert outcome.request.state is State.APPROVED
    assert outcome.request.leader == a.ID
    assert [type(effect) for effect in outcome.effects] == [ShowCard, TellRequester, CallBack]
    assert outcome.effects[0].request == a.ID


@pytest.mark.parametrize(
    "event",
    [
        a.approval(),
        a.approval(card=a.OTHER_ID),
        a.rejection(),
        a.a_question(),
        a.a_revision(),
        a.an_emergency(),
        a.an_escalation(a.BO),
        a.an_escalation(a.BO, card=a.OTHER_ID),
        a.an_escalation(a.CI),
    ],
    ids=str,
)
def test_whoever_is_answered_or_changed_alone_has_its_own_card(event: Event) -> None:
    outcome = advance(FOLLOWER, event, a.NOON)

    assert outcome.request.leader is None
    shown = [effect.request for effect in outcome.effects if isinstance(effect, ShowCard)]
    assert set(shown) == {a.ID, a.OTHER_ID}
    assert [effect for effect in outcome.effects if isinstance(effect, TellThread)]


@pytest.mark.parametrize("event", [a.a_cancellation(), a.a_supersession(), a.a_timeout()], ids=str)
def test_whoever_ends_without_anybody_s_answer_only_leaves_the_count(event: Event) -> None:
    late = a.NOON + (a.HOUR if event == a.a_timeout() else timedelta())

    outcome = advance(FOLLOWER, event, late)

    assert outcome.request.leader == a.ID
    assert [type(effect) for effect in outcome.effects] == [ShowCard, TellRequester, CallBack]


@pytest.mark.parametrize(
    ("event", "parts"),
    [
        (a.approval(card=a.ID), False),
        (a.a_reminder(), False),
        (a.an_escalation(), False),
        (a.an_escalation(a.BO, card=a.ID), False),
        (a.an_escalation(a.TIMER), False),
        (a.approval(), True),
        (a.a_cancellation(), True),
        (a.a_question(), True),
        (a.a_revision(), True),
        (a.an_emergency(), True),
        (a.a_supersession(), True),
    ],
    ids=str,
)
def test_what_happens_to_a_leader_alone_parts_it_from_the_others(event: Event, parts: bool) -> None:  # noqa: FBT001 - a column
    assert advance(LEADER, event, SOON).parts is parts
    assert not advance(replace(LEADER, ruling=replace(GROUPED, group_within=None)), event, SOON).parts


def test_who_goes_on_leads_with_a_card_or_follows_without_one() -> None:
    alone = advance(FOLLOWER, Regrouped(by=a.CI), a.NOON)
    again = advance(FOLLOWER, Regrouped(by=a.CI, leader=a.ID), a.NOON)

    assert (alone.request.leader, alone.effects) == (None, (ShowCard(request=a.OTHER_ID, channel="#approvals"),))
    assert (again.request.leader, again.effects) == (a.ID, ())
    assert again.happened[0].detail == {"follows": a.ID}


def test_who_follows_nobody_is_not_put_elsewhere() -> None:
    with pytest.raises(Refused) as refused:
        advance(LEADER, Regrouped(by=a.CI), a.NOON)

    assert refused.value.code is Refusal.NOT_OPEN


def test_company_is_whoever_stands_where_it_does_in_the_order_of_coming() -> None:
    third = replace(FOLLOWER, id=f"{a.OTHER_ID[:-1]}3", number=3)
    gone = replace(FOLLOWER, id=f"{a.OTHER_ID[:-1]}4", number=4, state=State.CANCELLED, deadline=None)

    assert alike(LEADER, [third, LEADER, gone, FOLLOWER]) == (
        Companion(id=a.OTHER_ID, number=2),
        Companion(id=third.id, number=3),
    )


def heard(*reviews: Reviewed, **fields: object) -> ApprovalRequest:
    return a.a_request(ruling=GROUPED, reviews=reviews, **fields)  # pyright: ignore[reportArgumentType] - by their names


@pytest.mark.parametrize(
    ("leader", "is_alone"),
    [
        (heard(), True),
        (heard(a.approval()), False),
        (heard(a.rejection()), True),
        (heard(a.approval(), state=State.APPROVED), True),
    ],
)
def test_who_stands_otherwise_after_an_answer_on_the_card_goes_alone(leader: ApprovalRequest, is_alone: bool) -> None:  # noqa: FBT001 - a column
    after = heard(a.approval(), request_id=a.OTHER_ID, number=2, leader=a.ID)

    outcome = answered(Outcome(request=after, happened=(), effects=()), leader)

    assert (outcome.request.leader is None) == is_alone
    assert list(outcome.effects) == [ShowCard(request=after.id, channel="#approvals")] * is_alone
    alone = Outcome(request=replace(after, leader=None), happened=(), effects=())
    assert answered(alone, leader) == alone
