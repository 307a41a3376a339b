"""The one place where a domain "no", or a house that can't answer just now, becomes an answer."""

from collections.abc import Mapping
from http import HTTPStatus
from math import ceil

from bot.core.errors import PerhapsWritten, Refusal, Refused, Unavailable
from handlers.problems import Problem

STATUS: Mapping[Refusal, HTTPStatus] = {
    Refusal.NOT_FOUND: HTTPStatus.NOT_FOUND,
    Refusal.NOT_OPEN: HTTPStatus.CONFLICT,
    Refusal.TOO_LATE: HTTPStatus.CONFLICT,
    Refusal.TOO_EARLY: HTTPStatus.CONFLICT,
    Refusal.STALE: HTTPStatus.CONFLICT,
    Refusal.NOT_ELIGIBLE: HTTPStatus.FORBIDDEN,
    Refusal.FORBIDDEN: HTTPStatus.FORBIDDEN,
    Refusal.ALREADY_REVIEWED: HTTPStatus.CONFLICT,
    Refusal.REASON_REQUIRED: HTTPStatus.UNPROCESSABLE_ENTITY,
    Refusal.CATEGORY_REQUIRED: HTTPStatus.UNPROCESSABLE_ENTITY,
    Refusal.CONDITION_REQUIRED: HTTPStatus.UNPROCESSABLE_ENTITY,
    Refusal.WAITING_FOR_INFO: HTTPStatus.CONFLICT,
    Refusal.REPLAYED: HTTPStatus.CONFLICT,
    Refusal.KEY_REUSED: HTTPStatus.CONFLICT,
    Refusal.NOTHING_LEFT: HTTPStatus.CONFLICT,
    Refusal.TOO_MANY: HTTPStatus.TOO_MANY_REQUESTS,
    Refusal.OUT_OF_RANGE: HTTPStatus.UNPROCESSABLE_ENTITY,
    Refusal.TICKET_REQUIRED: HTTPStatus.UNPROCESSABLE_ENTITY,
    Refusal.TOO_OFTEN: HTTPStatus.UNPROCESSABLE_ENTITY,
    Refusal.UNCONFIRMED: HTTPStatus.UNPROCESSABLE_ENTITY,
    Refusal.FROZEN: HTTPStatus.CONFLICT,
    Refusal.INCOMPLETE: HTTPStatus.CONFLICT,
    Refusal.SETTLED: HTTPStatus.CONFLICT,
    Refusal.NOT_HERE: HTTPStatus.FORBIDDEN,
    Refusal.UNPROVEN: HTTPStatus.FORBIDDEN,
    Refusal.BOUND: HTTPStatus.CONFLICT,
}

RETRY_SECONDS = 2
"""When a call may come again: about as long as a restart takes."""


def as_problem(refused: Refused) -> Problem:
    """Return what a program is told: the code in the problem's type, the sentence in its detail."""
    wait = refused.retry_after
    headers = {} if wait is None else {"Retry-After": str(max(1, ceil(wait.total_seconds())))}
    return Problem(STATUS[refused.code], refused.code.value, refused.sentence, headers=headers)


def as_sentence(refused: Refused) -> str:
    """Return what a person in Slack is told; plain text, to be escaped like any other."""
    return refused.sentence


def try_again(error: Unavailable) -> Problem:
    """Return what a program is told whose call can't count twice: send it again, as it is."""
    known = "It isn't known whether this was written" if isinstance(error, PerhapsWritten) else "Nothing was written"
    detail = f"The house can't answer just now. {known}; send the same call again: it counts once."
    headers = {"Retry-After": str(RETRY_SECONDS)}
    return Problem(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", detail, headers=headers)


def look_first(_: PerhapsWritten) -> Problem:
    """Return what a program is told whose call could make a second request: no Retry-After, that would be an order."""
    detail = (
        "It isn't known whether this was written, and sent again without an Idempotency-Key it could make a second"
        " request. Look first (GET /v1/requests), and send an Idempotency-Key with every ask."
    )
    return Problem(HTTPStatus.SERVICE_UNAVAILABLE, "unknown_end", detail)


def as_apology(error: Exception) -> str:
    """Return what a person in Slack is told when there is no yes and no "no"; it repeats nothing of *error*."""
    if isinstance(error, PerhapsWritten):
        return "It isn't known whether this counted. Look at the card or at /jit show, and try again: it counts once."
    if isinstance(error, Unavailable):
        return "The bot can't write anything down just now, so this did not count. Try again in a moment."
    return "Something broke on our side. Look at the card or at /jit show whether this counted, else try again."
