"""A client without a token of its own: it is lent the one that holds now for every single call."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

Lend = Callable[[], Awaitable[str]]
"""Returns the bot token that holds now. Raises one of faults.CALL_ERRORS where there is none."""


class LentClient(AsyncWebClient):
    """As every client of ours, without handlers that send again; *lend* is asked before each call."""

    def __init__(self, lend: Lend, base_url: str, session: aiohttp.ClientSession) -> None:
        cast("Any", super()).__init__(base_url=base_url, session=session, retry_handlers=[])
        self._lend = lend

    async def api_call(self, api_method: str, **keywords: Any) -> Any:  # noqa: ANN401 - as the SDK has it
        """Call a method of the Web API; a call that brings its own token keeps it."""
        if not any("token" in (keywords.get(kind) or ()) for kind in ("params", "json", "data")):
            # The SDK reads it before it waits for anything, so no other call can have changed it by then.
            self.token = await self._lend()
        return await cast("Any", super()).api_call(api_method, **keywords)
