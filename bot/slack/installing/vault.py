"""Tokens are encrypted before they reach the books, and what an installation begins with is proven to be ours.

Keys are made of the house's secret one (HKDF, RFC 5869); Fernet encrypts and proves that nothing was changed.
"""

import base64
import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import orjson
from cryptography.fernet import InvalidToken, MultiFernet

from bot.core.stamp import Stamp
from bot.secrecy import made_fernet
from bot.slack.faults import TokenUnreadable

LASTS = timedelta(minutes=10)
"""How long somebody may take from our page to Slack's yes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What Slack gave us for one workspace; with ``refresh`` the next one is fetched before this one ends."""

    team: str
    bot: str
    refresh: str | None = None

    def __repr__(self) -> str:
        """Return what may be logged."""
        return f"Tokens(team={self.team!r})"


class Vault:
    """Seals with the first key and opens with any: after a change of the key what was sealed before is still ours."""

    def __init__(self, *keys: str) -> None:
        self._fernet = MultiFernet([made_fernet(key, b"jit workspace tokens") for key in keys])

    def seal(self, tokens: Tokens) -> str:
        """Return *tokens* as only we can read them."""
        return self._fernet.encrypt(orjson.dumps(asdict(tokens))).decode()

    def open(self, sealed: str, team: str) -> Tokens:
        """Return the tokens of that *team*. Raises TokenUnreadable: another key, another workspace's, or changed."""
        try:
            tokens = Tokens(**orjson.loads(self._fernet.decrypt(sealed.encode())))
        except (InvalidToken, TypeError, ValueError):
            raise TokenUnreadable(team) from None
        if tokens.team != team:
            raise TokenUnreadable(team)
        return tokens


class States:
    """What goes to Slack's install page and must come back: ours, lately made, and taken once by whoever stamps it."""

    def __init__(self, key: str) -> None:
        self._fernet = made_fernet(key, b"jit installation state")

    def issue(self, now: datetime) -> str:
        """Return a new one."""
        return self._fernet.encrypt_at_time(b"install", int(now.timestamp())).decode()

    def read(self, state: str, now: datetime) -> Stamp | None:
        """Return the stamp by which *state* is known if it comes again; None when it is none of ours, or too old."""
        try:
            self._fernet.decrypt_at_time(state.encode(), int(LASTS.total_seconds()), int(now.timestamp()))
        except (InvalidToken, ValueError):
            return None
        # By what it means: the same bytes can be spelt in several ways.
        meant = base64.urlsafe_b64decode(state.encode())
        return Stamp(f"install:{hashlib.sha256(meant).hexdigest()}")
