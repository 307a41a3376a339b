"""Budgets: said in words, and asked of only by a rule that would approve by itself."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.judging.budget import Limit, Spending, draw_span
from bot.core.judging.counting import Tally, Uses, Window
from bot.core.judging.facts import Facts, Unclear
from bot.core.judging.policy import Policy, Rule
from bot.core.judging.rules import judge
from bot.core.ruling import Handling
from tests import factories as a

DAY = timedelta(days=1)
TWENTY = Limit(count=20, per=DAY)
YES, ASK = Handling.AUTO_APPROVE, Handling.REQUIRE_APPROVAL
FACTS = Facts(subject=a.a_subject(), tests=a.some_tests(), source="ci", now=a.NOON)


def a_rule(name: str, limit: Limit | None = TWENTY, handling: Handling = YES) -> Rule:
    return Rule(name=name, when=None, terms=a.a_ruling(handling=handling, rule=name), limit=limit)


def a_policy(*rules: Rule) -> Policy:
    return Policy(hash=a.POLICY_HASH, default=a.a_ruling(rule="default"), rules=rules)


def used(count: int) -> Tally:
    return lambda window: Uses(count=min(count, window.limit.count), since=a.NOON - a.HOUR if count else None)


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(days=1), "day"),
        (timedelta(hours=1), "hour"),
        (timedelta(minutes=1), "minute"),
        (timedelta(days=2), "2d"),
        (timedelta(minutes=90), "1h30m"),
        (timedelta(seconds=61), "1m1s"),
    ],
)
def test_a_span_is_said_as_it_would_be_written(span: timedelta, said: str) -> None:
    assert draw_span(span) == said


def test_within_its_budget_a_rule_approves_and_says_how_far_it_is_spent() -> None:
    ruling = judge(a_policy(a_rule("green")), FACTS, used(19))

    assert ruling.handling is YES
    assert ruling.budgets == (Spending(rule="green", limit=TWENTY, used=19, since=a.NOON - a.HOUR),)
    assert ruling.explanation == (
        "green: matched",
        "green: its budget of 20 per day is not used up: 19 of 20 since 2026-03-04T11:00:00.000000Z",
    )


def test_beyond_its_budget_the_next_rule_that_matches_decides() -> None:
    ruling = judge(a_policy(a_rule("green"), a_rule("red", None, ASK)), FACTS, used(20))

    assert (ruling.rule, ruling.handling) == ("red", ASK)
    assert ruling.explanation[:2] == (
        "green: matched",
        (
            "green: may not approve by itself: its budget of 20 per day is used up: 20 of 20 "
            "since 2026-03-04T11:00:00.000000Z"
        ),
    )


def test_beyond_its_budget_and_without_another_rule_the_default_asks() -> None:
    ruling = judge(a_policy(a_rule("green")), FACTS, used(21))

    assert (ruling.rule, ruling.handling) == ("default", ASK)
    assert [spent.is_used_up for spent in ruling.budgets] == [True]


def test_an_unspent_budget_says_since_nothing() -> None:
    assert str(Spending(rule="green", limit=TWENTY, used=0)) == "budget of 20 per day is not used up: 0 of 20"


def test_nobody_counts_for_a_rule_that_does_not_match_or_has_no_budget_or_may_not_approve_anyway() -> None:
    def misused(window: Window) -> Uses:
        raise AssertionError(f"{window.rule} was counted")

    def matches_nothing(_: Facts) -> bool:
        return False

    def cannot_tell(_: Facts) -> Unclear:
        return Unclear("no such key")

    never, unclear = replace(a_rule("never"), when=matches_nothing), replace(a_rule("unclear"), when=cannot_tell)

    assert judge(a_policy(never, a_rule("free", None)), FACTS, misused).rule == "free"
    assert judge(a_policy(unclear, a_rule("green")), FACTS, misused).rule == "default"
    assert judge(a_policy(a_rule("ask", TWENTY, ASK)), FACTS, misused).rule == "ask"


def test_a_window_is_that_of_the_rule_by_its_name_and_what_it_does() -> None:
    asked = list[Window]()

    def tally(window: Window) -> Uses:
        asked.append(window)
        return Uses()

    judge(a_policy(a_rule("green")), FACTS, tally)

    assert asked == [Window(rule="green", handling=YES, limit=TWENTY)]
