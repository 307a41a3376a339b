"""An ID token (OpenID Connect Core, 2; RFC 7519): read strictly, proven by one key, and held against the clock.

Nothing in its head says where a key is: ``jku``, ``jwk``, ``x5u`` and ``x5c`` are never looked at.
"""

import base64
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning

from bot.oidc.keys import ALGORITHMS, SigningKey
from bot.oidc.strict_json import BadJson, read_object

MAX_BYTES = 8 * 1024
"""More than any CI's; a head of HTTP holds no longer line anyway."""

LEEWAY = timedelta(seconds=60)
"""How far the issuer's clock and ours may be apart."""

_LONGEST_NAME = 1000
_JWT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*", re.ASCII)
_TYPES = frozenset({"jwt", "application/jwt"})
_YEAR_9999 = 253402300799


class TokenRefused(Exception):
    """A token that proves nothing. ``why`` may be told to whoever showed it only once its signature was good."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class IdToken:
    """A token as it came; nothing is proven yet."""

    text: str = field(repr=False)
    algorithm: str
    kid: str
    issuer: str
    claims: Mapping[str, Any] = field(repr=False)

    def require_signed(self, key: SigningKey) -> None:
        """Check the signature. Raises TokenRefused."""
        if self.algorithm not in key.algorithms:
            raise TokenRefused("it is signed with another algorithm than its key is for")
        registry = jws.JWSRegistry(algorithms=[self.algorithm], strict_check_header=False)
        try:
            with warnings.catch_warnings():
                # That RFC 9864 has a newer name for EdDSA is for issuers to know.
                warnings.simplefilter("ignore", SecurityWarning)
                jws.deserialize_compact(self.text, key.key, registry=registry)
        except (JoseError, ValueError, TypeError) as error:
            raise TokenRefused("its signature is wrong") from error

    def require_current(self, longest: timedelta, now: datetime) -> datetime:
        """Return until when it is good. Raises TokenRefused, with what is wrong about its times."""
        expires, issued = _moment(self.claims, "exp"), _moment(self.claims, "iat")
        if now >= expires + LEEWAY:
            raise TokenRefused(f"it expired at {expires:%H:%M:%S} UTC; let the job get a new one")
        if issued > now + LEEWAY or ("nbf" in self.claims and _moment(self.claims, "nbf") > now + LEEWAY):
            raise TokenRefused("it is from the future: the clock of its issuer and ours differ")
        if expires - issued > longest:
            minutes = int((expires - issued) / timedelta(minutes=1))
            raise TokenRefused(f"it is good for {minutes} minutes, longer than max_lifetime of its source allows")
        return expires

    def is_for(self, audience: str) -> bool:
        """Tell whether it is for *audience* alone: others whom it is for could come here with it."""
        return self.claims.get("aud") in (audience, [audience])

    def require_subject(self) -> None:
        """Refuse one that is about nobody."""
        subject = self.claims.get("sub")
        if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_NAME:
            raise TokenRefused("it has no sub")


def is_jwt(text: str) -> bool:
    """Tell whether *text* is shaped like a signed token; a source's own secret token could be, too."""
    return len(text) <= MAX_BYTES and _JWT.fullmatch(text) is not None


def read_token(text: str) -> IdToken:
    """Read a token, of which nothing is believed yet. Raises TokenRefused."""
    if not is_jwt(text):
        raise TokenRefused("it is no JWT")
    head, body, _ = text.split(".")
    try:
        header, claims = read_object(_decoded(head)), read_object(_decoded(body))
    except BadJson as error:
        raise TokenRefused("it can't be read") from error
    algorithm, kid, issuer = header.get("alg"), header.get("kid"), claims.get("iss")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise TokenRefused("it is signed in a way that is not accepted")
    if "crit" in header or "b64" in header or str(header.get("typ", "JWT")).lower() not in _TYPES:
        raise TokenRefused("it is no plain JWT")
    if not isinstance(kid, str) or not isinstance(issuer, str) or max(len(kid), len(issuer)) > _LONGEST_NAME:
        raise TokenRefused("it does not say who signed it")
    return IdToken(text=text, algorithm=algorithm, kid=kid, issuer=issuer, claims=claims)


def _decoded(part: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError as error:
        raise BadJson("is no base64url") from error


def _moment(claims: Mapping[str, Any], name: str) -> datetime:
    seconds = claims.get(name)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= _YEAR_9999:
        raise TokenRefused(f"its {name} is no moment")
    return datetime.fromtimestamp(seconds, UTC)
