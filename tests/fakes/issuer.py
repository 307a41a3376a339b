"""A local issuer of ID tokens with real keys. It signs by hand, not with the library that reads them, and fails loudly
when it is asked for what no reader of keys has any business with."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from aiohttp import web
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | Ed25519PrivateKey
AUDIENCE = "https://jit.acme.test"
CLAIMS: Mapping[str, object] = {
    "sub": "repo:acme/payments:ref:refs/heads/main",
    "repository": "acme/payments",
    "repository_owner_id": "1234567",
    "ref": "refs/heads/main",
    "sha": "9fceb02d0ae598e95dc970b74767f19372d61af8",
    "workflow": "release",
    "job_workflow_ref": "acme/payments/.github/workflows/release.yml@refs/heads/main",
    "run_id": "77",
    "actor": "ana",
    "event_name": "push",
}
"""What a job on GitHub claims, without what each token has of its own."""


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@cache
def rsa_key(bits: int = 2048, number: int = 0) -> rsa.RSAPrivateKey:
    """A real key; they are slow to make, so that one of a *number* is made once."""
    del number
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@cache
def ec_key(number: int = 0) -> ec.EllipticCurvePrivateKey:
    del number
    return ec.generate_private_key(ec.SECP256R1())


@cache
def ed_key(number: int = 0) -> Ed25519PrivateKey:
    del number
    return Ed25519PrivateKey.generate()


def public_jwk(key: PrivateKey, kid: str, **more: object) -> dict[str, object]:
    """The public half as it stands in a JWKS."""
    match key:
        case rsa.RSAPrivateKey():
            numbers = key.public_key().public_numbers()
            parts = {"kty": "RSA", "n": _number(numbers.n), "e": _number(numbers.e)}
        case ec.EllipticCurvePrivateKey():
            point = key.public_key().public_numbers()
            parts = {"kty": "EC", "crv": "P-256", "x": _number(point.x, 32), "y": _number(point.y, 32)}
        case _:
            raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
            parts = {"kty": "OKP", "crv": "Ed25519", "x": encoded(raw)}
    return {**parts, "kid": kid, **more}


def _number(value: int, length: int | None = None) -> str:
    return encoded(value.to_bytes(length or (value.bit_length() + 7) // 8, "big"))


def signed(key: PrivateKey | bytes, header: Mapping[str, object], claims: Mapping[str, object] | bytes) -> str:
    """A token, signed as its head says; with bytes for a key, as HMAC."""
    body = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    content = f"{encoded(json.dumps(header).encode())}.{encoded(body)}"
    return f"{content}.{encoded(_signature(key, str(header.get('alg')), content.encode()))}"


def _signature(key: PrivateKey | bytes, algorithm: str, content: bytes) -> bytes:
    match key:
        case bytes():
            return hmac.digest(key, content, hashlib.sha256)
        case rsa.RSAPrivateKey():
            pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
            return key.sign(content, pss if algorithm == "PS256" else padding.PKCS1v15(), hashes.SHA256())
        case ec.EllipticCurvePrivateKey():
            r, s = decode_dss_signature(key.sign(content, ec.ECDSA(hashes.SHA256())))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")
        case _:
            return key.sign(content)


@dataclass
class Issuer:
    """Serves its keys. ``asked`` counts the readings of them; ``status`` is what it answers with."""

    url: str = ""
    keys: list[dict[str, object]] = field(default_factory=list[dict[str, object]])
    headers: dict[str, str] = field(default_factory=dict[str, str])
    status: int = 200
    asked: int = 0
    says_issuer: str | None = None
    says_jwks: str | None = None
    body: bytes | None = None

    def claims(self, now: datetime, **more: object) -> dict[str, Any]:
        """What a token of this issuer claims that is made *now*; None takes a claim out."""
        issued = int(now.timestamp())
        always = {"iss": self.url, "aud": AUDIENCE, "iat": issued, "nbf": issued, "exp": issued + 300}
        return {name: value for name, value in {**CLAIMS, **always, **more}.items() if value is not None}

    def token(self, now: datetime, kid: str = "one", **more: object) -> str:
        """A good token of the first key, which it serves as *kid*."""
        return signed(ec_key(), {"alg": "ES256", "kid": kid, "typ": "JWT"}, self.claims(now, **more))

    async def configuration(self, _: web.Request) -> web.Response:
        document = {"issuer": self.says_issuer or self.url, "jwks_uri": self.says_jwks or f"{self.url}/keys"}
        return web.json_response(document, status=self.status)

    async def jwks(self, _: web.Request) -> web.Response:
        self.asked += 1
        body = json.dumps({"keys": self.keys}).encode() if self.body is None else self.body
        return web.Response(body=body, status=self.status, headers=self.headers)


@asynccontextmanager
async def open_issuer() -> AsyncGenerator[Issuer]:
    """Serve an issuer on a free port; one key, ``one``, is :func:`ec_key`."""
    issuer = Issuer(keys=[public_jwk(ec_key(), "one", alg="ES256", use="sig")])
    app = web.Application()
    app.router.add_get("/.well-known/openid-configuration", issuer.configuration)
    app.router.add_get("/keys", issuer.jwks)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    issuer.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield issuer
    finally:
        await runner.cleanup()


LATER = timedelta(minutes=2)
