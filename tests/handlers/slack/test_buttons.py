import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.events import InfoRequested
from bot.core.life.lifecycle import advance
from bot.core.people.identity import Identity, People
from bot.core.request import State
from bot.core.ruling import Forbidden, RequireReason, Verdict
from bot.sandbox.faults import Refusal, ServerError
from bot.sandbox.gestures import PressInView
from bot.slack import Press, Seal
from bot.slack.cards.card import draw_card
from tests.factories import ANA, BO, CHEN, DIA, HOUR, a_freeze, a_ruling, a_stage, a_subject, an_actor, some_tests
from tests.handlers.slack.house import House

ANA_ID, BO_ID, CHEN_ID, GUS_ID, EVE_ID = "U0ANA0000", "U0BO00000", "U0CHEN000", "U0GUS0000", "U0EVE0000"
EVIL_ID = "U0DIA0000"
CANNOT_READ = frozenset({"U0OLD0000", "U0JITBOT0"})
"""Whoever has left, and bots: what would be told them nobody reads."""


async def test_one_click_approves_and_is_on_the_books_when_it_is_acknowledged(house: House) -> None:
    request = await house.ask()
    ts = await house.card(request)

    await house.click(BO_ID, ts)

    settled = await house.now(request)
    assert settled.state is State.APPROVED
    (review,) = settled.reviews
    assert review.by.person
    assert (review.by.person.key, review.by.channel, review.by.message_ts) == ("bo", "C0APPROVE", ts)
    assert await house.whispers() == []


async def test_two_approvals_need_two_people(house: House) -> None:
    request = await house.ask(a_ruling(2))
    ts = await house.card(request)

    await house.click(BO_ID, ts)
    await house.click(BO_ID, ts)
    assert await house.state(request) is State.PENDING
    await house.click(CHEN_ID, ts)

    assert await house.state(request) is State.APPROVED
    (whisper,) = await house.whispers()
    assert (whisper.slack_id, whisper.channel) == (BO_ID, "C0APPROVE")
    assert "already" in whisper.text


async def test_two_clicks_at_once_decide_once(house: House) -> None:
    request = await house.ask()
    ts = await house.card(request)

    await asyncio.gather(house.click(BO_ID, ts), house.click(CHEN_ID, ts), house.click(BO_ID, ts))

    assert await house.state(request) is State.APPROVED
    assert (await house.log(request)).count("request.decided") == 1


@pytest.mark.parametrize(
    ("user", "why"),
    [
        (ANA_ID, "You asked for this yourself"),
        (GUS_ID, "Guests"),
        (EVE_ID, "other workspaces"),
        ("U0OLD0000", "deactivated"),
        ("U0JITBOT0", "Bots"),
    ],
)
@pytest.mark.parametrize("action_id", ["jit_approve", "jit_reject"])
async def test_whoever_may_not_is_told_why_and_the_log_has_it(
    house: House, user: str, why: str, action_id: str
) -> None:
    request = await house.ask()
    ts = await house.card(request)

    answer = await house.click(user, ts, action_id)

    assert await house.state(request) is State.PENDING
    assert answer.view is None
    (refused,) = await house.refused()
    assert why in refused["sentence"]
    told = [(whisper.slack_id, whisper.text) for whisper in await house.whispers()]
    assert told == ([] if user in CANNOT_READ else [(user, refused["sentence"])])


async def test_who_is_no_approver_hears_who_is(house: House) -> None:
    request = await house.ask(a_ruling(stages=[a_stage("qa", approvers=[CHEN, DIA])]))
    ts = await house.card(request)

    await house.click(BO_ID, ts)

    (whisper,) = await house.whispers()
    assert "chen, dia" in whisper.text


async def test_authors_may_not_when_the_rule_says_so(house: House) -> None:
    ruling = a_ruling(forbid=[Forbidden.REQUESTER, Forbidden.AUTHORS])
    request = await house.ask(ruling, a_subject(authors=[BO]))
    ts = await house.card(request)

    await house.click(BO_ID, ts)

    (whisper,) = await house.whispers()
    assert "You wrote part of this change" in whisper.text


@pytest.mark.parametrize("action_id", ["jit_approve", "jit_reject"])
async def test_whoever_comes_late_hears_how_it_ended(house: House, action_id: str) -> None:
    request = await house.ask()
    ts = await house.card(request)
    await house.click(CHEN_ID, ts)

    await house.click(BO_ID, ts, action_id)

    (whisper,) = await house.whispers()
    assert "no longer open: approved by chen" in whisper.text


@pytest.mark.parametrize("action_id", ["jit_approve", "jit_reject"])
async def test_at_the_deadline_it_is_too_late(house: House, action_id: str) -> None:
    request = await house.ask()
    ts = await house.card(request)
    house.clock.now += HOUR

    await house.click(BO_ID, ts, action_id)

    assert await house.state(request) is State.PENDING
    (whisper,) = await house.whispers()
    assert "is over" in whisper.text


