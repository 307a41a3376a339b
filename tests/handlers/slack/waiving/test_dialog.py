"""“Waive a failure …” in the card's menu: offered where it can be done, and what is wrong is said in its dialog."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.effects import Note, TellThread
from bot.core.people.membership import Crowd
from bot.core.waivers.terms import WaiverTerms
from bot.sandbox.people import PEOPLE
from bot.slack import Press
from bot.slack.cards.buttons import pressed_now
from bot.slack.dialogs.reasons import Origin
from bot.slack.dialogs.waiving import MOST, draw_waive_dialog
from tests.core.waivers.given import DAY, TERMS, failing
from tests.factories import ANA, BO, NOON, a_failure, a_ruling, a_subject
from tests.handlers.slack.house import House
from tests.slack.validating import read_aloud

ANA_ID, BO_ID, CHEN_ID = "U0ANA0000", "U0BO00000", "U0CHEN000"
WAIVE = "Waive a failure …"
REFUND, VOID = a_failure(), a_failure("tests.api.test_pay::test_void", "the order is gone")
RULING = a_ruling(waivable=True)


@pytest.fixture
def lenient(house: House) -> House:
    """A house in which bo and ana may waive failures."""
    house.clock.policy = replace(house.clock.policy, waivers=WaiverTerms(by=Crowd(people=(BO, ANA))))
    return house


def filled(place: str, **more: str) -> dict[str, str]:
    until = str(int((NOON + 3 * DAY).timestamp()))
    return {"failure": place, "reason": "the bank is down", "ticket": "PAY-77", "until": until, "uses": "5"} | more


async def opened(house: House, user: str = BO_ID) -> tuple[str, str]:
    """Ana's request with two failures; somebody opens the dialog. Return it, and what stands for the first failure."""
    tests = failing(REFUND, VOID)
    request = await house.ask(RULING, tests=tests)
    seen = await house.choose(user, await house.card(request), WAIVE)
    assert seen.view is not None
    return seen.view.id, f"0.{tests.failures[0].signature}"


async def test_it_is_offered_where_the_policy_has_waivers_and_something_can_be_recognised(house: House) -> None:
    asks = {
        "all is there": (RULING, failing(REFUND), a_subject()),
        "no waivers": (a_ruling(), failing(REFUND), a_subject()),
        "no repository": (RULING, failing(REFUND), a_subject(repository=None)),
        "nothing to recognise": (RULING, failing(replace(REFUND, message="", detail="")), a_subject()),
    }
    offered = list[str]()
    for name, (ruling, tests, subject) in asks.items():
        request = await house.ask(ruling, subject, tests)
        await house.card(request)
        if WAIVE in str(house.workspace.messages("C0APPROVE")[-1].blocks):
            offered.append(name)

    assert offered == ["all is there"]


async def test_a_failure_is_waived_and_the_thread_says_so(lenient: House) -> None:
    dialog, place = await opened(lenient)
    shown = lenient.workspace.view(BO_ID)
    assert shown is not None
    assert "stays as it was judged" in read_aloud(list(shown.content["blocks"]))

    done = await lenient.workspace.submit_view(BO_ID, dialog, filled(place))

    assert (done.complaint, done.view) == (None, None)
    [waiver] = await lenient.desk.read(lambda snapshot: snapshot.waivers.live(5))
    assert (waiver.test, waiver.uses, waiver.ticket, waiver.until) == (REFUND.id, 5, "PAY-77", NOON + 3 * DAY)
    said = [one.said for one in await lenient.effects() if isinstance(one, TellThread)]
    assert [(one.note, one.words) for one in said] == [
        (Note.WAIVED, f"Waiver #1 (PAY-77) for {REFUND.id}: the bank is down")
    ]


WRONG = {
    "two words for a ticket": ("ticket", "PAY 77", "one word"),
    "over": ("until", str(int((NOON - DAY).timestamp())), "over already"),
    "too long": ("until", str(int((NOON + 15 * DAY).timestamp())), "14 days at most"),
    "too often": ("uses", "21", "1 to 20"),
    "no number": ("uses", "many", "Write a number"),
}


async def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(lenient: House) -> None:
    dialog, place = await opened(lenient)

    for name, (field, value, says) in WRONG.items():
        done = await lenient.workspace.submit_view(BO_ID, dialog, filled(place, **{field: value}))
        assert list(done.errors) == [field], name
        assert says in done.errors[field], name
    assert await lenient.desk.read(lambda snapshot: snapshot.waivers.newest(5)) == ()


@pytest.mark.parametrize(
    ("user", "code"), [(CHEN_ID, "not_eligible"), (ANA_ID, "forbidden")], ids=["not named", "asked for it"]
)
async def test_who_may_not_is_told_before_they_write(lenient: House, user: str, code: str) -> None:
    request = await lenient.ask(RULING, tests=failing(REFUND))

    seen = await lenient.choose(user, await lenient.card(request), WAIVE)

    assert seen.view is None
    assert [one["code"] for one in await lenient.refused()] == [code]
    assert len(await lenient.whispers()) == 1


async def test_once_the_policy_has_no_waivers_any_more_the_dialog_gives_none(lenient: House) -> None:
    dialog, place = await opened(lenient)
    lenient.clock.policy = replace(lenient.clock.policy, waivers=None)

    done = await lenient.workspace.submit_view(BO_ID, dialog, filled(place))

    assert done.view is not None
    assert "lets nobody waive" in read_aloud(list(done.view.content["blocks"]))


async def test_whoever_is_a_guest_by_the_time_they_send_it_gives_none(lenient: House) -> None:
    dialog, place = await opened(lenient)
    roster = lenient.workspace.state.roster
    roster.put_person(replace(next(one for one in PEOPLE if one.id == BO_ID), is_guest=True))
    lenient.clock.now += timedelta(minutes=2)

    done = await lenient.workspace.submit_view(BO_ID, dialog, filled(place))

    assert done.view is not None
    assert "Guests" in read_aloud(list(done.view.content["blocks"]))
    assert await lenient.desk.read(lambda snapshot: snapshot.waivers.newest(5)) == ()


async def test_of_many_failures_the_dialog_offers_as_many_as_slack_allows(house: House) -> None:
    tests = failing(*(a_failure(f"tests::test_{n}", f"broken {'x' * (n % 7)}") for n in range(MOST + 5)), total=500)
    request = await house.ask(RULING, tests=tests)
    view = await house.view(request)
    origin = Origin(value=house.front.seal.draw_value(pressed_now(request, Press.WAIVE)))

    dialog = draw_waive_dialog(view, origin, TERMS, NOON + timedelta(seconds=30))

    assert str(dialog).count("'value': '") == MOST
    assert "the other 5 by /jit waive" in str(dialog)
