from datetime import timedelta

import pytest

from bot.core.effects import TellPerson
from bot.core.request import ApprovalRequest, State
from bot.sandbox.gestures import Interaction
from tests.factories import BO, CHEN, DIA, HOUR, a_break_glass, a_question, a_ruling, a_stage, a_subject
from tests.handlers.slack.house import House
from tests.handlers.slack.jit.test_command import typed

ANA_ID, BO_ID, CHEN_ID, DIA_ID = "U0ANA0000", "U0BO00000", "U0CHEN000", "U0DIA0000"
RULING = a_ruling(stages=[a_stage("qa", 2, [BO, CHEN])], break_glass=a_break_glass([DIA]))


async def filled_in(house: House, confirmed: str, reason: str = "Payments are down.") -> Interaction:
    """Dia fills in the dialog before her and sends it."""
    view = house.workspace.view(DIA_ID)
    assert view is not None
    return await house.workspace.submit_view(DIA_ID, view.id, {"reason": reason, "confirm": confirmed})


async def about_to_break(house: House) -> ApprovalRequest:
    request = await house.ask(RULING)
    await typed(house, f"break-glass {request.number}", DIA_ID)
    return request


async def test_the_command_alone_does_nothing_but_open_a_dialog_even_typed_in_full(house: House) -> None:
    request = await house.ask(RULING)

    said = await typed(house, f"break-glass {request.number} payments are down", DIA_ID)

    assert "Nothing has happened" in said
    assert await house.state(request) is State.PENDING
    view = house.workspace.view(DIA_ID)
    assert view is not None
    assert "payments are down" in str(view.content)
    assert "passed over and told: bo and chen" in str(view.content)


async def test_confirmed_it_is_released_and_everybody_passed_over_is_told(house: House) -> None:
    request = await about_to_break(house)

    answer = await filled_in(house, f"#{request.number}")

    assert answer.view is None
    settled = await house.now(request)
    assert settled.decision
    assert (settled.state, settled.decision.break_glass) == (State.APPROVED, True)
    assert settled.decision.reason == "Payments are down."
    told = [effect.person.key for effect in await house.effects() if isinstance(effect, TellPerson)]
    assert sorted(told) == ["bo", "chen"]


@pytest.mark.parametrize("confirmed", ["", "yes", "99"])
async def test_unconfirmed_nothing_happens_and_the_field_says_so(house: House, confirmed: str) -> None:
    request = await about_to_break(house)

    answer = await filled_in(house, confirmed or " ")

    assert "confirm" in answer.errors
    assert await house.state(request) is State.PENDING
    assert (await house.entries(request))[-1]["detail"]["code"] == "unconfirmed"


async def test_without_a_reason_the_field_says_so(house: House) -> None:
    request = await about_to_break(house)

    answer = await filled_in(house, str(request.number), "\u200b ")

    assert "reason" in answer.errors
    assert await house.state(request) is State.PENDING


@pytest.mark.parametrize(("user", "why"), [(BO_ID, "break-glass group"), (ANA_ID, "break-glass group")])
async def test_nobody_else_gets_the_dialog_and_the_log_says_who_tried(house: House, user: str, why: str) -> None:
    request = await house.ask(RULING)

    said = await typed(house, f"break-glass {request.number}", user)

    assert why in said
    assert house.workspace.view(user) is None
    assert (await house.log(request))[-1] == "request.refused"


async def test_whoever_asked_breaks_no_glass_for_it_whatever_group_they_are_in(house: House) -> None:
    request = await house.ask(RULING, subject=a_subject(requester=DIA))

    assert "asked for this yourself" in await typed(house, f"break-glass {request.number}", DIA_ID)


async def test_a_rule_without_break_glass_says_so(house: House) -> None:
    request = await house.ask()

    assert "no break-glass" in await typed(house, f"break-glass {request.number}", DIA_ID)


async def test_what_has_ended_meanwhile_is_said_in_the_dialog(house: House) -> None:
    request = await about_to_break(house)
    await typed(house, f"reject {request.number} no", BO_ID)

    answer = await filled_in(house, str(request.number))

    assert answer.view
    assert "no longer open: rejected by bo" in str(answer.view.blocks)


