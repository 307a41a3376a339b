"""The connection to Slack's Web API: one shared session, and a client that never repeats a call by itself."""

import re
from dataclasses import dataclass

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

CALL_LIMIT = 15.0
CONNECT_LIMIT = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The workspace that our token belongs to, as ``auth.test`` tells it. ``url`` ends with a slash.

    ``enterprise_id`` is the organisation (Enterprise Grid) whose workspace it is, if it is one's.
    """

    team_id: str
    url: str
    bot_user_id: str
    enterprise_id: str | None = None

    def permalink(self, channel: str, ts: str) -> str:
        """Return where people find a message; Slack's form of it has been the same for ten years."""
        return f"{self.url}archives/{channel}/p{ts.replace('.', '')}"


def open_session(limit: float = CALL_LIMIT) -> aiohttp.ClientSession:
    """Return the session that every call shares; a call may take *limit* seconds. Whoever opens it closes it."""
    timeout = aiohttp.ClientTimeout(total=limit, connect=CONNECT_LIMIT)
    return aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=50))


def make_client(token: str | None, base_url: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """Return a client for the workspace of *token*; without one, for what needs none.

    Without retry handlers: the SDK's default one sends again when an answer is lost, and so posts twice.
    """
    return AsyncWebClient(token=token, base_url=_with_slash(base_url), session=session, retry_handlers=[])


def is_user_id(text: str | None) -> bool:
    """Tell whether *text* looks like a member's id, so that it may stand in a mention."""
    return text is not None and re.fullmatch(r"[UW][A-Z0-9]{5,20}", text) is not None


def _with_slash(url: str) -> str:
    return url if url.endswith("/") else f"{url}/"
