"""How fast new messages may go into one channel: a short burst, then a steady pace."""

from datetime import datetime, timedelta

BURST = 3
"""Messages that may follow each other at once in a channel that was quiet (Slack allows "short bursts")."""


class Pace:
    """One leaky bucket a channel (the generic cell rate algorithm); only channels that are busy are remembered."""

    def __init__(self, per_second: float, burst: int = BURST) -> None:
        self._interval = timedelta(seconds=1 / per_second)
        self._slack = self._interval * (burst - 1)
        self._paid_until: dict[str, datetime] = {}

    def free_at(self, channel: str, now: datetime) -> datetime:
        """Return when the next message may go into *channel*; *now* when at once."""
        paid = self._paid_until.get(channel)
        return now if paid is None else max(now, paid - self._slack)

    def take(self, channel: str, now: datetime) -> None:
        """Count one message that goes out now."""
        paid = self._paid_until.get(channel, now)
        self._paid_until[channel] = max(paid, now) + self._interval

    def waiting(self, now: datetime) -> dict[str, datetime]:
        """Return the channels that have to wait, each with when its turn comes; forget those that went quiet."""
        self._paid_until = {channel: paid for channel, paid in self._paid_until.items() if paid > now}
        turns = {channel: self.free_at(channel, now) for channel in self._paid_until}
        return {channel: turn for channel, turn in turns.items() if turn > now}
