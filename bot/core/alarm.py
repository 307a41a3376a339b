"""A trouble of the house that somebody has to mend: told once to its administrators, and once when it is over."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """What is wrong with one thing since when (aware UTC).

    ``about`` names the thing (``policy``, ``channel:#payments``), ``what`` the trouble: the same is not told twice.
    ``told_in`` is the channel that heard of it, if any, and so hears when it is over.
    """

    about: str
    what: str
    since: datetime
    told_in: str | None = None
