"""A click that depends on a Slack user group: looked up before it counts, and never taken for what is long past."""

from dataclasses import replace
from datetime import timedelta

from bot.core.errors import Refusal
from bot.core.people.identity import Person
from bot.core.people.membership import GroupKind, LiveGroup
from bot.core.request import ApprovalRequest, State
from bot.core.ruling import Delegating, Ruling
from bot.sandbox.people import PEOPLE
from bot.sandbox.usergroups import UserGroup
from tests.factories import CHEN, DIA, a_break_glass, a_ruling, a_stage, a_subject
from tests.handlers.slack.house import House
from tests.handlers.slack.jit.test_command import typed

RELEASE = LiveGroup(name="release", kind=GroupKind.SLACK_USERGROUP, ref="release-managers")
MANAGERS = UserGroup(id="S0RELEASE", handle="release-managers", name="Release managers", members=("U0CHEN000",))
BO_ID, CHEN_ID, DIA_ID = "U0BO00000", "U0CHEN000", "U0DIA0000"


async def asked(house: House, group: LiveGroup = RELEASE, quorum: int = 1) -> tuple[ApprovalRequest, str]:
    house.workspace.put_usergroup(MANAGERS)
    await house.workspace.quiet()
    request = await house.ask(a_ruling(stages=[a_stage("release", quorum, [], groups=(group,))]))
    return request, await house.card(request)


async def test_whoever_is_in_the_group_decides_and_the_log_says_through_which(house: House) -> None:
    request, ts = await asked(house)

    await house.click(CHEN_ID, ts)

    assert await house.state(request) is State.APPROVED
    reviewed = next(entry for entry in await house.entries(request) if entry["event"] == "request.reviewed")
    (membership,) = reviewed["actor"]["memberships"]
    assert (membership["group"], membership["as"]) == ("release", "member")


async def test_whoever_is_not_in_it_is_told_who_is_asked(house: House) -> None:
    request, ts = await asked(house)

    await house.click(BO_ID, ts)

    assert await house.state(request) is State.PENDING
    (whisper,) = await house.whispers()
    assert "It waits for: release" in whisper.text


async def test_who_has_left_the_group_may_not_answer_from_then_on(house: House) -> None:
    request, ts = await asked(house, quorum=2)
    await house.click(CHEN_ID, ts)
    second, other = await asked(house, quorum=2)

    house.workspace.put_usergroup(replace(MANAGERS, members=(DIA_ID,)))
    await house.workspace.quiet()
    await house.click(CHEN_ID, other)
    await house.click(DIA_ID, other)

    assert [review.by.name for review in (await house.now(request)).reviews] == ["chen"]
    assert [review.by.name for review in (await house.now(second)).reviews] == ["dia"]


async def test_a_change_that_slack_never_told_is_found_within_a_minute(house: House) -> None:
    request, ts = await asked(house)
    await house.click(BO_ID, ts)
    house.workspace.state.usergroups.put(replace(MANAGERS, members=(DIA_ID,)))

    house.clock.now += timedelta(seconds=60)
    await house.click(CHEN_ID, ts)

    assert await house.state(request) is State.PENDING


async def test_when_slack_cannot_say_who_is_in_it_nobody_counts_and_hears_so(house: House) -> None:
    request, ts = await asked(house, replace(RELEASE, ref="no-such-group", fallback=(DIA,)))

    for user in (CHEN_ID, DIA_ID):
        await house.click(user, ts)

    assert await house.state(request) is State.PENDING
    first, second = await house.whispers()
    assert first.text == second.text
    assert "can't be told just now (Slack has no such user group), so this can't count" in first.text


async def test_the_fallback_answers_for_an_empty_group(house: House) -> None:
    request, ts = await asked(house, replace(RELEASE, fallback=(DIA,)))
    house.workspace.put_usergroup(replace(MANAGERS, members=()))
    await house.workspace.quiet()

    await house.click(CHEN_ID, ts)
    assert await house.state(request) is State.PENDING
    await house.click(DIA_ID, ts)

    assert await house.state(request) is State.APPROVED


async def test_a_request_without_live_groups_looks_nobody_up(house: House) -> None:
    request = await house.ask(a_ruling(stages=[a_stage("qa", 1, [CHEN])]))
    ts = await house.card(request)

    await house.click(CHEN_ID, ts)
    await house.click(BO_ID, ts)

    assert await house.state(request) is State.APPROVED
    assert house.workspace.calls("usergroups.list") == house.workspace.calls("usergroups.users.list") == ()