async def test_at_the_deadline_it_is_too_late(house: House) -> None:
    request = await about_to_break(house)
    house.clock.now += HOUR

    answer = await filled_in(house, str(request.number))

    assert answer.view
    assert "is over" in str(answer.view.blocks)
    assert await house.state(request) is State.PENDING


async def test_somebody_else_reviews_it_and_whoever_broke_it_may_not(house: House) -> None:
    request = await about_to_break(house)
    await filled_in(house, str(request.number))

    own = await typed(house, f"reviewed {request.number} it was right", DIA_ID)
    silent = await typed(house, f"reviewed {request.number}", CHEN_ID)
    said = await typed(house, f"reviewed {request.number} it was right", CHEN_ID)
    again = await typed(house, f"reviewed {request.number} me too", BO_ID)

    assert "somebody else has to review" in own
    assert "Like this: /jit reviewed" in silent
    assert "You reviewed" in said
    assert "chen has reviewed this already" in again
    settled = await house.now(request)
    assert settled.glass_review
    assert (settled.state, settled.glass_review.reason) == (State.APPROVED, "it was right")
    assert (await house.log(request)).count("request.glass_reviewed") == 1


async def test_a_question_from_the_card_reaches_whoever_asked_and_their_answer_lets_the_clock_run(house: House) -> None:
    request = await house.ask()
    ts = await house.card(request)
    await house.choose(BO_ID, ts, "Ask a question …")
    view = house.workspace.view(BO_ID)
    assert view is not None
    await house.workspace.submit_view(BO_ID, view.id, {"reason": "Which customers?"})
    asked = await house.now(request)
    assert asked.pause
    assert (asked.state, asked.pause.question) == (State.NEEDS_INFO, "Which customers?")

    await house.click(ANA_ID, await house.card(request), "jit_answer")
    view = house.workspace.view(ANA_ID)
    assert view is not None
    assert "Which customers?" in str(view.content)
    house.clock.now += timedelta(minutes=10)
    await house.workspace.submit_view(ANA_ID, view.id, {"reason": "Only the test tenants."})

    answered = await house.now(request)
    assert answered.state is State.PENDING
    assert answered.deadline == request.deadline + timedelta(minutes=10) if request.deadline else None
    assert answered.exchanges[0].answer == "Only the test tenants."


async def test_whoever_may_not_ask_or_answer_is_told_where_they_clicked(house: House) -> None:
    request = await house.ask()
    ts = await house.card(request)

    await house.choose(ANA_ID, ts, "Ask a question …")
    await typed(house, f"ask {request.number} Which customers?", BO_ID)
    await house.click(CHEN_ID, await house.card(request), "jit_answer")

    whispers = {whisper.slack_id: whisper.text for whisper in await house.whispers()}
    assert "asked for this yourself" in whispers[ANA_ID]
    assert "Only whoever asked" in whispers[CHEN_ID]
    assert house.workspace.view(ANA_ID) is house.workspace.view(CHEN_ID) is None


async def test_a_stale_answer_dialog_answers_no_other_question(house: House) -> None:
    request = await house.ask()
    await typed(house, f"ask {request.number} First?", BO_ID)
    await house.click(ANA_ID, await house.card(request), "jit_answer")
    view = house.workspace.view(ANA_ID)
    assert view is not None
    await typed(house, f"answer {request.number} One.", ANA_ID)
    await typed(house, f"ask {request.number} Second?", CHEN_ID)

    answer = await house.workspace.submit_view(ANA_ID, view.id, {"reason": "One, again."})

    assert answer.view
    assert "another one is open now" in str(answer.view.blocks)
    assert await house.state(request) is State.NEEDS_INFO


async def test_typed_questions_and_answers_say_what_follows(house: House) -> None:
    request = await house.ask()

    unasked = await typed(house, f"answer {request.number} nothing", ANA_ID)
    asked = await typed(house, f"ask {request.number} {a_question().question}", BO_ID)
    twice = await typed(house, f"ask {request.number} And why?", CHEN_ID)
    mute = await typed(house, f"answer {request.number}", ANA_ID)
    answered = await typed(house, f"answer {request.number} Only the test tenants.", ANA_ID)

    assert "Nothing has been asked" in unasked
    assert "the clock stands" in asked
    assert "open already" in twice
    assert "Like this: /jit answer" in mute
    assert "its clock runs on" in answered
