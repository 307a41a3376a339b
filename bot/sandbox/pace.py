"""The limit of new messages per channel: about one a second, with short bursts."""

from datetime import datetime
from math import ceil

from bot.sandbox.config import SandboxConfig
from bot.sandbox.refusal import RateLimited


class Pace:
    """A bucket of tokens per channel. Nothing is limited unless the configuration says so."""

    def __init__(self) -> None:
        self._buckets: dict[str, tuple[float, datetime]] = {}

    def take(self, channel: str, config: SandboxConfig, now: datetime) -> None:
        """Count one message. Raises RateLimited when there were too many."""
        rate = config.messages_per_second
        if rate is None:
            return
        tokens, since = self._buckets.get(channel, (float(config.messages_burst), now))
        tokens = min(float(config.messages_burst), tokens + (now - since).total_seconds() * rate)
        if tokens < 1:
            self._buckets[channel] = (tokens, now)
            raise RateLimited(ceil((1 - tokens) / rate))
        self._buckets[channel] = (tokens - 1, now)
