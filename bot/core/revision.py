"""What a request asked before: kept beside it for whoever answers to that, and so that it does not come back unseen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.evidence.difference import Difference
from bot.core.people.identity import Actor

KEPT = 5
"""How many earlier revisions a request carries with it, the newest; the log has all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierRevision:
    """A revision that is asked no longer, and what changed ``since`` then until now.

    ``replaced_at`` (aware UTC) and ``replaced_by`` say by whom and when the next one came. ``parameters`` holds a mark
    of each (:func:`bot.core.evidence.difference.marks`). ``voided`` counts the approvals that counted until then.
    """

    revision: int
    digest: str
    commit: str | None
    ref: str | None
    parameters: Mapping[str, str]
    replaced_at: datetime
    replaced_by: Actor
    voided: int
    since: Difference
