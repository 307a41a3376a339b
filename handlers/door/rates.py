"""How often a source may ask, when the policy says so, and a person write; counted in this process."""

import math
import time
from http import HTTPStatus

from limits import RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from bot.core.judging.source import Source
from handlers.problems import Problem


class Rates:
    """Counts the requests of each source, and more by name. Another replica counts its own."""

    def __init__(self) -> None:
        self._opened: MovingWindowRateLimiter | None = None

    @property
    def _window(self) -> MovingWindowRateLimiter:
        """Opened when something is counted: it wants a running loop."""
        if self._opened is None:
            self._opened = MovingWindowRateLimiter(MemoryStorage())
        return self._opened

    async def has_room(self, name: str, most: int) -> bool:
        """Count one more of *name*; False, and not counted, when there were *most* of it within a minute."""
        return await self._window.hit(RateLimitItemPerMinute(most), name)

    async def require_allowed(self, source: Source) -> None:
        """Count one more request. Raises Problem (429) when the source has used up its limit."""
        if source.limit is None:
            return
        item = RateLimitItemPerSecond(source.limit.count, max(1, math.ceil(source.limit.per.total_seconds())))
        if await self._window.hit(item, source.name):
            return
        reset, _ = await self._window.get_window_stats(item, source.name)
        wait = max(1, math.ceil(reset - time.time()))
        detail = f"The policy allows {source.name} {item}. Ask again in {wait} s."
        raise Problem(HTTPStatus.TOO_MANY_REQUESTS, "too_many", detail, headers={"Retry-After": str(wait)})
