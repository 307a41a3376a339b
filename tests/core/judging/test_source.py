"""Who may ask in Slack."""

import pytest

from bot.core.judging.source import SLACK, Source, may_ask
from bot.core.people.membership import Crowd, GroupKind, LiveGroup, Roll
from tests.factories import ANA, BO, HOUR, NOON

RELEASE = LiveGroup(name="release", kind=GroupKind.SLACK_USERGROUP, ref="release-managers")
OTHERS = LiveGroup(name="others", kind=GroupKind.SLACK_USERGROUP, ref="others")
IN_IT = Roll(people=(ANA,), read_at=NOON)


def of(askers: Crowd | None) -> Source:
    return Source(name="people", kind=SLACK, actions=("access",), askers=askers)


def test_where_nobody_is_named_everybody_may() -> None:
    assert may_ask(of(None), BO, {}, NOON)
    assert not may_ask(of(Crowd()), BO, {}, NOON)


def test_whoever_is_named_may_and_nobody_else() -> None:
    assert may_ask(of(Crowd(people=(ANA,))), ANA, {}, NOON)
    assert not may_ask(of(Crowd(people=(ANA,))), BO, {}, NOON)


def test_whoever_is_in_a_group_that_is_named_may() -> None:
    assert may_ask(of(Crowd(groups=(RELEASE,))), ANA, {RELEASE: IN_IT}, NOON)
    assert not may_ask(of(Crowd(groups=(RELEASE,))), BO, {RELEASE: IN_IT}, NOON)
    assert not may_ask(of(Crowd(groups=(RELEASE,))), ANA, {OTHERS: IN_IT}, NOON)


@pytest.mark.parametrize(
    "roll", [Roll(people=(ANA,), read_at=NOON - HOUR), Roll(people=(ANA,), read_at=NOON, trouble="x")]
)
def test_a_group_that_nobody_can_tell_of_lets_nobody(roll: Roll) -> None:
    assert not may_ask(of(Crowd(groups=(RELEASE,))), ANA, {RELEASE: roll}, NOON)