async def test_a_click_that_is_sent_again_counts_once_all_the_same(house: House) -> None:
    request, ts = await asked(house, quorum=2)

    await house.click(CHEN_ID, ts)
    await house.click(CHEN_ID, ts)

    refusals = [
        entry["detail"]["code"] for entry in await house.entries(request) if entry["event"] == "request.refused"
    ]
    assert refusals == [Refusal.ALREADY_REVIEWED]


async def breakable(house: House, group: LiveGroup = RELEASE) -> tuple[ApprovalRequest, str]:
    house.workspace.put_usergroup(MANAGERS)
    await house.workspace.quiet()
    glass = a_break_glass([], groups=(group,))
    request = await house.ask(a_ruling(stages=[a_stage("qa", 2, [], groups=(group,))], break_glass=glass))
    return request, await house.card(request)


async def test_whoever_is_in_the_group_breaks_the_glass_and_the_log_says_through_which(house: House) -> None:
    request, _ = await breakable(house)

    await typed(house, f"break-glass {request.number}", CHEN_ID)
    view = house.workspace.view(CHEN_ID)
    assert view is not None
    filled = {"reason": "Payments are down.", "confirm": str(request.number)}
    await house.workspace.submit_view(CHEN_ID, view.id, filled)

    assert await house.state(request) is State.APPROVED
    broken = next(entry for entry in await house.entries(request) if entry["event"] == "request.glass_broken")
    (membership,) = broken["actor"]["memberships"]
    assert (membership["group"], membership["as"]) == ("release", "member")


async def test_whoever_is_not_in_it_cannot_break_the_glass(house: House) -> None:
    request, _ = await breakable(house)

    said = await typed(house, f"break-glass {request.number}", DIA_ID)

    assert "You aren't in the break-glass group" in said
    assert house.workspace.view(DIA_ID) is None


async def test_who_left_the_group_while_the_dialog_was_open_cannot_break_the_glass(house: House) -> None:
    request, _ = await breakable(house)
    await typed(house, f"break-glass {request.number}", CHEN_ID)
    view = house.workspace.view(CHEN_ID)
    assert view is not None

    house.workspace.put_usergroup(replace(MANAGERS, members=(DIA_ID,)))
    await house.workspace.quiet()
    filled = {"reason": "Payments are down.", "confirm": str(request.number)}
    answer = await house.workspace.submit_view(CHEN_ID, view.id, filled)

    assert answer.view
    assert "You aren't in the break-glass group" in str(answer.view.blocks)
    assert await house.state(request) is State.PENDING


async def test_when_slack_cannot_say_who_is_in_it_nobody_breaks_the_glass(house: House) -> None:
    request, _ = await breakable(house, replace(RELEASE, ref="no-such-group", fallback=(DIA,)))

    said = [await typed(house, f"break-glass {request.number}", user) for user in (CHEN_ID, DIA_ID)]

    assert all("“release” can't be told just now (Slack has no such user group)" in one for one in said)
    assert await house.state(request) is State.PENDING


async def test_a_broken_glass_is_reviewed_by_whoever_is_in_the_group_by_then(house: House) -> None:
    request, _ = await breakable(house)
    await typed(house, f"break-glass {request.number}", CHEN_ID)
    view = house.workspace.view(CHEN_ID)
    assert view is not None
    await house.workspace.submit_view(CHEN_ID, view.id, {"reason": "Down.", "confirm": str(request.number)})

    early = await typed(house, f"reviewed {request.number} it was right", DIA_ID)
    house.workspace.put_usergroup(replace(MANAGERS, members=(CHEN_ID, DIA_ID)))
    await house.workspace.quiet()
    said = await typed(house, f"reviewed {request.number} it was right", DIA_ID)

    assert "Only whoever this rule lets approve" in early
    assert "You reviewed" in said


async def lent(
    house: House, ruling: Ruling | None = None, requester: Person | None = None
) -> tuple[ApprovalRequest, str]:
    """Chen, who is in the group, lets bo answer; a request that only the group may answer waits."""
    house.workspace.put_usergroup(MANAGERS)
    await house.workspace.quiet()
    assert "may answer in your name" in await typed(house, "delegate @bo for 1h", CHEN_ID)
    long = a_ruling(stages=[a_stage("release", 1, [], groups=(RELEASE,))], timeout=timedelta(days=1))
    subject = a_subject() if requester is None else a_subject(requester=requester)
    request = await house.ask(ruling or long, subject=subject)
    return request, await house.card(request)


async def reviews(house: House, request: ApprovalRequest) -> list[tuple[str, str | None]]:
    found = (await house.now(request)).reviews
    return [(one.by.name, one.on_behalf_of.key if one.on_behalf_of else None) for one in found]


