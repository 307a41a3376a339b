"""What follows from an attempt: a pure decision, so that every ending can be laid out in a table."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import assert_never

from bot.core.attempts import Attempt, Delivered, GiveUp, TryLater, Unknown
from bot.core.effects import AnswerSource, CallBack, Reply, ShowCard, Unfurl, Whisper
from bot.relay.backoff import (
    FEWEST_ATTEMPTS,
    REPLY_PATIENCE,
    SLACK_PATIENCE,
    WHISPER_PATIENCE,
    callback_delay,
    delay,
)
from bot.relay.errand import Closed, Errand, Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """It is there: the row is done."""

    attempt: Delivered


class Cause(Enum):
    """Why something is tried again."""

    TURN = auto()
    FAILURE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class PutBack:
    """Try again at *due_at*. With a nonce somebody has to look first whether it arrived after all.

    With a ``remedy`` it fails until somebody has done that; ``closed`` is the channel, when it is for that one's sake.
    """

    due_at: datetime
    why: str
    nonce: str | None
    cause: Cause = Cause.FAILURE
    remedy: str | None = None
    closed: Closed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Diverted:
    """The card takes another way from now on, at once: ``effect`` is written down before anything is posted there.

    Or back to its own channel at ``due_at``, when the other one is closed as well.
    """

    effect: ShowCard
    due_at: datetime
    nonce: str | None
    closed: Closed


@dataclass(frozen=True, slots=True, kw_only=True)
class Dead:
    """Nothing here will mend it: somebody has to look at it, and may have it replayed."""

    why: str


Settlement = Arrived | PutBack | Diverted | Dead


def settle(errand: Errand, attempt: Attempt | Hold | Closed, chance: Callable[[], float], now: datetime) -> Settlement:
    """Return what becomes of the row after *attempt*. *chance* draws a number from 0 to 1."""
    match attempt:
        case Delivered():
            return Arrived(attempt=attempt)
        case GiveUp():
            return Dead(why=attempt.why)
        case Hold():
            due_at = now + attempt.wait
            again = PutBack(due_at=due_at, why=attempt.why, nonce=errand.unsettled_nonce, cause=Cause.TURN)
            return _unless_hopeless(errand, again)
        case Closed():
            return _closed(errand, attempt, chance, now)
        case TryLater():
            wait = _wait(errand, attempt.after, chance)
            # Only this attempt certainly failed: an earlier one may still be out there, so its nonce stays.
            nonce = errand.unsettled_nonce
            return _later(errand, PutBack(due_at=now, why=attempt.why, nonce=nonce, remedy=attempt.remedy), wait)
        case Unknown():
            again = PutBack(due_at=now, why=attempt.why, nonce=errand.nonce)
            return _later(errand, again, _wait(errand, None, chance))
        case _:
            assert_never(attempt)


def _closed(errand: Errand, attempt: Closed, chance: Callable[[], float], now: datetime) -> Settlement:
    """Take the detour if there is one; else wait for whoever mends the channel, or the one that stood in for it."""
    effect, nonce = errand.effect, errand.unsettled_nonce
    if isinstance(effect, ShowCard) and attempt.detour is not None:
        return Diverted(effect=replace(effect, detour=attempt.detour), due_at=now, nonce=nonce, closed=attempt)
    again = PutBack(due_at=now, why=attempt.why, nonce=nonce, remedy=attempt.remedy, closed=attempt)
    settlement = _later(errand, again, _wait(errand, None, chance))
    if isinstance(effect, ShowCard) and effect.detour is not None and nonce is None and isinstance(settlement, PutBack):
        # Nothing of ours can stand there: next time its own channel is tried first, which may be mended by then.
        return Diverted(effect=replace(effect, detour=None), due_at=settlement.due_at, nonce=None, closed=attempt)
    return settlement


def _later(errand: Errand, again: PutBack, wait: timedelta | None) -> Settlement:
    """Return *again* after *wait*, which is None when no attempt is left."""
    if wait is None:
        return _given_up(errand, again)
    return _unless_hopeless(errand, replace(again, due_at=again.due_at + wait))


def _unless_hopeless(errand: Errand, again: PutBack) -> Settlement:
    return _given_up(errand, again) if _is_hopeless(errand, again.due_at) else again


def _given_up(errand: Errand, last: PutBack) -> Dead:
    why = last.why if last.remedy is None else f"{last.why}: {last.remedy}"
    return Dead(why=f"gave up after {errand.attempts} attempts, last: {why}")


def _wait(errand: Errand, asked: timedelta | None, chance: Callable[[], float]) -> timedelta | None:
    """Return the planned wait, or what the other side asked for when that is longer; None: no more attempts."""
    if isinstance(errand.effect, CallBack | AnswerSource):
        planned = callback_delay(errand.attempts, chance())
    else:
        planned = delay(errand.attempts, chance())
    return planned if planned is None or asked is None else max(planned, asked)


def _is_hopeless(errand: Errand, due_at: datetime) -> bool:
    """Tell whether it is no longer worth trying; a callback is limited by its attempts, however long the waits."""
    age = due_at - errand.created_at
    match errand.effect:
        case CallBack() | AnswerSource():
            return False
        case Whisper():
            return age > WHISPER_PATIENCE
        case Reply() | Unfurl():
            return age > REPLY_PATIENCE
        case _:
            # What was replayed by hand after days is old from the start, and is tried a few times all the same.
            return age > SLACK_PATIENCE and errand.attempts >= FEWEST_ATTEMPTS
