"""Proofs of who somebody is, as OpenID Connect has them: signed claims, and the key to check them with."""

import base64
import json
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from bot.sandbox.config import SandboxConfig
from bot.sandbox.grants import Grant
from bot.sandbox.ids import TEAM, TEAM_DOMAIN
from bot.sandbox.people import Person

Json = dict[str, Any]

LASTS = timedelta(minutes=5)
KEY_ID = "sandbox"


class Signer:
    """One key, made when it is first needed: it takes a while."""

    def __init__(self) -> None:
        self._key: rsa.RSAPrivateKey | None = None

    def sign(self, claims: Json) -> str:
        """Return the claims as a JWT, RS256."""
        header = {"alg": "RS256", "typ": "JWT", "kid": KEY_ID}
        signed = f"{_encode(json.dumps(header).encode())}.{_encode(json.dumps(claims).encode())}"
        signature = self._private().sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{_encode(signature)}"

    def draw_keys(self) -> Json:
        """Draw the key set that a proof is checked with."""
        public = self._private().public_key().public_numbers()
        numbers = {"n": _encode_number(public.n), "e": _encode_number(public.e)}
        return {"keys": [{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": KEY_ID, **numbers}]}

    def _private(self) -> rsa.RSAPrivateKey:
        if self._key is None:
            self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        return self._key


def draw_person_claims(person: Person, grant: Grant) -> Json:
    """Draw what openid.connect.userInfo answers, as far as the person agreed to it."""
    first, _, last = person.real_name.partition(" ")
    claims: Json = {
        "sub": person.id,
        "https://slack.com/user_id": person.id,
        "https://slack.com/team_id": person.team,
    }
    if "email" in grant.scopes and person.email:
        claims |= {"email": person.email, "email_verified": True}
    if "profile" in grant.scopes:
        claims |= {
            "name": person.real_name,
            "given_name": first,
            "family_name": last,
            "locale": "en-US",
            "https://slack.com/team_name": "Acme" if person.team == TEAM else "Other",
            "https://slack.com/team_domain": TEAM_DOMAIN if person.team == TEAM else "other",
        }
    return claims


def draw_proof(config: SandboxConfig, person: Person, grant: Grant, now: datetime) -> Json:
    """Draw the claims of an id_token. https://docs.slack.dev/authentication/sign-in-with-slack ."""
    at = int(now.timestamp())
    claims = draw_person_claims(person, grant) | {
        "iss": config.base_url,
        "aud": config.client_id,
        "iat": at,
        "auth_time": at,
        "exp": at + int(LASTS.total_seconds()),
    }
    return claims | ({"nonce": grant.nonce} if grant.nonce else {})


def draw_discovery(config: SandboxConfig) -> Json:
    """Draw where everything is, for OpenID Connect Discovery."""
    base = config.base_url
    return {
        "issuer": base,
        "authorization_endpoint": f"{base}/openid/connect/authorize",
        "token_endpoint": f"{base}/api/openid.connect.token",
        "userinfo_endpoint": f"{base}/api/openid.connect.userInfo",
        "jwks_uri": f"{base}/openid/connect/keys",
        "scopes_supported": ["openid", "profile", "email"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["sub", "auth_time", "iss"],
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
    }


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _encode_number(number: int) -> str:
    return _encode(number.to_bytes((number.bit_length() + 7) // 8, "big"))
