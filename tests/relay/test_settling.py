"""What follows from every kind of ending, as a table."""

from datetime import datetime, timedelta

import pytest

from bot.core.attempts import Attempt, Delivered, GiveUp, TryLater, Unknown
from bot.core.effects import CallBack, Effect, Reply, ShowCard, Unfurl, Whisper
from bot.relay.backoff import CALLBACK_SCHEDULE
from bot.relay.errand import Errand, Hold
from bot.relay.settling import Arrived, Cause, Dead, PutBack, settle
from tests.factories import ID, NOON

CARD = ShowCard(request=ID, channel="#approvals")
CALL = CallBack(request=ID)
LINK = Unfurl(about=ID, channel="C0APPROVE", ts="1.1", url="https://jit.acme.test/")
REPLY = Reply(channel="D0ANA0000", slack_id="U0ANA0000", text="Nothing waits.", drawn="[]", is_direct=True)
WHISPER = Whisper(channel="C0APPROVE", slack_id="U0ANA0000", text="no")


def an_errand(effect: Effect, attempts: int = 1, *, is_repeat: bool = False, created_at: datetime = NOON) -> Errand:
    return Errand(
        id="row",
        destination="slack:#approvals",
        effect=effect,
        request=ID,
        attempts=attempts,
        created_at=created_at,
        nonce="n",
        is_repeat=is_repeat,
    )


def never() -> float:
    return 0.0


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("attempt", "is_repeat", "due_in", "nonce"),
    [
        (TryLater(why="w"), False, 1, None),
        (TryLater(why="w"), True, 1, "n"),
        (TryLater(why="w", after=timedelta(seconds=30)), False, 30, None),
        (TryLater(why="w", after=timedelta()), False, 1, None),
        (Unknown(why="w"), False, 1, "n"),
        (Unknown(why="w"), True, 1, "n"),
    ],
)
def test_what_may_still_arrive_is_put_back(
    attempt: Attempt,
    is_repeat: bool,  # noqa: FBT001 - pytest passes it
    due_in: float,
    nonce: str | None,
) -> None:
    settlement = settle(an_errand(CARD, is_repeat=is_repeat), attempt, never, NOON)

    assert settlement == PutBack(due_at=after(due_in), why="w", nonce=nonce)


@pytest.mark.parametrize(("is_repeat", "nonce"), [(False, None), (True, "n")])
def test_whose_turn_has_not_come_waits_for_it(is_repeat: bool, nonce: str | None) -> None:  # noqa: FBT001 - pytest passes it
    held = settle(an_errand(CARD, is_repeat=is_repeat), Hold(why="w", wait=timedelta(seconds=3)), never, NOON)

    assert held == PutBack(due_at=after(3), why="w", nonce=nonce, cause=Cause.TURN)


def test_what_somebody_has_to_mend_is_tried_for_three_days_and_says_what_to_do() -> None:
    refused = TryLater(why="Slack: not_in_channel", remedy="invite the app")
    old = an_errand(CARD, 50, created_at=NOON - timedelta(hours=75))

    waiting, dead = settle(an_errand(CARD, 50), refused, never, NOON), settle(old, refused, never, NOON)

    assert waiting == PutBack(due_at=after(300), why="Slack: not_in_channel", nonce=None, remedy="invite the app")
    assert dead == Dead(why="gave up after 50 attempts, last: Slack: not_in_channel: invite the app")


def test_what_arrived_is_done() -> None:
    delivered = Delivered(channel="C0APPROVE", ts="1.1")

    assert settle(an_errand(CARD), delivered, never, NOON) == Arrived(attempt=delivered)


def test_what_was_refused_for_good_is_dead() -> None:
    assert settle(an_errand(CALL), GiveUp(why="410"), never, NOON) == Dead(why="410")


def test_a_callback_follows_its_schedule_and_dies_after_the_tenth_attempt() -> None:
    for attempts in range(1, 10):
        settlement = settle(an_errand(CALL, attempts), Unknown(why="cut"), never, NOON)
        assert settlement == PutBack(due_at=NOON + CALLBACK_SCHEDULE[attempts], why="cut", nonce="n")

    assert isinstance(settle(an_errand(CALL, 10), Unknown(why="cut"), never, NOON), Dead)


def test_a_callback_waits_as_long_as_it_is_asked_to_and_never_less_than_planned() -> None:
    patient = settle(an_errand(CALL), TryLater(why="503", after=timedelta(hours=1)), never, NOON)
    hasty = settle(an_errand(CALL, 3), TryLater(why="503", after=timedelta(seconds=1)), never, NOON)

    assert patient == PutBack(due_at=after(3600), why="503", nonce=None)
    assert hasty == PutBack(due_at=NOON + timedelta(minutes=30), why="503", nonce=None)


def test_a_callback_that_is_asked_to_wait_is_not_given_up_for_its_age() -> None:
    old = an_errand(CALL, 9, created_at=NOON - timedelta(days=8))

    assert isinstance(settle(old, TryLater(why="503", after=timedelta(hours=24)), never, NOON), PutBack)


@pytest.mark.parametrize(
    ("effect", "patience"),
    [
        (CARD, timedelta(hours=75)),
        (WHISPER, timedelta(minutes=2)),
        (REPLY, timedelta(hours=1)),
        (LINK, timedelta(hours=1)),
    ],
)
def test_what_is_for_slack_dies_of_age(effect: Effect, patience: timedelta) -> None:
    failed = TryLater(why="500")
    held = Hold(why="its turn", wait=timedelta(seconds=1))
    young = an_errand(effect, 10, created_at=NOON - patience + timedelta(seconds=1))
    old = an_errand(effect, 10, created_at=NOON - patience)

    assert isinstance(settle(young, held, never, NOON), PutBack)
    assert isinstance(settle(old, failed, never, NOON), Dead)


def test_a_card_that_is_replayed_after_days_is_tried_more_than_once() -> None:
    replayed = an_errand(CARD, 1, created_at=NOON - timedelta(days=10))

    assert isinstance(settle(replayed, TryLater(why="500"), never, NOON), PutBack)
