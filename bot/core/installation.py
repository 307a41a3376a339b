"""Our app in one workspace, as the books hold it: whose it is, and its tokens, which only the sealed form leaves."""

from dataclasses import dataclass
from datetime import datetime, timedelta

RENEWED_BEFORE = timedelta(hours=2)
"""How long before a token ends it is renewed; Slack's live for twelve hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """``team`` is the workspace; ``sealed`` its tokens, None once the app was taken away.

    ``expires_at`` is when the token ends by itself; None: never. All times are aware UTC. ``version`` grows with every
    change, ``renewing_until`` is how long one process may take to renew the token, and no other.
    """

    team: str
    enterprise: str | None = None
    installer: str | None = None
    sealed: str | None
    installed_at: datetime
    expires_at: datetime | None = None
    version: int = 1
    renewing_until: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Tell whether the token is to be renewed."""
        return self.expires_at is not None and now >= self.expires_at - RENEWED_BEFORE

    def has_ended(self, now: datetime) -> bool:
        """Tell whether the token has ended by itself."""
        return self.expires_at is not None and now >= self.expires_at
