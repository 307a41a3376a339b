"""The response URLs, where an app answers an interaction later."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, cast

from aiohttp import web

from bot.sandbox.commands import reply
from bot.sandbox.refusal import SlackRefusal
from bot.sandbox.webapi.door import draw_refusal
from bot.sandbox.workspace import Workspace

Json = dict[str, Any]

_GONE = frozenset({"invalid_url", "expired_url", "used_url"})


def answer_url(workspace: Workspace) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return the handler of what apps post to a response URL."""

    async def answer(request: web.Request) -> web.Response:
        try:
            document = await _read(request)
            url = workspace.state.reply_urls.use(request.match_info["secret"], workspace.state.now)
            reply(workspace.state, url, document)
        except SlackRefusal as refusal:
            return web.json_response(draw_refusal(refusal), status=404 if refusal.code in _GONE else 400)
        return web.Response(text="ok")

    return answer


async def _read(request: web.Request) -> Json:
    try:
        document: object = json.loads(await request.text())
    except ValueError:
        raise SlackRefusal("invalid_payload") from None
    if not isinstance(document, dict):
        raise SlackRefusal("invalid_payload")
    return cast("Json", document)
