"""New messages keep Slack's pace: a short burst, then one a second."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.relay.pace import BURST, Pace
from tests.factories import NOON

SECOND = timedelta(seconds=1)


def test_a_quiet_channel_takes_a_burst_at_once() -> None:
    pace = Pace(1)

    for _ in range(BURST):
        assert pace.free_at("#approvals", NOON) == NOON
        pace.take("#approvals", NOON)

    assert pace.free_at("#approvals", NOON) == NOON + SECOND


def test_after_a_burst_there_is_one_a_second() -> None:
    pace, now, sent = Pace(1), NOON, 0
    while sent < 20:
        now = pace.free_at("#approvals", now)
        pace.take("#approvals", now)
        sent += 1

    assert now == NOON + (20 - BURST) * SECOND


def test_channels_do_not_share_their_pace() -> None:
    pace = Pace(1, burst=1)
    pace.take("#approvals", NOON)

    assert pace.free_at("#general", NOON) == NOON


def test_a_channel_that_went_quiet_is_forgotten() -> None:
    pace = Pace(1, burst=1)
    pace.take("#approvals", NOON)

    assert pace.waiting(NOON) == {"#approvals": NOON + SECOND}
    assert pace.waiting(NOON + SECOND) == {}
    assert pace.free_at("#approvals", NOON) == NOON


@given(st.floats(0.1, 50), st.integers(1, 10), st.lists(st.floats(0, 30), max_size=60))
def test_no_window_ever_holds_more_than_burst_and_pace_allow(per_second: float, burst: int, waits: list[float]) -> None:
    pace, now, sent = Pace(per_second, burst), NOON, list[float]()
    for wait in waits:
        now = pace.free_at("#approvals", now + timedelta(seconds=wait))
        pace.take("#approvals", now)
        sent.append((now - NOON).total_seconds())

    for first, begin in enumerate(sent):
        for last in range(first, len(sent)):
            allowed = burst + (sent[last] - begin) * per_second
            assert last - first + 1 <= allowed + 0.01
