"""The one place where a domain "no" becomes an answer."""

from collections.abc import Mapping
from http import HTTPStatus

from bot.core.errors import Refusal, Refused
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
    Refusal.WAITING_FOR_INFO: HTTPStatus.CONFLICT,
    Refusal.REPLAYED: HTTPStatus.CONFLICT,
    Refusal.KEY_REUSED: HTTPStatus.CONFLICT,
}


def as_problem(refused: Refused) -> Problem:
    """Return what a program is told: the code in the problem's type, the sentence in its detail."""
    return Problem(STATUS[refused.code], refused.code.value, refused.sentence)


def as_sentence(refused: Refused) -> str:
    """Return what a person in Slack is told; plain text, to be escaped like any other."""
    return refused.sentence
