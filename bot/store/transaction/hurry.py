"""How long a group may take while others, who have nothing to do with it, wait."""

from collections.abc import Callable
from dataclasses import dataclass

LARGEST = 100
"""How many failed tests are written on the way; more take long to draw and to hash."""


class TakesLong(BaseException):
    """This is no work to be done while others wait. No Exception, so that no use case takes it for one of its own."""


@dataclass(frozen=True, slots=True)
class Hurry:
    """By when, in ``monotonic`` seconds, nothing more is begun (``brief``), and all of it dropped (``longest``)."""

    monotonic: Callable[[], float]
    brief: float
    longest: float

    def is_late(self) -> bool:
        """Tell whether nothing more should be begun."""
        return self.monotonic() > self.brief

    def require_time(self, size: int) -> None:
        """Raise TakesLong where it is over, or *size* failed tests are too many."""
        if size > LARGEST or self.monotonic() > self.longest:
            raise TakesLong
