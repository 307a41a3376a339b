"""Which tokens of the bot's are good: the one it was told of, those of installations, and none once it is gone.

With rotation a token ends by itself, and is exchanged, once, for the next. https://docs.slack.dev/authentication
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sandbox.config import SandboxConfig
from bot.sandbox.mint import Mint
from bot.sandbox.refusal import SlackRefusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """One token; with ``refresh`` and ``seconds`` it ends."""

    token: str
    refresh: str | None = None
    seconds: int | None = None


class Installs:
    """Remembers every token that it gave out."""

    def __init__(self, mint: Mint) -> None:
        self._mint = mint
        self._good: dict[str, datetime | None] = {}
        self._refreshes: set[str] = set()
        self._dead: set[str] = set()
        self.is_gone = False

    def issue(self, config: SandboxConfig, now: datetime) -> Issued:
        """Give a token for an installation: the app's own, until it was once taken away."""
        if config.token_seconds is not None:
            return self._rotating(config.token_seconds, now)
        token = f"xoxb-{self._mint.secret()}" if self.is_gone else config.bot_token
        self._good[token] = None
        return Issued(token=token)

    def renew(self, refresh: str, config: SandboxConfig, now: datetime) -> Issued:
        """Give the next token for *refresh*, which is used up. Raises SlackRefusal invalid_refresh_token."""
        if refresh not in self._refreshes:
            raise SlackRefusal("invalid_refresh_token")
        self._refreshes.remove(refresh)
        return self._rotating(config.token_seconds or 0, now)

    def take_away(self) -> None:
        """Make every token worthless."""
        self._dead |= self._good.keys()
        self._good.clear()
        self._refreshes.clear()
        self.is_gone = True

    def trouble(self, token: str, config: SandboxConfig, now: datetime) -> str | None:
        """Return with which error *token* is refused; None: it is good."""
        if token in self._dead:
            return "account_inactive"
        if token in self._good:
            ends = self._good[token]
            return "token_expired" if ends is not None and now >= ends else None
        if token == config.bot_token:
            return "account_inactive" if self.is_gone else None
        return "invalid_auth"

    def _rotating(self, seconds: int, now: datetime) -> Issued:
        issued = Issued(
            token=f"xoxe.xoxb-1-{self._mint.secret()}", refresh=f"xoxe-1-{self._mint.secret()}", seconds=seconds
        )
        self._good[issued.token] = now + timedelta(seconds=seconds)
        self._refreshes.add(issued.refresh or "")
        return issued
