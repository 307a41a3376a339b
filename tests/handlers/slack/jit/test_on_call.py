"""`/jit on-call`: who would be asked now."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.judging.policy import Policy, Rule
from bot.core.people.membership import Crowd, GroupKind, LiveGroup
from bot.core.people.superior import MANAGER
from bot.core.ruling import EscalationStep
from bot.sandbox.faults import ServerError
from bot.sandbox.usergroups import UserGroup
from tests.factories import BO, CHEN, DIA, POLICY_HASH, a_ruling, a_stage
from tests.handlers.slack.house import House
from tests.handlers.slack.jit.test_command import BO_ID, GUS_ID, typed

RELEASE = LiveGroup(name="release", kind=GroupKind.SLACK_USERGROUP, ref="release-managers", fallback=(BO,))
MANAGERS = UserGroup(id="S0RELEASE", handle="release-managers", name="Release managers", members=("U0CHEN000",))


def in_force(house: House, *rules: Rule, **groups: Crowd) -> None:
    default = a_ruling(rule="default", channels=["#elsewhere"])
    house.clock.policy = Policy(hash=POLICY_HASH, default=default, rules=rules, groups=groups)


def asking(approvers: Sequence[object] = (BO,), channel: str = "#approvals", **fields: object) -> Rule:
    stage = a_stage(approvers=approvers, **fields)  # pyright: ignore[reportArgumentType] - people
    return Rule(name="red gate", when=None, terms=a_ruling(rule="red gate", stages=[stage], channels=[channel]))


async def test_a_channel_hears_whom_its_rules_ask_and_whom_silence_calls(house: House) -> None:
    house.workspace.put_usergroup(MANAGERS)
    later = EscalationStep(after=timedelta(minutes=15), groups=(RELEASE, MANAGER))
    in_force(house, asking(escalate=(later,)))

    said = await typed(house, "on-call")

    assert "Who would be asked now in this channel" in said
    assert "red gate**: bo" in said
    assert (
        "red gate, after 15m without an answer**: release (a Slack user group), seen {2026-03-04 12:00 UTC}: " in said
    )
    assert "chen; the manager of whoever asks" in said
    assert "default" not in said


@pytest.mark.parametrize("channel", ["C0APPROVE", "#approvals"])
async def test_a_channel_is_known_by_its_name_and_by_its_id(house: House, channel: str) -> None:
    in_force(house, asking(channel=channel))

    assert "in this channel" in await typed(house, "on-call")


async def test_where_no_rule_asks_others_are_shown_and_it_says_so(house: House) -> None:
    in_force(house, asking(channel="#payments"))

    said = await typed(house, "on-call")

    assert "No rule asks in this channel" in said
    assert "red gate" in said
    assert "default**: any full member" in said


async def test_a_channel_that_slack_will_not_name_is_still_known_by_its_id(house: House) -> None:
    in_force(house, asking(channel="C0APPROVE"))
    house.workspace.faults.add("conversations.info", ServerError(500))

    assert "in this channel" in await typed(house, "on-call")


async def test_a_group_is_asked_for_by_name_and_shows_who_is_away_and_who_answers_for_whom(house: House) -> None:
    in_force(house, qa=Crowd(people=(BO, CHEN, DIA)))
    await typed(house, "away for 3d", BO_ID)
    await typed(house, "delegate @chen for 3d", "U0DIA0000")

    said = await typed(house, "on-call qa")

    assert "Who would be asked now by “qa”" in said
    assert "bo (away), chen, dia (chen answers for them)" in said


async def test_a_group_in_which_nobody_is_says_who_stands_in(house: House) -> None:
    house.workspace.put_usergroup(replace(MANAGERS, members=()))
    in_force(house, release=Crowd(groups=(RELEASE,)))

    said = await typed(house, "on-call release")

    assert "nobody is in it; instead of them bo" in said


async def test_a_group_that_slack_cannot_tell_of_says_why_and_names_nobody_instead(house: House) -> None:
    in_force(house, release=Crowd(groups=(replace(RELEASE, ref="long-gone"),)))

    said = await typed(house, "on-call release")

    assert "can't be told just now (Slack has no such user group)" in said
    assert "instead" not in said


async def test_what_the_policy_does_not_know_gets_the_nearest_that_it_does(house: House) -> None:
    in_force(house, asking(), release=Crowd(people=(BO,)))

    assert "Did you mean release?" in await typed(house, "on-call relase")
    assert "It has release, red gate, default." in await typed(house, "on-call xyzzy")


async def test_guests_are_not_told(house: House) -> None:
    in_force(house, asking())

    assert "bo" not in json.dumps(await typed(house, "on-call", GUS_ID))


async def test_of_many_rules_the_first_are_shown_and_it_says_so(house: House) -> None:
    in_force(house, *[asking() for _ in range(20)])

    assert "and 8 more" in await typed(house, "on-call")
