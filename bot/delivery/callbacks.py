"""The caller's signed answer: drawn once, sent until it arrives, the same id and the same bytes each time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self

import aiohttp
import orjson
from aiohttp.abc import AbstractResolver
from yarl import URL

from bot import __version__
from bot.core.attempts import Attempt, GiveUp, TryLater, Unknown
from bot.core.representation import draw_request, draw_time
from bot.core.view import RequestView
from bot.delivery.answers import read_answer
from bot.delivery.guard import TargetRefused, is_named, open_public_socket, read_target
from bot.delivery.names import Names
from bot.delivery.signing import SecretUnusable, draw_signature, read_secret

_TIMEOUT = aiohttp.ClientTimeout(total=20, sock_connect=10)


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
        timeout: aiohttp.ClientTimeout = _TIMEOUT,
        names: Callable[[], AbstractResolver] = Names,
    ) -> None:
        self._terms = terms
        self._timeout = timeout
        self._names = names
        self._resolver: AbstractResolver | None = None
        self._out: aiohttp.ClientSession | None = None
        self._anywhere: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open the two ways out: to the world, and to hosts that the policy names."""
        self._resolver = names = self._names()
        guarded = aiohttp.TCPConnector(resolver=names, socket_factory=open_public_socket, force_close=True)
        self._out = self._session(guarded)
        self._anywhere = self._session(aiohttp.TCPConnector(resolver=names, force_close=True))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close them."""
        for session in (self._out, self._anywhere):
            if session is not None:
                await session.close()
        if self._resolver is not None:
            await self._resolver.close()

    async def send(self, letter: Letter, now: datetime) -> Attempt:
        """Post *letter* once, signed at *now*. Never raises for what the other side does."""
        terms = self._terms(letter.source)
        if terms is None or not terms.secrets:
            return GiveUp(
                why=f"source {letter.source} has no signing secret, and nothing is sent unsigned: "
                "set signing_secret_env in the policy and the variable it names, then replay."
            )
        try:
            target = read_target(letter.url, terms.hosts)
            headers = draw_signature([read_secret(one) for one in terms.secrets], letter.id, letter.body, now)
        except TargetRefused as error:
            return GiveUp(why=str(error))
        except SecretUnusable as error:
            return GiveUp(why=f"the signing secret of source {letter.source} {error}")
        session = self._anywhere if is_named(target, terms.hosts) else self._out
        if session is None:
            raise RuntimeError("the courier is not open")
        return await _post(session, target, headers, letter.body, now)

    def _session(self, connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=connector,
            timeout=self._timeout,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            headers={"content-type": "application/json", "user-agent": f"jit-approvals/{__version__}"},
        )


async def _post(
    session: aiohttp.ClientSession, target: URL, headers: dict[str, str], body: bytes, now: datetime
) -> Attempt:
    try:
        async with session.post(target, data=body, headers=headers, allow_redirects=False) as response:
            # The status is all that counts; the answer's body is not even read.
            return read_answer(response.status, response.headers, now)
    except aiohttp.InvalidURL:
        return GiveUp(why="callback_url names a host that can't exist.")
    except aiohttp.ClientConnectorError as error:
        cause = error.__cause__
        if isinstance(cause, TargetRefused):
            return GiveUp(why=str(cause))
        return TryLater(why=f"could not connect: {type(cause or error).__name__}")
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        return Unknown(why=f"no answer: {type(error).__name__}")
