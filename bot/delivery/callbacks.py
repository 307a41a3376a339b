"""The caller's signed answer: drawn once, sent until it arrives, the same id and the same bytes each time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self

import aiohttp
import orjson
from aiohttp.abc import AbstractResolver

from bot.core.attempts import Attempt, GiveUp
from bot.core.representation import draw_request, draw_time
from bot.core.view import RequestView
from bot.delivery.answers import read_answer
from bot.delivery.names import Names
from bot.delivery.outward import TIMEOUT, Answered, Call, Outward
from bot.delivery.signing import SecretUnusable, draw_signature, read_secret


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackTerms:
    """How a source takes its callbacks. There are no ``secrets`` when the policy names none; of several all sign."""

    secrets: tuple[str, ...]
    hosts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One callback as it goes out. ``id`` and ``body`` never change between attempts."""

    id: str
    source: str
    url: str
    body: bytes


def draw_callback(view: RequestView, public_url: str, now: datetime) -> bytes:
    """Return the body: what became of the request. *now* is when it was first drawn."""
    said = {"type": "request.decided", "timestamp": draw_time(now), "data": draw_request(view, public_url)}
    return orjson.dumps(said)


class CallbackCourier:
    """Posts callbacks. An async context manager: inside it the connections are open.

    ``terms`` answers with what the policy of this moment says of a source, None when it no longer knows it.
    """

    def __init__(
        self,
        terms: Callable[[str], CallbackTerms | None],
        timeout: aiohttp.ClientTimeout = TIMEOUT,
        names: Callable[[], AbstractResolver] = Names,
    ) -> None:
        self._terms = terms
        self._outward = Outward(timeout, names)

    async def __aenter__(self) -> Self:
        """Open the ways out."""
        await self._outward.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close them."""
        await self._outward.__aexit__(kind, error, trace)

    async def send(self, letter: Letter, now: datetime) -> Attempt:
        """Post *letter* once, signed at *now*. Never raises for what the other side does."""
        terms = self._terms(letter.source)
        if terms is None or not terms.secrets:
            return GiveUp(
                why=f"source {letter.source} has no signing secret, and nothing is sent unsigned: "
                "set signing_secret_env in the policy and the variable it names, then replay."
            )
        try:
            headers = draw_signature([read_secret(one) for one in terms.secrets], letter.id, letter.body, now)
        except SecretUnusable as error:
            return GiveUp(why=f"the signing secret of source {letter.source} {error}")
        call = Call(method="POST", url=letter.url, headers=headers, body=letter.body)
        # The status is all that counts; the answer's body is not even read.
        answer = await self._outward.send(call, terms.hosts, reads=False)
        return read_answer(answer.status, answer.headers, now) if isinstance(answer, Answered) else answer
