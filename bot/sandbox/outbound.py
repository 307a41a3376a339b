"""What is sent to the app, over HTTP: signed, in Slack's encodings, with three seconds for the answer."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol, cast
from urllib.parse import urlencode

import aiohttp

from bot.sandbox.config import SandboxConfig
from bot.sandbox.mint import Clock

Json = dict[str, Any]

_OK = range(200, 300)
_AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"


class Kind(Enum):
    """What is sent; the values are Socket Mode's envelope types."""

    INTERACTION = "interactive"
    COMMAND = "slash_commands"
    EVENT = "events_api"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One thing to send. ``retry`` counts from one, with the reason Slack gives."""

    kind: Kind
    payload: Json
    retry: int = 0
    retry_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack:
    """What came back, in how many seconds. ``failure`` is None when the app answered rightly and in time."""

    elapsed: float
    status: int | None = None
    text: str = ""
    failure: str | None = None
    wants_no_retry: bool = False

    @property
    def document(self) -> Json | None:
        """Return the answer when it is a JSON object."""
        try:
            document = json.loads(self.text)
        except ValueError:
            return None
        return cast("Json", document) if isinstance(document, dict) else None


class Line(Protocol):
    """A way to the app: HTTP, or a socket it opened."""

    async def send(self, delivery: Delivery) -> Ack:
        """Send and wait for the ack."""
        ...


class HttpLine:
    """Posts to the request URL. Never raises for what the app does wrong: that is the answer's ``failure``."""

    def __init__(self, session: aiohttp.ClientSession, config: SandboxConfig, clock: Clock) -> None:
        self._session = session
        self._config = config
        self._clock = clock

    async def send(self, delivery: Delivery) -> Ack:
        """Send and wait for the ack."""
        body, content_type = encode(delivery)
        headers = sign(self._config.signing_secret, body, str(int(self._clock().timestamp())))
        headers |= {"Content-Type": content_type, "User-Agent": _AGENT, "Accept": "application/json,*/*"}
        headers |= _retry_headers(delivery)
        started = asyncio.get_running_loop().time()
        try:
            url = address(self._config, delivery)
            async with self._session.post(url, data=body, headers=headers, allow_redirects=False) as answer:
                text = await answer.text(errors="replace")
        except TimeoutError:
            return Ack(elapsed=_since(started), failure="operation_timeout")
        except aiohttp.ClientError:
            return Ack(elapsed=_since(started), failure="connection_failed")
        failure = None if answer.status in _OK else "http_error"
        return Ack(
            elapsed=_since(started),
            status=answer.status,
            text=text,
            failure=failure,
            wants_no_retry=answer.headers.get("X-Slack-No-Retry") == "1",
        )


def address(config: SandboxConfig, delivery: Delivery) -> str:
    """Return where a delivery goes: an address of its own, or the one for everything."""
    own: str | None = None
    if delivery.kind is Kind.INTERACTION:
        own = config.interactivity_url
    if delivery.kind is Kind.COMMAND:
        own = next((c.url for c in config.commands if c.name == delivery.payload["command"]), None)
    return own or config.request_url or ""


def encode(delivery: Delivery) -> tuple[bytes, str]:
    """Return the body and its content type."""
    if delivery.kind is Kind.EVENT:
        return json.dumps(delivery.payload).encode(), "application/json"
    fields = delivery.payload if delivery.kind is Kind.COMMAND else {"payload": json.dumps(delivery.payload)}
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"


def sign(secret: str, body: bytes, timestamp: str) -> dict[str, str]:
    """Return the two headers of https://docs.slack.dev/authentication/verifying-requests-from-slack ."""
    base = b"v0:" + timestamp.encode() + b":" + body
    signature = "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature}


def _retry_headers(delivery: Delivery) -> Mapping[str, str]:
    if not delivery.retry:
        return {}
    return {"X-Slack-Retry-Num": str(delivery.retry), "X-Slack-Retry-Reason": delivery.retry_reason or "unknown_error"}


def _since(started: float) -> float:
    return asyncio.get_running_loop().time() - started
