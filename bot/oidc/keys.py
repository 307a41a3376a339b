"""Public keys of an issuer, from its JWKS (RFC 7517): those that may sign ID tokens, each by its one name."""

import base64
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

from bot.oidc.strict_json import BadJson, read_object

ALGORITHMS = frozenset({"RS256", "PS256", "ES256", "EdDSA", "Ed25519"})
"""What a token may be signed with. Nothing that a public key could forge (HS256), and no ``none``.

The last two are one: RFC 9864 gave it the second name.
"""

MAX_KEYS = 100
SHORTEST_RSA = 2048
_LONGEST_RSA = 8192
_BITS_OF = {"P-256": frozenset({"ES256"}), "Ed25519": frozenset({"EdDSA", "Ed25519"})}
_PUBLIC = {"RSA": ("n", "e"), "EC": ("crv", "x", "y"), "OKP": ("crv", "x")}


class BadKeys(ValueError):
    """A JWKS that can't be used; the text says why."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One public key, and what it may have signed with."""

    key: RSAKey | ECKey | OKPKey
    algorithms: frozenset[str]


def read_keys(content: bytes) -> Mapping[str, SigningKey]:
    """Return the keys by their ``kid``. A name that two keys share is no name. Raises BadKeys for none at all."""
    try:
        listed: object = read_object(content).get("keys")
    except BadJson as error:
        raise BadKeys(f"its keys: {error}") from error
    if not isinstance(listed, list) or len(cast("list[object]", listed)) > MAX_KEYS:
        raise BadKeys(f"its keys are no list of at most {MAX_KEYS}")
    named = [(entry, kid) for entry in cast("list[object]", listed) if (kid := _name(entry))]
    many = Counter(kid for _, kid in named)
    made = {kid: _signing_key(cast("dict[str, Any]", entry)) for entry, kid in named if many[kid] == 1}
    found = {kid: key for kid, key in made.items() if key is not None}
    if not found:
        raise BadKeys("none of its keys can be used")
    return found


def _name(entry: object) -> str | None:
    kid = cast("dict[str, object]", entry).get("kid") if isinstance(entry, dict) else None
    return kid if isinstance(kid, str) else None


def _signing_key(entry: dict[str, Any]) -> SigningKey | None:
    """Return a key that may sign; None for one that is for something else, weak, or not readable."""
    kind, operations = entry.get("kty"), entry.get("key_ops", ["verify"])
    if entry.get("use", "sig") != "sig" or not isinstance(operations, list) or "verify" not in operations:
        return None
    if not isinstance(kind, str) or kind not in _PUBLIC:
        return None
    try:
        if kind == "RSA" and not _is_strong(entry["n"]):
            return None
        # Only what makes the key: nothing else that stands there has a say.
        key = JWKRegistry.import_key({"kty": kind, **{part: entry[part] for part in _PUBLIC[kind]}})
    except (JoseError, KeyError, ValueError, TypeError, AttributeError):
        return None
    algorithms = _algorithms(entry, key)
    named = entry.get("alg")
    algorithms = algorithms if named is None else algorithms & {named if isinstance(named, str) else ""}
    return SigningKey(key, algorithms) if algorithms and isinstance(key, RSAKey | ECKey | OKPKey) else None


def _algorithms(entry: dict[str, Any], key: object) -> frozenset[str]:
    if isinstance(key, RSAKey):
        return frozenset({"RS256", "PS256"})
    return _BITS_OF.get(str(entry.get("crv")), frozenset())


def _is_strong(modulus: str) -> bool:
    """Tell whether an RSA key is long enough to count, and not so long that each check takes its time."""
    bits = int.from_bytes(base64.urlsafe_b64decode(modulus + "=" * (-len(modulus) % 4))).bit_length()
    return SHORTEST_RSA <= bits <= _LONGEST_RSA
