"""Waits grow, are spread, and end."""

from datetime import timedelta

import pytest

from bot.relay.backoff import CALLBACK_SCHEDULE, callback_delay, delay


def test_waits_double_up_to_five_minutes() -> None:
    waits = [delay(attempts, 0).total_seconds() for attempts in range(1, 12)]

    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


def test_a_very_patient_row_waits_no_longer() -> None:
    assert delay(1_000_000, 0) == timedelta(minutes=5)


@pytest.mark.parametrize("attempts", range(1, 15))
def test_chance_spreads_a_wait_down_to_its_half(attempts: int) -> None:
    assert delay(attempts, 1) == delay(attempts, 0) / 2


def test_a_callback_is_tried_ten_times_over_three_days() -> None:
    waits = [callback_delay(attempts, 0) for attempts in range(1, 11)]

    assert waits == [*CALLBACK_SCHEDULE[1:], None]
    assert len(CALLBACK_SCHEDULE) == 10
    assert timedelta(hours=75) <= sum(CALLBACK_SCHEDULE, timedelta()) < timedelta(hours=76)


def test_chance_spreads_a_callback_by_a_tenth() -> None:
    assert callback_delay(1, 1) == timedelta(seconds=5.5)
