"""An ID token that was shown and proven: until when it is good, and whether its source would still take it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.judging.source import Source
from bot.core.proof import Proof
from bot.oidc import LEEWAY, IdToken


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Good until ``expires`` (aware UTC), for ``source``; ``proof`` is what it proves."""

    token: IdToken
    source: str
    expires: datetime
    proof: Proof

    def is_still_good(self, sources: Mapping[str, Source], now: datetime) -> bool:
        """Tell whether whoever showed it would be let in now. The policy may be new."""
        source = sources.get(self.source)
        keyless = None if source is None else source.keyless
        if keyless is None or now >= self.expires + LEEWAY:
            return False
        is_theirs = keyless.issuer == self.token.issuer and self.token.is_for(keyless.audience)
        return is_theirs and keyless.takes(self.token.claims)
