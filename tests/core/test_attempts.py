"""How an attempt ended is a value that says no more than is known."""

from datetime import timedelta

from bot.core.attempts import Delivered, GiveUp, TryLater, Unknown


def test_an_attempt_says_only_what_is_known() -> None:
    assert (Delivered().channel, Delivered().ts, Delivered().detail) == (None, None, {})
    assert TryLater(why="busy").after is None
    assert TryLater(why="busy", after=timedelta(seconds=3)).after == timedelta(seconds=3)
    assert Unknown(why="the line broke") != GiveUp(why="the line broke")
