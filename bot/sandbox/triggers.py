"""Trigger ids: three seconds, one use, as https://docs.slack.dev/interactivity says."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sandbox.refusal import SlackRefusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """Leave to show one dialog to *user*; ``view`` is the dialog it came from, if any."""

    id: str
    user: str
    expires: datetime
    view: str | None = None


class Triggers:
    """Remembers every trigger given out, so that a used one and a wrong one get different answers."""

    def __init__(self) -> None:
        self._open: dict[str, Trigger] = {}
        self._used: set[str] = set()

    def give(self, trigger: Trigger) -> Trigger:
        """Let it be exchanged once."""
        self._open[trigger.id] = trigger
        return trigger

    def exchange(self, trigger_id: str, now: datetime) -> Trigger:
        """Use one up. Raises SlackRefusal when it is unknown, used or too old."""
        if trigger_id in self._used:
            raise SlackRefusal("exchanged_trigger_id")
        trigger = self._open.pop(trigger_id, None)
        if trigger is None:
            raise SlackRefusal("invalid_trigger_id")
        self._used.add(trigger_id)
        if now >= trigger.expires:
            raise SlackRefusal("expired_trigger_id")
        return trigger

    @staticmethod
    def lasting(seconds: float, now: datetime) -> datetime:
        """Return when a trigger given now is too old."""
        return now + timedelta(seconds=seconds)
