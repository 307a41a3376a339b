"""The verifier counts budgets again: a yes too many, or a count that was made up, is found where it stands."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.core.judging.budget import Limit, Spending
from bot.core.life.lifecycle import submit
from bot.core.request import RequestId
from bot.core.ruling import Handling, Ruling
from tests import factories as a
from tests.core.audit.log import Log

TWO = Limit(count=2, per=a.HOUR)
MINUTE = timedelta(minutes=1)


def a_yes(used: int, since: datetime | None, limit: Limit = TWO) -> Ruling:
    return a.a_ruling(
        handling=Handling.AUTO_APPROVE,
        rule="green",
        budgets=(Spending(rule="green", limit=limit, used=used, since=since),),
    )


def spent(since: datetime) -> Ruling:
    return a.a_ruling(budgets=(Spending(rule="green", limit=TWO, used=2, since=since),))


def a_log(*asked: tuple[int, Ruling]) -> Log:
    """Requests asked so many minutes after noon."""
    log = Log()
    for number, (minutes, ruling) in enumerate(asked, 1):
        event = a.a_submission(ruling=ruling, request_id=RequestId(f"id-{number}"), number=number)
        log.record(submit(event, a.NOON + minutes * MINUTE))
    return log


def whole() -> Log:
    """Two in an hour; a third is asked; when the first is an hour old, there is room again."""
    return a_log(
        (0, a_yes(0, None)),
        (10, a_yes(1, a.NOON)),
        (59, spent(a.NOON)),
        (60, a_yes(1, a.NOON + 10 * MINUTE)),
        (69, spent(a.NOON + 10 * MINUTE)),
        (90, a_yes(1, a.NOON + 60 * MINUTE)),
    )


def test_a_log_that_keeps_its_budgets_is_whole() -> None:
    assert whole().first_violation() is None


def test_what_was_approved_before_there_was_a_budget_counts() -> None:
    free = replace(a_yes(0, None), budgets=())

    assert a_log((0, free), (1, free), (2, spent(a.NOON))).first_violation() is None


def test_a_budget_counts_its_newest_uses() -> None:
    free = replace(a_yes(0, None), budgets=())

    assert a_log((0, free), (1, free), (2, free), (3, spent(a.NOON + MINUTE))).first_violation() is None


def budgets_of(entry: dict[str, Any]) -> list[dict[str, Any]]:
    return entry["detail"]["ruling"]["budgets"]


def with_one_use_less(log: Log) -> None:
    budgets_of(log.entries[2])[0].update(used=0, since=None)


def with_a_shorter_span(log: Log) -> None:
    budgets_of(log.entries[4])[0]["per_seconds"] = 60


def with_another_beginning(log: Log) -> None:
    budgets_of(log.entries[4])[0]["since"] = "2026-03-04T12:01:00.000000Z"


FORGED = [(with_one_use_less, 3), (with_a_shorter_span, 5), (with_another_beginning, 5)]


@pytest.mark.parametrize(("forge", "seq"), FORGED, ids=lambda value: getattr(value, "__name__", ""))
def test_a_count_that_was_made_up_is_found(forge: Callable[[Log], None], seq: int) -> None:
    log = whole()
    forge(log)

    violation = log.first_violation()

    assert violation is not None
    assert violation.seq == seq
    assert "rule green had approved" in violation.sentence


def test_a_yes_beyond_the_budget_is_found() -> None:
    violation = a_log((0, a_yes(0, None)), (1, a_yes(1, a.NOON)), (2, a_yes(2, a.NOON))).first_violation()

    assert violation is not None
    assert (violation.seq, violation.sentence) == (5, "the budget of rule green says one thing, and the ruling another")


def test_a_person_who_was_asked_although_there_was_room_is_found() -> None:
    asks = a.a_ruling(budgets=a_yes(1, a.NOON).budgets)

    assert a_log((0, a_yes(0, None)), (1, asks)).first_violation() is not None


def test_another_rules_budget_is_no_leave_to_approve() -> None:
    other = replace(a_yes(0, None), rule="blue")

    assert a_log((0, other)).first_violation() is not None


def test_what_is_older_than_any_span_is_forgotten() -> None:
    year = 366 * 24 * 60
    log = a_log((0, a_yes(0, None)), (year, a_yes(0, None)), (year + 1, a_yes(1, a.NOON + year * MINUTE)))

    assert log.first_violation() is None
