"""Whom a policy would ask, without any request."""

from collections.abc import Sequence
from datetime import timedelta

from bot.core.judging.asking import Call, calls_in, calls_named, calls_of, names_in, shown_in
from bot.core.judging.policy import Policy, Rule
from bot.core.judging.signpost import Signpost
from bot.core.people.membership import Crowd, GroupKind, LiveGroup, rotas
from bot.core.ruling import EscalationStep, Handling, Ruling
from tests import factories as a

RELEASE = LiveGroup(name="release", kind=GroupKind.SLACK_USERGROUP, ref="release-managers")
ON_CALL = LiveGroup(name="on-call", kind=GroupKind.CALENDAR, ref="https://cal.acme.test/oncall.ics")
DEFAULT = a.a_ruling(rule="default", channels=["#approvals"])


def a_policy(*terms: Ruling, signposts: Sequence[Signpost] = (), **groups: Crowd) -> Policy:
    rules = tuple(Rule(name=one.rule, when=None, terms=one) for one in terms)
    return Policy(hash=a.POLICY_HASH, default=DEFAULT, rules=rules, signposts=tuple(signposts), groups=groups)


def rules_in(policy: Policy, *channels: str) -> list[str]:
    return [ruling.rule for ruling in shown_in(policy, frozenset(channels))]


def test_a_rule_asks_in_its_own_channel_and_where_an_escalation_shows_it() -> None:
    steps = (EscalationStep(after=timedelta(minutes=5), channel="#incidents"),)
    payments = a.a_ruling(rule="payments", channels=["#payments"], stages=[a.a_stage(escalate=steps)])
    policy = a_policy(payments)

    assert rules_in(policy, "#payments") == rules_in(policy, "#incidents") == ["payments"]
    assert rules_in(policy, "C0PAYMENTS", "#payments") == ["payments"]
    assert rules_in(policy, "#elsewhere") == []


def test_a_rule_without_a_channel_asks_where_routes_and_defaults_show_things() -> None:
    anywhere = a.a_ruling(rule="anywhere", channels=[])
    policy = a_policy(anywhere, signposts=[Signpost(name="pay", when=None, channels=("#payments",))])

    assert rules_in(policy, "#payments") == ["anywhere"]
    assert rules_in(policy, "#approvals") == ["anywhere", "default"]


def test_a_rule_that_decides_by_itself_asks_nobody() -> None:
    policy = a_policy(a.a_ruling(rule="green", handling=Handling.AUTO_APPROVE, channels=["#approvals"]))

    assert rules_in(policy, "#approvals") == ["default"]
    assert calls_named(policy, "green") == ()
    assert names_in(policy) == ("default",)


def test_each_stage_calls_its_own_and_silence_calls_more() -> None:
    steps = (
        EscalationStep(after=timedelta(minutes=5), to=(a.DIA,)),
        EscalationStep(after=timedelta(minutes=10), channel="#incidents"),
        EscalationStep(after=timedelta(minutes=15), groups=(ON_CALL,)),
    )
    chain = a.a_ruling(rule="chain", stages=[a.a_stage("qa", approvers=[a.BO], escalate=steps), a.a_stage("release")])

    assert tuple(calls_of(chain)) == (
        Call(name="chain", stage="qa", crowd=Crowd(people=(a.BO,))),
        Call(name="chain", stage="qa", after=timedelta(minutes=5), crowd=Crowd(people=(a.DIA,))),
        Call(name="chain", stage="qa", after=timedelta(minutes=15), crowd=Crowd(groups=(ON_CALL,))),
        Call(name="chain", stage="release", crowd=Crowd(), anyone=True),
    )


def test_a_rule_of_one_stage_needs_no_name_for_it() -> None:
    (call,) = calls_in(a_policy(), frozenset({"#approvals"}))

    assert call == Call(name="default", crowd=Crowd(), anyone=True)


def test_a_group_or_a_rule_is_known_by_its_name_however_it_is_spelt() -> None:
    policy = a_policy(a.a_ruling(rule="Red gate"), qa=Crowd(people=(a.BO,)), release=Crowd(groups=(RELEASE,)))

    assert calls_named(policy, "QA") == (Call(name="qa", crowd=Crowd(people=(a.BO,))),)
    assert [call.name for call in calls_named(policy, "red GATE")] == ["Red gate"]
    assert calls_named(policy, "nobody") == ()
    assert names_in(policy) == ("qa", "release", "Red gate", "default")


def test_calendars_are_named_once() -> None:
    assert rotas([Crowd(groups=(ON_CALL, RELEASE)), Crowd(groups=(ON_CALL,))]) == (ON_CALL.ref,)
