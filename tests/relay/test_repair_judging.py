"""What is wrong with a card, and what follows: every case in a table."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from bot.core.request import RequestId, State
from bot.core.view import CardRef, RequestView
from bot.relay.repair.judging import AFTERCARE, EVERY, Care, Found, Judged, Sighting, care_for, is_own, judge
from bot.store import Look
from tests.factories import ID, NOON, a_request, some_tests

CARD = CardRef(channel="#approvals", channel_id="C0APPROVE", ts="1.1", drawn="d1", kept="k1")
LOOK = Look(request=ID, card=CARD, odd=None, until=NOON)
GONE, AS_DRAWN, OTHERS = (
    Sighting(is_there=False),
    Sighting(is_there=True, words="k1"),
    Sighting(is_there=True, words="x"),
)
EMPTIED = Sighting(is_there=True, words=None)


@pytest.mark.parametrize(
    ("kept", "drawn", "seen", "found", "mark"),
    [
        ("k1", "d1", AS_DRAWN, Found.FINE, None),
        ("k1", "d2", AS_DRAWN, Found.STALE, None),
        ("k1", "d1", OTHERS, Found.CHANGED, "changed:x"),
        ("k1", "d2", OTHERS, Found.CHANGED, "changed:x"),
        ("k1", "d1", EMPTIED, Found.CHANGED, "changed:emptied"),
        ("k1", "d1", GONE, Found.DELETED, "deleted"),
        (None, "d1", GONE, Found.DELETED, "deleted"),
        # Nobody knows which words it had: those that it has now are remembered.
        (None, "d1", OTHERS, Found.FINE, None),
        (None, "d2", OTHERS, Found.STALE, None),
    ],
)
def test_what_is_seen_against_what_is_known(
    kept: str | None, drawn: str, seen: Sighting, found: Found, mark: str | None
) -> None:
    judged = judge(replace(LOOK, card=replace(CARD, kept=kept)), care=Care.FULL, drawn=drawn, seen=seen)

    assert (judged.found, judged.mark) == (found, mark)
    assert judged.words == (seen.words if found in {Found.FINE, Found.STALE} else None)


REPAIRED = {
    *product([Care.FULL], [Found.STALE, Found.CHANGED, Found.DELETED, Found.CLOSED, Found.MISSING]),
    *product([Care.LAST], [Found.STALE, Found.CHANGED]),
}
LOOKED_AT_ONCE = {(Care.FULL, Found.UNSEEN), (Care.LAST, Found.UNSEEN)}
LOOKED_AT_AGAIN = {
    *product([Care.FULL], set(Found) - {Found.BORROWED, Found.UNSEEN}),
    *product([Care.LAST], [Found.STALE, Found.CHANGED, Found.ON_ITS_WAY]),
}


@pytest.mark.parametrize(("care", "found"), list(product(Care, Found)))
def test_what_follows_from_each_finding_for_each_kind_of_card(care: Care, found: Found) -> None:
    judged = Judged(look=LOOK, found=found, care=care, mark="odd")
    case = (care, found)

    later = NOON if case in LOOKED_AT_ONCE else NOON + EVERY if case in LOOKED_AT_AGAIN else None
    assert judged.is_repaired is (case in REPAIRED)
    assert judged.next_look(NOON) == later
    assert judged.is_news is (found in {Found.CHANGED, Found.DELETED})
    assert replace(judged, look=replace(LOOK, odd="odd")).is_news is False


@pytest.mark.parametrize("found", list(Found))
def test_what_was_given_up_is_not_begun_again_and_ends_with_its_request(found: Found) -> None:
    of_open, of_ended = (Judged(look=LOOK, found=found, care=care, is_hopeless=True) for care in (Care.FULL, Care.LAST))

    assert not of_open.is_repaired
    assert not of_ended.is_repaired
    if found in {Found.STALE, Found.CHANGED}:
        assert (of_open.next_look(NOON), of_ended.next_look(NOON)) == (NOON + EVERY, None)


def test_a_card_is_cared_for_while_somebody_has_to_act_on_it_and_a_day_longer() -> None:
    still_open, ended = a_request(), a_request(state=State.APPROVED)
    assert ended.decision is not None
    end = ended.decision.at

    assert care_for(still_open, NOON + timedelta(days=9)) is Care.FULL
    assert care_for(ended, end + AFTERCARE) is Care.LAST
    assert care_for(ended, end + AFTERCARE + timedelta(seconds=1)) is Care.NONE
    assert care_for(replace(ended, decision=None), end) is Care.NONE
    assert care_for(replace(ended, review_due=end), end + timedelta(days=9)) is Care.FULL


def test_a_card_is_the_requests_own_while_its_view_knows_it_there() -> None:
    request = a_request()
    leader, follower = (
        RequestId("00000000-0000-7000-8000-000000000000"),
        RequestId("ffffffff-ffff-7fff-bfff-ffffffffffff"),
    )

    def viewed(*cards: CardRef) -> RequestView:
        return RequestView(request=request, tests=some_tests(), cards=cards)

    assert is_own(CARD, viewed(CARD))
    assert not is_own(CARD, viewed())
    assert not is_own(CARD, viewed(replace(CARD, ts="2.2")))
    assert not is_own(CARD, viewed(replace(CARD, host=leader)))
    assert not is_own(CARD, viewed(replace(CARD, host=follower)))
