"""`POST /slack/events`: events, buttons, dialogs and commands alike. Verified as raw bytes, then passed on."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

import structlog
from aiohttp import web
from slack_bolt.response import BoltResponse

from handlers.door.connections import vouch
from handlers.door.raw_body import read_raw_body
from handlers.door.unproven import Unproven
from handlers.problems import Problem
from handlers.slack.exchange import Taker
from handlers.slack.inbound import Malformed, read_body, read_letter
from handlers.slack.verify import Unverified, Verifier

PATH = "/slack/events"
LARGEST = 1024 * 1024
"""A click carries its whole message with it, a dialog its whole view: at most 250 KB."""

UNPROVEN_BYTES = 32 * 1024 * 1024
"""What is held of large bodies that may be anybody's; apart from the API's, so that neither can fill the other's."""

PATIENCE = 3.0
"""Seconds for a body to arrive: later than that Slack has given up on the answer."""

_log = structlog.get_logger("slack")


class Edge:
    """The HTTP side of Slack."""

    def __init__(self, verifier: Verifier, letters: Taker, clock: Callable[[], datetime]) -> None:
        self._verifier = verifier
        self._letters = letters
        self._clock = clock
        self._unproven = Unproven(UNPROVEN_BYTES)

    async def receive(self, request: web.Request) -> web.Response:
        """Answer one message of Slack's; strangers learn nothing but a number."""
        try:
            self._verifier.require_fresh(request.headers, self._clock())
            with self._unproven.account(request.remote) as growing:
                body = await read_raw_body(request, LARGEST, PATIENCE, growing)
            replay_key = self._verifier.verify(request.headers, body, self._clock())
            vouch(request)
            letter = read_letter(read_body(body, request.content_type), replay_key)
        except Problem as problem:
            return _refused(problem.status, "slack.unreadable", problem.code)
        except Unverified as unverified:
            return _refused(HTTPStatus.UNAUTHORIZED, "slack.unverified", unverified.reason, unverified.remedy)
        except Malformed as malformed:
            return _refused(HTTPStatus.BAD_REQUEST, "slack.malformed", str(malformed))
        return _answered(await self._letters.pass_on(letter))


def _answered(answer: BoltResponse) -> web.Response:
    """Return Bolt's answer as aiohttp's. Ours are words or JSON; Bolt's own adapter looks for cookies, at 30 µs."""
    kind = "application/json" if answer.body.startswith("{") else "text/plain"
    return web.Response(status=answer.status, body=answer.body.encode(), content_type=kind)


def _refused(status: HTTPStatus, event: str, reason: str, remedy: str | None = None) -> web.Response:
    _log.warning(event, reason=reason, **({} if remedy is None else {"remedy": remedy}))
    return web.Response(
        status=status, headers={"Connection": "close"} if status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE else None
    )