async def test_a_stand_in_answers_for_whoever_is_in_the_group_and_the_log_says_through_which(house: House) -> None:
    request, ts = await lent(house)

    await house.click(BO_ID, ts)

    assert await house.state(request) is State.APPROVED
    assert await reviews(house, request) == [("bo", "chen")]
    reviewed = next(entry for entry in await house.entries(request) if entry["event"] == "request.reviewed")
    (membership,) = reviewed["detail"]["on_behalf_of"]["memberships"]
    assert (membership["group"], membership["as"]) == ("release", "member")
    assert "memberships" not in reviewed["actor"]


async def test_a_stand_in_answers_by_command_and_finds_what_waits_for_them(house: House) -> None:
    request, _ = await lent(house)

    assert "you can answer" in await typed(house, "list", BO_ID)
    assert "You approved" in await typed(house, f"approve {request.number}", BO_ID)

    assert await reviews(house, request) == [("bo", "chen")]


async def test_a_stand_in_gives_a_reason_in_the_dialog(house: House) -> None:
    request, ts = await lent(house)

    await house.click(BO_ID, ts, "jit_reject")
    view = house.workspace.view(BO_ID)
    assert view is not None
    await house.workspace.submit_view(BO_ID, view.id, {"reason": "too red"})

    assert await house.state(request) is State.REJECTED
    assert await reviews(house, request) == [("bo", "chen")]


async def test_a_giver_who_has_left_the_group_meanwhile_lends_nothing(house: House) -> None:
    request, ts = await lent(house)
    house.workspace.put_usergroup(replace(MANAGERS, members=(DIA_ID,)))
    await house.workspace.quiet()

    await house.click(BO_ID, ts)

    assert await house.state(request) is State.PENDING
    assert "You stand in for chen, but chen isn't asked here either" in (await house.whispers())[-1].text
    assert "you can answer" not in await typed(house, "list", BO_ID)


async def test_the_fallback_of_an_empty_group_can_be_stood_in_for(house: House) -> None:
    rule = a_ruling(stages=[a_stage("release", 1, [], groups=(replace(RELEASE, fallback=(CHEN,)),))])
    request, ts = await lent(house, rule)
    house.workspace.put_usergroup(replace(MANAGERS, members=()))
    await house.workspace.quiet()

    await house.click(BO_ID, ts)

    assert await reviews(house, request) == [("bo", "chen")]


async def test_when_slack_cannot_say_whether_the_giver_is_in_it_the_stand_in_hears_so(house: House) -> None:
    rule = a_ruling(stages=[a_stage("release", 1, [], groups=(replace(RELEASE, ref="no-such-group"),))])
    request, ts = await lent(house, rule)

    await house.click(BO_ID, ts)

    assert await house.state(request) is State.PENDING
    assert "“release” can't be told just now (Slack has no such user group)" in (await house.whispers())[-1].text


async def test_what_has_ended_meanwhile_or_is_forbidden_or_banned_gives_nothing(house: House) -> None:
    strict = a_ruling(stages=[a_stage("release", 1, [], groups=(RELEASE,))], delegation=Delegating.FORBID)
    forbidden, first = await lent(house, strict)
    banned, second = await lent(house, requester=CHEN)
    ended, third = await lent(house)

    await house.click(BO_ID, first)
    await house.click(BO_ID, second)
    house.clock.now += timedelta(hours=1)
    await house.click(BO_ID, third)

    assert [await reviews(house, one) for one in (forbidden, banned, ended)] == [[], [], []]
    said = sorted(one.text for one in await house.whispers())
    assert "You aren't an approver" in said[0]
    assert "chen asked for this" in said[1]
    assert "this rule lets nobody answer for somebody else" in said[2]


async def test_a_giver_whom_slack_has_deactivated_lends_nothing(house: House) -> None:
    request, ts = await lent(house)
    (chen,) = (person for person in PEOPLE if person.id == CHEN_ID)
    house.workspace.state.roster.put_person(replace(chen, is_deleted=True))
    house.clock.now += timedelta(minutes=2)

    await house.click(BO_ID, ts)

    assert await house.state(request) is State.PENDING
    assert "Slack doesn't say that chen is a full member" in (await house.whispers())[-1].text


async def test_a_member_and_their_stand_in_are_one_voice(house: House) -> None:
    both = replace(MANAGERS, members=(CHEN_ID, DIA_ID))
    two = a_ruling(stages=[a_stage("release", 2, [], groups=(RELEASE,))])
    request, ts = await lent(house, two)
    house.workspace.put_usergroup(both)
    await house.workspace.quiet()

    for user in (BO_ID, CHEN_ID, BO_ID):
        await house.click(user, ts)
    assert await reviews(house, request) == [("bo", "chen")]

    await house.click(DIA_ID, ts)
    assert await house.state(request) is State.APPROVED
