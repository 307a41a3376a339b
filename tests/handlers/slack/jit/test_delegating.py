"""`/jit delegate`: given, listed, used, taken back; and everybody who may not is told why."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.effects import TellAccount
from bot.core.request import State
from bot.core.ruling import RequireReason
from bot.sandbox.people import PEOPLE
from bot.slack.dialogs.reasons import REASON_ACTION
from bot.store import verify_audit
from tests.factories import CHEN, DIA, a_ruling, a_stage, a_subject
from tests.handlers.slack.house import House
from tests.handlers.slack.jit.test_command import typed

BO_ID, CHEN_ID, DIA_ID, GUS_ID, EVE_ID, OLD_ID = (
    f"U0{n}".ljust(9, "0") for n in ("BO", "CHEN", "DIA", "GUS", "EVE", "OLD")
)
HERS = a_ruling(stages=[a_stage(approvers=[DIA])], timeout=timedelta(days=30))


async def told(house: House) -> list[tuple[str, str]]:
    return [(one.slack_id, one.text) for one in await house.effects() if isinstance(one, TellAccount)]


async def log(house: House) -> list[str]:
    return [row.event for row in await house.desk.read(lambda snapshot: list(snapshot.audit()))]


async def test_a_member_lets_another_answer_and_both_are_told_until_when(house: House) -> None:
    said = await typed(house, "delegate @bo until 18:00", DIA_ID)

    assert "Until Wednesday 2026-03-04 18:00 (Europe/Berlin) bo may answer in your name" in said
    ((account, text),) = await told(house)
    assert account == BO_ID
    # Whoever reads it may do so in another zone: Slack shows them theirs.
    assert "dia lets you answer requests in their name until 2026-03-04 17:00 UTC" in text
    assert "bo may answer in your name until" in await typed(house, "delegate list", DIA_ID)
    assert "You may answer in the name of dia until" in await typed(house, "delegate list", BO_ID)
    assert await log(house) == ["delegation.given"]


async def test_a_delegate_approves_by_button_in_the_delegators_name(house: House) -> None:
    request = await house.ask(HERS)
    card = await house.card(request)
    await house.click(BO_ID, card)
    assert await house.state(request) is State.PENDING

    await typed(house, "delegate @bo for 1d", DIA_ID)
    await house.click(BO_ID, card)

    after = await house.now(request)
    assert after.state is State.APPROVED
    assert after.reviews[0].on_behalf_of is not None
    assert after.reviews[0].on_behalf_of.key == "dia"
    # The test's own requests have no true digest, which verify would notice last of all.
    verdict = await house.desk.read(verify_audit)
    assert "digest" in (verdict.why or "")


async def test_a_delegate_rejects_by_dialog_and_by_command(house: House) -> None:
    await typed(house, "delegate @bo for 1d", DIA_ID)
    first, second = await house.ask(HERS), await house.ask(HERS)

    opened = await house.click(BO_ID, await house.card(first), "jit_reject")
    assert opened.view is not None or house.workspace.view(BO_ID) is not None
    view = house.workspace.view(BO_ID)
    assert view is not None
    await house.workspace.submit_view(BO_ID, view.id, {REASON_ACTION: "too red"})
    await typed(house, f"reject {second.number} also <red>", BO_ID)

    assert await house.state(first) is State.REJECTED
    assert await house.state(second) is State.REJECTED
    assert (await house.now(second)).reviews[0].reason == "also <red>"


async def test_a_delegate_finds_what_waits_for_them(house: House) -> None:
    await house.ask(HERS)
    assert "you can answer" not in await typed(house, "list", BO_ID)

    await typed(house, "delegate @bo for 1d", DIA_ID)

    assert "you can answer" in await typed(house, "list", BO_ID)


async def test_what_was_taken_back_or_has_ended_gives_nothing(house: House) -> None:
    request = await house.ask(HERS)
    card = await house.card(request)
    await typed(house, "delegate @bo for 1h", DIA_ID)
    assert "bo no longer answers in your name" in await typed(house, "undelegate", DIA_ID)
    await house.click(BO_ID, card)
    assert await house.state(request) is State.PENDING

    await typed(house, "delegate @bo for 1h", DIA_ID)
    house.clock.now += timedelta(hours=1)
    await house.click(BO_ID, card)
    assert await house.state(request) is State.PENDING

    assert "delegated to nobody just now" in await typed(house, "delegate revoke", DIA_ID)
    assert "nobody has delegated to you" in await typed(house, "delegate list", DIA_ID)


async def test_a_new_one_takes_the_place_of_the_old_and_whoever_had_it_is_told(house: House) -> None:
    request = await house.ask(HERS)
    await typed(house, "delegate @bo for 1d", DIA_ID)
    await told(house)

    said = await typed(house, "delegate @chen for 1d", DIA_ID)

    assert "bo no longer does" in said
    assert sorted(account for account, _ in await told(house)) == [BO_ID, CHEN_ID]
    await house.click(BO_ID, await house.card(request))
    assert await house.state(request) is State.PENDING


async def test_a_delegator_who_has_left_lends_nothing(house: House) -> None:
    request = await house.ask(HERS)
    await typed(house, "delegate @bo for 1d", DIA_ID)
    (dia,) = (person for person in PEOPLE if person.id == DIA_ID)
    house.workspace.state.roster.put_person(replace(dia, is_deleted=True))
    house.clock.now += timedelta(minutes=2)

    await house.click(BO_ID, await house.card(request))

    assert await house.state(request) is State.PENDING
    assert "Slack doesn't say that dia is a full member" in (await house.whispers())[-1].text


async def test_a_banned_requester_cannot_lend_their_right(house: House) -> None:
    request = await house.ask(HERS, subject=a_subject(requester=DIA))
    await typed(house, "delegate @bo for 1d", DIA_ID)

    await house.click(BO_ID, await house.card(request))

    assert await house.state(request) is State.PENDING
    assert "dia asked for this" in (await house.whispers())[-1].text


async def test_two_of_two_are_two_humans_and_two_rights(house: House) -> None:
    request = await house.ask(a_ruling(stages=[a_stage(approvers=[DIA, CHEN], quorum=2)], timeout=timedelta(days=3)))
    card = await house.card(request)
    await typed(house, "delegate @bo for 1d", DIA_ID)
    await typed(house, "delegate @bo for 1d", CHEN_ID)

    await house.click(BO_ID, card)
    (review,) = (await house.now(request)).reviews
    used, left = (DIA_ID, CHEN_ID) if review.on_behalf_of == DIA else (CHEN_ID, DIA_ID)
    for user in (used, BO_ID):
        await house.click(user, card)
    assert await house.state(request) is State.PENDING

    await house.click(left, card)
    assert await house.state(request) is State.APPROVED


async def test_the_reason_dialog_opens_for_a_delegate_alone(house: House) -> None:
    request = await house.ask(replace(HERS, require_reason=RequireReason.ALWAYS))
    card = await house.card(request)

    await house.click(BO_ID, card, "jit_approve_reason")
    assert house.workspace.view(BO_ID) is None
    await typed(house, "delegate @bo for 1d", DIA_ID)
    await house.click(BO_ID, card, "jit_approve_reason")

    assert house.workspace.view(BO_ID) is not None


SAYS: dict[str, tuple[str, str, str]] = {
    "nobody named": ("delegate", DIA_ID, "Say who and until when"),
    "no such person": ("delegate @nobody for 1d", DIA_ID, "Say who and until when"),
    "no moment": ("delegate @bo", DIA_ID, "Until when?"),
    "a moment nobody knows": ("delegate @bo until someday", DIA_ID, "Until when?"),
    "the past": ("delegate @bo until 9:00", DIA_ID, "over already"),
    "too far": ("delegate @bo for 91d", DIA_ID, "90 days are the most"),
    "oneself": ("delegate @dia for 1d", DIA_ID, "stand in for yourself"),
    "a guest": ("delegate @gus for 1d", DIA_ID, "Guests can't decide"),
    "somebody external": ("delegate @eve for 1d", DIA_ID, "other workspaces"),
    "somebody who left": ("delegate @old for 1d", DIA_ID, "deactivated"),
    "the bot": ("delegate @jit for 1d", DIA_ID, "Bots can't decide"),
    "by a guest": ("delegate @bo for 1d", GUS_ID, "Guests of this workspace can't decide"),
    "by somebody external": ("delegate @bo for 1d", EVE_ID, "People from other workspaces"),
    "nothing to revoke": ("delegate revoke", DIA_ID, "delegated to nobody"),
    "a guest lists": ("delegate list", GUS_ID, "Guests of this workspace"),
}


@pytest.mark.parametrize(("text", "user", "answer"), SAYS.values(), ids=SAYS.keys())
async def test_what_cannot_be_is_said_and_changes_nothing(house: House, text: str, user: str, answer: str) -> None:
    assert answer in await typed(house, text, user)
    assert await told(house) == []
    assert "delegation.given" not in await log(house)
