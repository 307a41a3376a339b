"""What a condition may look at, and what comes of looking."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.core.business_time import Calendar
from bot.core.evidence import TestEvidence
from bot.core.judging.counting import Counts
from bot.core.request import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything a condition may look at. ``now`` is aware UTC; ``freezes`` are the names of those that hold for it."""

    subject: Subject
    tests: TestEvidence
    source: str
    now: datetime
    counts: Counts = field(default_factory=Counts)
    freezes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unclear:
    """A condition that could not be evaluated; it lets nothing through."""

    why: str


Condition = Callable[[Facts], bool | Unclear]
"""A compiled ``when:``. Never raises."""

Why = Callable[[Facts], str]
"""Says which parts of a condition, just evaluated over these facts, made it come out as it did; or nothing."""


Almanac = Callable[[datetime], Calendar]
"""What a calendar of the policy comes to, as of a moment (aware UTC)."""