async def test_while_a_question_is_open_an_old_card_cannot_approve(house: House) -> None:
    request = await house.ask()
    ts = await house.card(request)
    await house.desk.run(
        lambda tx, now: tx.record(
            advance(tx.requests.lock(request.id), InfoRequested(by=an_actor(CHEN), question="Which customers?"), now)
        )
    )

    await house.click(BO_ID, ts)

    (whisper,) = await house.whispers()
    assert "has been asked something first" in whisper.text


async def test_a_card_of_another_house_counts_nothing(house: House) -> None:
    request = await house.ask()
    foreign = draw_card(await house.view(request), Seal("another-key-of-thirty-two-characters!"))
    ts = await house.post(foreign)

    for action_id in ("jit_approve", "jit_reject", "jit_details"):
        await house.click(BO_ID, ts, action_id)

    assert await house.state(request) is State.PENDING
    whispers = await house.whispers()
    assert len(whispers) == 3
    assert all("isn't valid any more" in whisper.text for whisper in whispers)


async def test_a_card_of_an_older_revision_says_that_this_changed(house: House) -> None:
    request = await house.ask()
    old = replace(request, revision=0)
    ts = await house.post(draw_card(replace(await house.view(request), request=old), house.front.seal))

    await house.click(BO_ID, ts)

    (whisper,) = await house.whispers()
    assert "This changed since" in whisper.text


async def test_a_value_on_the_wrong_button_counts_nothing(house: House) -> None:
    request = await house.ask()
    card = draw_card(await house.view(request), house.front.seal)
    (actions,) = [block for block in card.blocks if block["type"] == "actions"]
    buttons = actions["elements"]
    buttons[0]["value"], buttons[1]["value"] = buttons[1]["value"], buttons[0]["value"]  # pyright: ignore[reportIndexIssue] - plain JSON
    ts = await house.post(card)

    await house.click(BO_ID, ts)

    assert await house.state(request) is State.PENDING
    (whisper,) = await house.whispers()
    assert "isn't what it says" in whisper.text


async def test_a_button_nobody_here_knows_is_answered_too(house: House) -> None:
    request = await house.ask()
    card = draw_card(await house.view(request), house.front.seal)
    (actions,) = [block for block in card.blocks if block["type"] == "actions"]
    actions["elements"][0]["action_id"] = "jit_launch"  # pyright: ignore[reportIndexIssue] - plain JSON
    ts = await house.post(card)

    await house.click(BO_ID, ts, "jit_launch")

    (whisper,) = await house.whispers()
    assert "isn't known here any more" in whisper.text


async def test_reject_asks_for_a_reason_first(house: House) -> None:
    request = await house.ask()
    ts = await house.card(request)

    answer = await house.click(BO_ID, ts, "jit_reject")

    assert answer.view
    assert answer.view.content["title"]["text"] == f"Reject #{request.number}"
    assert await house.state(request) is State.PENDING


async def test_approve_asks_for_a_reason_where_the_rule_wants_one(house: House) -> None:
    request = await house.ask(a_ruling(require_reason=RequireReason.ALWAYS))
    ts = await house.card(request)

    answer = await house.click(BO_ID, ts, Press.APPROVE_WITH_REASON.action_id)

    assert answer.view
    assert answer.view.content["title"]["text"] == f"Approve #{request.number}"


async def test_details_show_every_failure_page_by_page(house: House) -> None:
    request = await house.ask(tests=some_tests(20, 120))
    ts = await house.card(request)

    first = (await house.click(GUS_ID, ts, "jit_details")).view
    assert first
    await press_in_view(house, GUS_ID, "jit_page_next")
    second = house.workspace.view(GUS_ID)
    assert second
    await press_in_view(house, GUS_ID, "jit_page_next")
    await press_in_view(house, GUS_ID, "jit_page_back")
    again = house.workspace.view(GUS_ID)

    assert again
    assert "test_7" in str(first.blocks)
    assert "test_8" not in str(first.blocks)
    assert "test_8" in str(second.blocks)
    assert [block["type"] for block in again.blocks] == [block["type"] for block in second.blocks]


async def test_people_of_other_workspaces_get_no_details(house: House) -> None:
    request = await house.ask()
    ts = await house.card(request)

    answer = await house.click(EVE_ID, ts, "jit_details")

    assert answer.view is None
    (whisper,) = await house.whispers()
    assert "this workspace" in whisper.text


async def test_when_the_dialog_does_not_open_somebody_is_told(house: House) -> None:
    request = await house.ask()
    ts = await house.card(request)
    house.workspace.faults.add("views.open", Refusal("expired_trigger_id"))

    answer = await house.click(BO_ID, ts, "jit_reject")

    assert answer.view is None
    (whisper,) = await house.whispers()
    assert "didn't open" in whisper.text


