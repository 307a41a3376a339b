"""An answer reaches the deployment that it was given for, or none."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.request import State
from bot.relay.slots import first_rival
from tests.factories import a_request

EARLY = datetime(2026, 3, 4, 11, 59, tzinfo=UTC)
LATE = EARLY + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("state", "since", "its_state", "its_since", "its_number", "is_kept"),
    [
        (State.APPROVED, EARLY, State.PENDING, LATE, 2, True),
        (State.APPROVED, EARLY, State.CANCELLED, LATE, 2, True),
        (State.APPROVED, EARLY, State.PENDING, EARLY, 2, True),
        (State.APPROVED, None, State.PENDING, LATE, 2, True),
        (State.APPROVED, LATE, State.PENDING, EARLY, 2, False),
        (State.APPROVED, LATE, State.SUPERSEDED, EARLY, 0, False),
        (State.APPROVED, LATE, State.SUPERSEDED, LATE, 0, False),
        (State.SUPERSEDED, EARLY, State.PENDING, LATE, 2, True),
        (State.REJECTED, LATE, State.PENDING, EARLY, 0, True),
        (State.REJECTED, LATE, State.REJECTED, EARLY, 0, False),
    ],
)
def test_who_is_newer_or_still_waits_keeps_an_answer_back(  # noqa: PLR0917 - a row of the table
    state: State,
    since: datetime | None,
    its_state: State,
    its_since: datetime,
    its_number: int,
    is_kept: bool,  # noqa: FBT001 - as above
) -> None:
    request = replace(a_request(), state=state, number=1)
    other = replace(a_request(), state=its_state, number=its_number)

    assert (first_rival(request, since, [(other, its_since)]) is not None) == is_kept


def test_another_environment_of_the_run_is_another_matter() -> None:
    request = replace(a_request(), state=State.APPROVED, number=1)
    elsewhere = replace(request, number=2, subject=replace(request.subject, environment="elsewhere"))

    assert first_rival(request, EARLY, [(elsewhere, LATE)]) is None
