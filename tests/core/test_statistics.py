"""What came of what was asked, by rule."""

from collections.abc import Sequence
from datetime import timedelta

from bot.core.request import State
from bot.core.ruling import Handling
from bot.core.statistics import Statistics, Tally, Trace, fold
from tests.factories import HOUR, NOON

MINUTE = timedelta(minutes=1)


def a_trace(state: State, took: timedelta | None = None, rule: str = "red gate", **fields: object) -> Trace:
    answered = None if took is None else NOON + took
    known = {"handling": Handling.REQUIRE_APPROVAL, "ruled_at": NOON, **fields}
    return Trace(rule=rule, state=state, answered_at=answered, **known)  # pyright: ignore[reportArgumentType] - any field


def counted(traces: Sequence[Trace]) -> Statistics:
    return fold(traces, NOON - HOUR)


def test_every_request_is_counted_once_by_how_it_ended() -> None:
    traces = [
        a_trace(State.APPROVED, MINUTE),
        a_trace(State.REJECTED, MINUTE),
        a_trace(State.EXPIRED),
        a_trace(State.CANCELLED),
        a_trace(State.SUPERSEDED),
        a_trace(State.PENDING),
        a_trace(State.NEEDS_INFO),
        a_trace(State.APPROVED, rule="green", handling=Handling.AUTO_APPROVE),
        a_trace(State.REJECTED, rule="frozen", handling=Handling.AUTO_REJECT),
    ]

    total = counted(traces).total

    assert total == Tally(
        asked=7,
        approved=1,
        rejected=1,
        expired=1,
        withdrawn=2,
        open=2,
        auto_approved=1,
        auto_rejected=1,
        median=MINUTE,
        ninetieth=MINUTE,
    )
    assert total.asked + total.auto == len(traces)


def test_what_nobody_answered_and_was_settled_all_the_same_is_said_and_takes_no_time() -> None:
    tally = counted([a_trace(State.APPROVED), a_trace(State.REJECTED), a_trace(State.EXPIRED)]).total

    assert (tally.unanswered, tally.median, tally.ninetieth) == (2, None, None)


def test_half_and_nine_of_ten_are_the_shortest_times_that_so_many_did_not_exceed() -> None:
    traces = [a_trace(State.APPROVED, minutes * MINUTE) for minutes in (10, 2, 3, 4, 5, 6, 7, 8, 9, 1)]

    tally = counted(traces).total

    assert (tally.median, tally.ninetieth) == (5 * MINUTE, 9 * MINUTE)


def test_rules_come_by_how_much_they_were_used_each_with_its_own() -> None:
    traces = [
        a_trace(State.APPROVED, MINUTE, rule="seldom"),
        *[a_trace(State.APPROVED, rule="green", handling=Handling.AUTO_APPROVE)] * 3,
        *[a_trace(State.REJECTED, 3 * MINUTE, rule="often")] * 2,
    ]

    rules = counted(traces).by_rule

    assert [rule for rule, _ in rules] == ["green", "often", "seldom"]
    assert rules[1][1] == Tally(asked=2, rejected=2, median=3 * MINUTE, ninetieth=3 * MINUTE)


def test_what_was_ruled_before_is_left_out() -> None:
    found = fold([a_trace(State.APPROVED), a_trace(State.APPROVED, ruled_at=NOON - HOUR)], NOON - HOUR)

    assert found.total.asked == 1
