"""GitHub's API as an App speaks it: a signed JWT gets a token for an installation, which is used until it ends."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Literal, cast

import orjson
from gidgethub.apps import get_jwt

from bot.core.attempts import Delivered, GiveUp, TryLater, Unknown
from bot.delivery.answers import LONGEST_WAIT, read_retry_after
from bot.delivery.native.plain import one_line
from bot.delivery.native.receiver import Terms
from bot.delivery.outward import Answered, Call, Outward, Unanswered

_HEADERS = {"accept": "application/vnd.github+json", "x-github-api-version": "2022-11-28"}
_SPARE = timedelta(minutes=1)
"""So long before its end a token is no longer used: it must outlast its call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One call of an installation: ``path`` begins with a slash, below the policy's ``api_url``."""

    installation: int
    method: Literal["GET", "POST", "PATCH"]
    path: str
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class _Token:
    text: str = field(repr=False)
    ends: datetime


class GitHubApi:
    """Makes calls. Tokens are kept in memory only, one an installation and source."""

    def __init__(self, outward: Outward) -> None:
        self._outward = outward
        self._tokens: dict[tuple[str, str, str, int], _Token] = {}

    async def ask(self, terms: Terms, ask: Ask, now: datetime) -> Answered | Unanswered:
        """Make a call as the App's installation."""
        # By the source, too: what the key of one source got is not for another that names the same App.
        key = (terms.source.name, _api_url(terms), str(terms.source.terms["app_id"]), ask.installation)
        token = self._tokens.get(key)
        if token is None or token.ends - _SPARE <= now:
            fresh = await self._fresh(terms, ask.installation, now)
            if not isinstance(fresh, _Token):
                return fresh
            token = self._tokens[key] = fresh
        answer = await self._send(terms, ask.method, ask.path, token.text, ask.body)
        if isinstance(answer, Answered) and answer.status == HTTPStatus.UNAUTHORIZED:
            # Revoked before its end (the key was changed, say): the next attempt gets another one.
            self._tokens.pop(key, None)
        return answer

    async def ask_as_app(self, terms: Terms, path: str) -> Answered | Unanswered:
        """Look at *path* as the App itself."""
        return await self._send(terms, "GET", path, _jwt(terms))

    async def _fresh(self, terms: Terms, installation: int, now: datetime) -> _Token | Unanswered:
        answer = await self._send(terms, "POST", f"/app/installations/{installation}/access_tokens", _jwt(terms))
        if not isinstance(answer, Answered):
            return answer
        if answer.status == HTTPStatus.NOT_FOUND:
            return GiveUp(why=f"the App is not installed there any more (installation {installation}); then replay")
        if answer.status != HTTPStatus.CREATED:
            return _not_yet("no token for the installation", answer, now)
        try:
            said = cast("dict[str, Any]", orjson.loads(answer.body))
            return _Token(str(said["token"]), datetime.fromisoformat(said["expires_at"]).astimezone(UTC))
        except (ValueError, KeyError, TypeError):
            return TryLater(why="what came for a token is none")

    async def _send(
        self, terms: Terms, method: str, path: str, bearer: str, body: bytes = b""
    ) -> Answered | Unanswered:
        headers = {**_HEADERS, "authorization": f"Bearer {bearer}"}
        call = Call(method=method, url=f"{_api_url(terms)}{path}", headers=headers, body=body)
        return await self._outward.send(call, terms.source.callback_hosts)


def read_ending(answer: Answered | Unanswered, now: datetime) -> Delivered | Unanswered:
    """Return what an answer means that is no yes: a run that is gone never comes back, the rest may be mended."""
    if not isinstance(answer, Answered):
        return answer
    if answer.status // 100 == 2:  # noqa: PLR2004 - RFC 9110: successful
        return Delivered(detail={"status": answer.status})
    if answer.status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE, HTTPStatus.UNPROCESSABLE_ENTITY}:
        return GiveUp(why=f"GitHub answered {answer.status}: {said_by(answer)}")
    return _not_yet("GitHub", answer, now)


def said_by(answer: Answered) -> str:
    """Return GitHub's own sentence."""
    try:
        said: object = orjson.loads(answer.body)
    except ValueError:
        return "nothing that could be read"
    message = cast("dict[str, object]", said).get("message") if isinstance(said, dict) else None
    return one_line(str(message or "nothing"), 300)


def _not_yet(what: str, answer: Answered, now: datetime) -> TryLater | Unknown:
    """Return how long to wait: what GitHub asks for, also by its own header for a spent rate limit."""
    after = read_retry_after(answer.headers.get("Retry-After"), now)
    reset = answer.headers.get("x-ratelimit-reset", "")
    if after is None and answer.headers.get("x-ratelimit-remaining") == "0" and reset.isascii() and reset.isdigit():
        after = min(max(datetime.fromtimestamp(int(reset[:12]), UTC) - now, timedelta()), LONGEST_WAIT)
    return TryLater(why=f"{what} answered {answer.status}: {said_by(answer)}", after=after)


def _jwt(terms: Terms) -> str:
    return get_jwt(app_id=str(terms.source.terms["app_id"]), private_key=terms.secrets["private_key"])


def _api_url(terms: Terms) -> str:
    return str(terms.source.terms["api_url"]).rstrip("/")
