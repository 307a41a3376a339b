"""Live groups: whoever is in one when they answer is an approver, if that was looked up lately."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.audit.groups import admits
from bot.core.effects import TellThread
from bot.core.errors import Refusal, Refused
from bot.core.life.lifecycle import advance, submit
from bot.core.people.eligibility import is_banned, may_review, unread_groups
from bot.core.people.entitled import draw_stage
from bot.core.people.identity import Actor, Person, Standing
from bot.core.people.membership import Belonging, GroupKind, LiveGroup
from bot.core.request import ApprovalRequest, State
from bot.core.ruling import Forbidden
from tests import factories as a
from tests.core.audit.log import Log

SECOND = timedelta(seconds=1)
ONCALL = a.a_group("on-call", GroupKind.CALENDAR, fallback=[a.DIA])


def asked(*groups: LiveGroup, approvers: list[Person] | None = None, **fields: object) -> ApprovalRequest:
    stage = a.a_stage("release", 1, approvers or [], groups=groups or (a.a_group(),), **fields)
    return a.a_request(ruling=a.a_ruling(stages=[stage]))


def refusal(request: ApprovalRequest, by: Actor) -> Refused:
    with pytest.raises(Refused) as refused:
        advance(request, a.approval(by=by), a.NOON)
    return refused.value


def test_whoever_is_in_the_group_at_the_click_may_answer() -> None:
    after = advance(asked(), a.approval(by=a.in_group(a.BO)), a.NOON).request

    assert after.state is State.APPROVED
    assert may_review(asked(), a.in_group(a.BO), a.NOON)


@pytest.mark.parametrize(
    "by",
    [
        a.an_actor(a.BO),
        a.in_group(a.BO, belonging=Belonging.OUTSIDER),
        a.in_group(a.BO, a.a_group("other")),
        a.in_group(a.BO, a.a_group(fallback=[a.BO])),
        a.in_group(a.BO, ONCALL, belonging=Belonging.FALLBACK),
    ],
    ids=["nothing looked up", "not in it", "in another", "in one of another policy", "no fallback of it"],
)
def test_whoever_is_not_in_the_frozen_group_may_not(by: Actor) -> None:
    found = refusal(asked(a.a_group(), ONCALL), by)

    assert found.code is Refusal.NOT_ELIGIBLE
    assert "It waits for: release, on-call" in found.sentence


def test_the_bans_hold_for_members_of_live_groups_too() -> None:
    assert refusal(asked(), a.in_group(a.ANA)).code is Refusal.FORBIDDEN


@pytest.mark.parametrize(
    ("group", "longest"), [(a.a_group(), timedelta(seconds=60)), (ONCALL, timedelta(hours=24))], ids=["slack", "rota"]
)
def test_what_was_read_too_long_ago_decides_nothing_and_says_so(group: LiveGroup, longest: timedelta) -> None:
    young = a.in_group(a.BO, group, read_at=a.NOON - longest)
    old = a.in_group(a.BO, group, read_at=a.NOON - longest - SECOND)
    of_tomorrow = a.in_group(a.BO, group, read_at=a.NOON + timedelta(seconds=6))

    assert advance(asked(group), a.approval(by=young), a.NOON).request.state is State.APPROVED
    for by in (old, of_tomorrow):
        assert "so this can't count. Try again in a minute" in refusal(asked(group), by).sentence


def test_where_nobody_can_tell_nobody_counts_as_a_member_and_hears_why() -> None:
    by = a.in_group(a.BO, belonging=Belonging.UNKNOWN, why="Slack does not answer")

    assert "(Slack does not answer)" in refusal(asked(), by).sentence


def test_the_frozen_fallback_stands_in_for_a_group_that_nobody_is_in() -> None:
    by = a.in_group(a.DIA, ONCALL, belonging=Belonging.FALLBACK)

    assert advance(asked(ONCALL), a.approval(by=by), a.NOON).request.state is State.APPROVED


def test_only_what_could_let_somebody_answer_has_to_be_looked_up() -> None:
    both = asked(a.a_group(), ONCALL, approvers=[a.CHEN])

    assert unread_groups(both, a.an_actor(a.BO)) == (a.a_group(), ONCALL)
    assert unread_groups(both, a.in_group(a.BO)) == (ONCALL,)
    assert unread_groups(both, a.an_actor(a.CHEN)) == ()
    assert unread_groups(both, a.an_actor(a.BO, standing=Standing.GUEST)) == ()
    assert unread_groups(both, a.CI) == ()
    assert unread_groups(a.a_request(), a.an_actor(a.BO)) == ()
    assert unread_groups(asked(anyone=True), a.an_actor(a.BO)) == ()


def test_an_escalation_calls_a_live_group_and_lets_it_answer() -> None:
    request = asked(approvers=[a.CHEN], escalate=(a.a_step(to=[], groups=[ONCALL]),))

    after = advance(request, a.an_escalation(), a.NOON)

    assert after.request.called_groups == (ONCALL,)
    assert [effect.said.groups for effect in after.effects if isinstance(effect, TellThread)] == [(ONCALL,)] * 2
    assert advance(after.request, a.approval(by=a.in_group(a.BO, ONCALL)), a.NOON).request.state is State.APPROVED


def test_the_second_opinion_takes_no_claim_about_a_group_that_was_not_asked() -> None:
    claim = {
        "group": "release",
        "kind": "slack_usergroup",
        "ref": "x",
        "as": "member",
        "read_at": "2026-03-04T12:00:00Z",
    }

    assert not admits([], {"memberships": [claim]}, a.NOON)


def test_whoever_started_the_run_counts_as_banned_where_it_is_said_who_is_left() -> None:
    ruling = a.a_ruling(forbid=[Forbidden.TRIGGERER])

    assert is_banned(ruling, a.a_subject(triggerer=a.BO), a.BO)
    assert not is_banned(ruling, a.a_subject(triggerer=None), a.BO)
    assert not is_banned(a.a_ruling(), a.a_subject(triggerer=a.BO), a.BO)


def test_what_is_frozen_says_where_a_group_is_looked_up_and_who_stands_in() -> None:
    lines = list(draw_stage(asked(ONCALL, a.a_group()).ruling.stages[0], []))

    assert lines == [
        'stage "release": 1 of on-call, release',
        "  on-call: whoever is on call when somebody answers; dia may answer while nobody there can",
        "  release: a Slack user group, looked up when somebody answers; nobody stands in",
    ]


def test_the_second_opinion_knows_who_started_the_run() -> None:
    ruling = a.a_ruling(forbid=[Forbidden.TRIGGERER], quorum=2)
    born = submit(a.a_submission(ruling=ruling, subject=a.a_subject(triggerer=a.BO)), a.NOON)
    log = Log().record(born, advance(born.request, a.approval(by=a.CHEN), a.NOON))
    assert log.first_violation() is None

    log.entries[1]["actor"].update({"person": "bo", "email": "bo@acme.test", "slack_id": "U0BO00000", "github": "bo"})

    violation = log.first_violation()
    assert violation is not None
    assert violation.sentence == "whoever started the run answered, which the rule forbids"


def test_several_accounts_of_one_human_are_told_to_the_second_opinion_too() -> None:
    listed = frozenset({"slack:U0BO00000", "slack:U0BO00002"})
    bo = replace(a.BO, aliases=listed)
    clicked = replace(bo, slack_id="U0BO00002")
    born = submit(a.a_submission(ruling=a.a_ruling(stages=[a.a_stage("qa", 1, [bo])])), a.NOON)

    log = Log().record(born, advance(born.request, a.approval(by=clicked), a.NOON))

    assert log.first_violation() is None
    assert bo.traces >= listed
