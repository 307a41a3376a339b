"""Whether anybody has still to do something about a request: to answer it, or to review a broken glass."""

from dataclasses import replace

import pytest

from bot.core.request import GlassReview, State
from tests.factories import CHEN, NOON, a_broken_glass, a_request, an_actor


@pytest.mark.parametrize("state", list(State))
def test_what_is_open_awaits_an_answer_and_what_has_ended_nothing(state: State) -> None:
    assert a_request(state=state).awaits_somebody is state.is_open


def test_a_broken_glass_awaits_its_review() -> None:
    owing = a_broken_glass()
    review = GlassReview(by=an_actor(CHEN), at=NOON, reason="It was right.")

    assert owing.awaits_somebody
    assert not replace(owing, glass_review=review).awaits_somebody
