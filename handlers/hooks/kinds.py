"""What makes a native source: how a delivery proves where it is from, and what it means."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from bot.core.judging.source import Source
from bot.core.request import ApprovalRequest
from handlers.hooks.delivery import Delivery
from handlers.hooks.meanings import Meaning
from handlers.problems import Problem

Prove = Callable[[Delivery, Mapping[str, str]], None]
"""Takes the source's own secrets. Raises Problem (401): :func:`forged`."""

Read = Callable[[Delivery, Source], Meaning]
"""Pure. Raises Problem: 400, 415, 422."""

Show = Callable[[ApprovalRequest], web.Response]
"""Draws what a source that looks by itself is told of its request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind. Without ``show`` an ask is answered with the request's id, number and state."""

    prove: Prove
    read: Read
    show: Show | None = None


def forged() -> Problem:
    """Return the one answer to whatever does not prove where it is from: it never says which part was wrong."""
    detail = "This delivery does not prove that it is from the source; the secret of its webhook must be the policy's."
    return Problem(HTTPStatus.UNAUTHORIZED, "unauthorised", detail)
