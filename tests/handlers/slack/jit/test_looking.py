"""`/jit list for me | mine`, `policy explain`, `audit` and `whoami`."""

import pytest

from bot.core.request import State
from bot.core.view import CardRef
from tests.factories import ANA, BO, CHEN, a_ruling, a_stage, a_subject
from tests.handlers.slack.house import House
from tests.handlers.slack.jit.test_command import ANA_ID, BO_ID, EVE_ID, GUS_ID, typed


async def test_what_is_for_me_leaves_out_what_i_asked_for_and_what_others_answer(house: House) -> None:
    await house.ask(a_ruling(stages=[a_stage("qa", approvers=[BO])]), a_subject(title="For bo", requester=ANA))
    await house.ask(a_ruling(stages=[a_stage("qa", approvers=[CHEN])]), a_subject(title="For chen", requester=ANA))
    await house.ask(subject=a_subject(title="From bo", requester=BO))

    for words in ("list for me", "list  FOR  me", "list me"):
        listed = await typed(house, words)
        assert "Open requests that you can answer: 1" in listed
        assert "For bo" in listed
        assert "For chen" not in listed
        assert "From bo" not in listed


async def test_what_is_mine_is_what_i_asked_for(house: House) -> None:
    await house.ask(subject=a_subject(title="From ana", requester=ANA))
    await house.ask(subject=a_subject(title="From bo", requester=BO))

    listed = await typed(house, "list mine")

    assert "Open requests of yours: 1" in listed
    assert "From bo" in listed
    assert "From ana" not in listed


async def test_a_channel_lists_what_has_its_card_there_and_is_open(house: House) -> None:
    here, ended, elsewhere = [await house.ask(subject=a_subject(title=title)) for title in ("Here", "Over", "There")]
    for request, channel in ((here, "C0APPROVE"), (ended, "C0APPROVE"), (elsewhere, "C0PAYMENT")):
        card = CardRef(channel="#somewhere", channel_id=channel, ts="1.0", permalink=None)
        await house.desk.run(lambda tx, _, at=request.id, card=card: tx.cards.put(at, card))
    await typed(house, f"approve {ended.number}")

    for words in ("list channel", "list here"):
        listed = await typed(house, words)
        assert "Open requests with a card in this channel: 1" in listed
        assert "Here" in listed
        assert "you can answer" in listed
        assert "Over" not in listed
        assert "There" not in listed


async def test_what_concerns_me_is_found_behind_many_that_do_not(house: House) -> None:
    mine = await house.ask(a_ruling(stages=[a_stage("qa", approvers=[BO])]))
    for _ in range(120):
        await house.ask(a_ruling(stages=[a_stage("qa", approvers=[CHEN])]))

    assert f"#{mine.number} " in await typed(house, "list for me")


async def test_of_many_the_newest_are_listed_and_it_says_so(house: House) -> None:
    for _ in range(12):
        await house.ask(a_ruling(stages=[a_stage("qa", approvers=[BO])]))

    assert "The newest 10 open requests that you can answer" in await typed(house, "list for me")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("list mine", "nothing that is still open"),
        ("list for me", "waiting for you"),
        ("list channel", "No open request has a card in this channel"),
        ("list all", "like this"),
    ],
)
async def test_nothing_is_said_to_be_nothing(house: House, words: str, said: str) -> None:
    assert said in await typed(house, words)


async def test_a_request_is_explained_in_the_words_of_its_ruling(house: House) -> None:
    request = await house.ask()

    for words in (f"policy explain {request.number}", f"policy #{request.number}"):
        said = await typed(house, words)
        assert all(step in said for step in request.ruling.lines)
        assert f"judged by the rule “{request.ruling.rule}”" in said


@pytest.mark.parametrize("words", ["policy", "policy explain", "policy explainer 1"])
async def test_a_policy_is_explained_for_a_request_only(house: House, words: str) -> None:
    assert "/jit policy explain N" in await typed(house, words)


async def test_the_log_of_a_request_is_shown_with_who_and_when(house: House) -> None:
    request = await house.ask()
    await typed(house, f"approve {request.number}")

    said = await typed(house, f"audit {request.number}")

    assert f"#{request.number} in the audit log: " in said
    assert "request.submitted** by ci" in said
    assert "request.reviewed** by bo" in said
    assert "{2026-03-04 12:00 UTC}" in said


async def test_everybody_is_told_who_they_are(house: House) -> None:
    assert "You are bo, a full member of this workspace. I know you as bo@acme.test, U0BO00000" in await typed(
        house, "whoami"
    )
    assert "guests can't answer" in await typed(house, "whoami", GUS_ID)
    assert "other workspaces" in await typed(house, "whoami", EVE_ID)


@pytest.mark.parametrize("words", ["audit 1", "policy explain 1", "list mine", "list for me"])
@pytest.mark.parametrize("user", [GUS_ID, EVE_ID])
async def test_only_members_look_around(house: House, words: str, user: str) -> None:
    request = await house.ask(subject=a_subject(title="Secret launch"))

    said = await typed(house, words, user)

    assert "Secret launch" not in said
    assert request.ruling.rule not in said
    assert "request.submitted" not in said


async def test_whoever_asked_takes_it_back(house: House) -> None:
    request = await house.ask(subject=a_subject(requester=ANA))

    said = await typed(house, f"cancel {request.number} not today", ANA_ID)

    assert "You took" in said
    ended = await house.now(request)
    assert ended.state is State.CANCELLED
    assert ended.decision is not None
    assert ended.decision.reason == "not today"


@pytest.mark.parametrize("user", [BO_ID, GUS_ID, EVE_ID])
async def test_nobody_else_takes_it_back(house: House, user: str) -> None:
    request = await house.ask(subject=a_subject(requester=ANA, authors=(BO,)))

    await typed(house, f"cancel {request.number}", user)

    assert await house.state(request) is State.PENDING
    assert (await house.log(request))[-1] == "request.refused"


async def test_what_nobody_asked_for_in_person_is_taken_back_by_nobody(house: House) -> None:
    request = await house.ask(subject=a_subject(requester=None))

    assert "Only whoever asked" in await typed(house, f"cancel {request.number}", ANA_ID)
    assert await house.state(request) is State.PENDING
