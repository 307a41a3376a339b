"""The verifier looks at who took over a lane: asked for later, in the same lane, and not refused."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.life.lifecycle import advance, submit
from bot.core.life.outcome import Outcome
from bot.core.request import RequestId
from bot.core.ruling import Handling
from tests import factories as a
from tests.core.audit.log import Log

LATER = a.NOON + timedelta(minutes=5)


def asked(request_id: RequestId, lane: str | None = "release", **terms: object) -> Outcome:
    event = a.a_submission(request_id=request_id, subject=a.a_subject(lane=lane))
    return submit(replace(event, **terms), a.NOON)  # pyright: ignore[reportArgumentType] - any term by its name


OLDER, NEWER = asked(a.ID, number=7), asked(a.OTHER_ID, number=8)
OVERTAKEN = advance(OLDER.request, a.a_supersession(), LATER)


def wrong(*outcomes: Outcome) -> str:
    violation = Log().record(*outcomes).first_violation()
    return "" if violation is None else violation.sentence


def test_a_newer_request_of_its_lane_takes_over() -> None:
    refold = Log().record(OLDER, NEWER, OVERTAKEN).read()

    assert refold.violation is None
    assert [folded.state for folded in refold.states().values()] == ["superseded", "pending"]


def test_whoever_was_written_later_is_newer_whatever_its_number() -> None:
    assert not wrong(OLDER, asked(a.OTHER_ID, number=6), OVERTAKEN)


def test_whom_a_rule_let_pass_takes_over_as_well() -> None:
    passed = asked(a.OTHER_ID, number=8, ruling=a.a_ruling(handling=Handling.AUTO_APPROVE))

    assert not wrong(OLDER, passed, OVERTAKEN)


def test_a_revision_stays_in_its_lane_and_is_overtaken_there() -> None:
    revised = advance(OLDER.request, a.a_revision(subject=a.a_subject(lane="hotfix")), LATER)
    overtaken = advance(revised.request, a.a_supersession(), LATER)

    assert not wrong(OLDER, NEWER, revised, overtaken)
    assert "another lane" in wrong(OLDER, asked(a.OTHER_ID, "hotfix", number=8), revised, overtaken)


REFUSED = a.a_ruling(handling=Handling.AUTO_REJECT)
ALONE = advance(asked(a.ID, None, number=7).request, a.a_supersession(), LATER)
OWN = advance(OLDER.request, a.a_supersession(a.ID), LATER)


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ((OLDER, OVERTAKEN), "what took over was never asked for"),
        ((NEWER, OLDER, OVERTAKEN), "what took over had been asked for before"),
        ((OLDER, OWN), "what took over had been asked for before"),
        ((OLDER, asked(a.OTHER_ID, "hotfix", number=8), OVERTAKEN), "what took over runs in another lane"),
        ((OLDER, asked(a.OTHER_ID, source="cd", number=8), OVERTAKEN), "what took over runs in another lane"),
        ((asked(a.ID, None, number=7), asked(a.OTHER_ID, None, number=8), ALONE), "runs in another lane"),
        ((OLDER, asked(a.OTHER_ID, number=8, ruling=REFUSED), OVERTAKEN), "what took over was rejected"),
    ],
    ids=["nobody", "an older one", "itself", "another lane", "another source", "no lane", "a refused one"],
)
def test_nobody_else_does(told: tuple[Outcome, ...], sentence: str) -> None:
    assert sentence in wrong(*told)