async def test_while_slack_cannot_say_who_somebody_is_nothing_counts(house: House) -> None:
    request = await house.ask()
    ts = await house.card(request)
    house.workspace.faults.add("users.info", ServerError(500))

    await house.click(BO_ID, ts)

    assert await house.state(request) is State.PENDING
    (whisper,) = await house.whispers()
    assert "couldn't tell who you are" in whisper.text


async def test_who_left_a_minute_ago_can_no_longer_approve(house: House) -> None:
    request = await house.ask(a_ruling(2))
    ts = await house.card(request)
    await house.click(BO_ID, ts, "jit_details")
    roster = house.workspace.state.roster
    roster.put_person(replace(roster.person(BO_ID), is_deleted=True))
    house.clock.now += timedelta(seconds=60)

    await house.click(BO_ID, ts)

    assert (await house.now(request)).reviews == ()
    (refused,) = await house.refused()
    assert "deactivated" in refused["sentence"]


def with_address(house: House, user: str, email: str | None) -> None:
    roster = house.workspace.state.roster
    roster.put_person(replace(roster.person(user), email=email))


def know_only(house: House, people: People) -> None:
    """Put another policy's people table behind the desk."""
    house.front.directory._people = lambda: people  # pyright: ignore[reportPrivateUsage] - as if the file had changed


async def test_whoever_asked_by_the_address_of_their_profile_cannot_approve(house: House) -> None:
    with_address(house, ANA_ID, "ana.b@acme.test")
    requester = People((ANA, BO)).resolve(Identity(email="ana.b@acme.test"))
    request = await house.ask(a_ruling(stages=[a_stage(approvers=[ANA, BO])]), a_subject(requester=requester))

    await house.click(ANA_ID, await house.card(request))

    assert await house.state(request) is State.PENDING
    (whisper,) = await house.whispers()
    assert "asked for this yourself" in whisper.text


async def test_whoever_may_be_who_asked_is_told_what_to_do(house: House) -> None:
    request = await house.ask(subject=a_subject(requester=People().resolve(Identity(github="mallory-gh"))))
    know_only(house, People())

    await house.click(BO_ID, await house.card(request))

    assert await house.state(request) is State.PENDING
    (whisper,) = await house.whispers()
    assert "github:mallory-gh asked for this" in whisper.text
    assert "people table" in whisper.text


async def test_a_second_account_with_an_approvers_address_is_not_that_approver(house: House) -> None:
    """Bo is pinned to his account by the policy; his address stands in the profile of somebody it does not know."""
    know_only(house, People((ANA, BO)))
    with_address(house, BO_ID, None)
    with_address(house, EVIL_ID, "bo@acme.test")
    request = await house.ask(a_ruling(stages=[a_stage(approvers=[BO])]))

    await house.click(EVIL_ID, await house.card(request))

    assert (await house.now(request)).reviews == ()
    (whisper,) = await house.whispers()
    assert whisper.slack_id == EVIL_ID, "the account that clicked is told, not the one it resembles"
    (entry,) = [row for row in await house.entries(request) if row["event"] == "request.refused"]
    assert (entry["actor"]["slack_id"], entry["actor"]["name"]) == (EVIL_ID, f"slack:{EVIL_ID}")
    assert "key:bo" in entry["actor"]["also"]


async def test_a_second_yes_in_the_next_stage_needs_somebody_else(house: House) -> None:
    stages = [a_stage("qa", approvers=[BO, CHEN]), a_stage("release", approvers=[BO, DIA])]
    request = await house.ask(a_ruling(stages=stages))
    await house.click(BO_ID, await house.card(request))

    await house.click(BO_ID, await house.card(request))
    await house.click("U0DIA0000", await house.card(request))

    settled = await house.now(request)
    assert settled.state is State.APPROVED
    assert [review.verdict for review in settled.reviews] == [Verdict.APPROVE] * 2


async def press_in_view(house: House, user: str, action_id: str) -> None:
    view = house.workspace.view(user)
    assert view
    answer = await house.workspace.press_in_view(PressInView(user=user, view=view.id, action_id=action_id))
    assert answer.complaint is None


async def test_a_freeze_that_began_meanwhile_keeps_a_click_from_counting_and_says_until_when(house: House) -> None:
    request = await house.ask()
    ts = await house.card(request)
    house.clock.freezes.append(a_freeze())

    await house.click(BO_ID, ts)

    (whisper,) = await house.whispers()
    assert whisper.text == "Nothing is approved in the change freeze “year end”, until 2026-03-06 12:00 UTC."
    assert (await house.now(request)).state is State.PENDING
    house.clock.freezes.clear()
    await house.click(BO_ID, ts)
    assert (await house.now(request)).state is State.APPROVED
