"""How often a rule may be used: a limit, and how much of it was spent when a request was judged."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.moments import draw_moment

_SPANS = {timedelta(days=1): "day", timedelta(hours=1): "hour", timedelta(minutes=1): "minute"}
_UNITS = ((86_400, "d"), (3600, "h"), (60, "m"), (1, "s"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most *count* requests in *per*, wherever that span is laid: the window slides."""

    count: int
    per: timedelta

    def __str__(self) -> str:
        """Return ``20 per day``."""
        return f"{self.count} per {draw_span(self.per)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """How far the budget of *rule* was spent when a request was judged, frozen into it.

    *used* requests, the earliest of them at *since*, were approved by the rule alone within the span before.
    """

    rule: str
    limit: Limit
    used: int
    since: datetime | None = None

    @property
    def is_used_up(self) -> bool:
        """Tell whether nothing is left."""
        return self.used >= self.limit.count

    def __str__(self) -> str:
        """Say it for people: ``budget of 20 per day is used up: 20 of 20 since …``."""
        state = "is used up" if self.is_used_up else "is not used up"
        since = f" since {draw_moment(self.since)}" if self.since else ""
        return f"budget of {self.limit} {state}: {self.used} of {self.limit.count}{since}"


def draw_span(span: timedelta) -> str:
    """Return a span as it is said after "per": ``day``, ``hour``, ``2d``, ``1h30m``."""
    if span in _SPANS:
        return _SPANS[span]
    left, parts = int(span.total_seconds()), list[str]()
    for seconds, unit in _UNITS:
        count, left = divmod(left, seconds)
        parts += [f"{count}{unit}"] if count else []
    return "".join(parts)
