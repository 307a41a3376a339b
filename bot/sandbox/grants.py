"""What people have agreed to, until the app redeems it: a code works once, for ten minutes, for one address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from urllib.parse import urlsplit

from bot.sandbox.refusal import SlackRefusal

LASTS = timedelta(minutes=10)


class Purpose(Enum):
    """What a code is for."""

    INSTALL = "install"
    SIGN_IN = "sign in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One yes of one person. ``nonce`` comes back in the proof of who they are."""

    purpose: Purpose
    user: str
    redirect_uri: str
    scopes: tuple[str, ...]
    nonce: str = ""


class Grants:
    """The codes that were given out, and who signed in with which token."""

    def __init__(self) -> None:
        self._codes: dict[str, tuple[Grant, datetime]] = {}
        self.signed_in: dict[str, Grant] = {}

    def give(self, code: str, grant: Grant, now: datetime) -> None:
        """Let *code* be redeemed once."""
        self._codes[code] = (grant, now + LASTS)

    def redeem(self, code: str, purpose: Purpose, redirect_uri: str | None, now: datetime) -> Grant:
        """Return what was granted. Raises SlackRefusal invalid_code or bad_redirect_uri; the code is used."""
        grant, ends = self._codes.pop(code, (None, now))
        if grant is None or now >= ends or grant.purpose is not purpose:
            raise SlackRefusal("invalid_code")
        if redirect_uri is not None and redirect_uri != grant.redirect_uri:
            raise SlackRefusal("bad_redirect_uri")
        return grant


def is_registered(redirect_uri: str, registered: Sequence[str]) -> bool:
    """Say whether *redirect_uri* is one of the registered addresses, or below one on the same host."""
    asked = urlsplit(redirect_uri)
    return any(
        (asked.scheme, asked.netloc) == (known.scheme, known.netloc)
        and (asked.path == known.path or asked.path.startswith(f"{known.path.rstrip('/')}/"))
        for known in map(urlsplit, registered)
    )
