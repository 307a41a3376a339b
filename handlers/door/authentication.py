"""Who is calling: a source is known by its bearer token, or by its signature over the raw bytes of the body."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

from multidict import MultiMapping

from bot.core.judging.source import Source
from bot.core.stamp import Stamp
from handlers.door.credentials import Credentials, twins
from handlers.door.signatures import Signed, read_signed
from handlers.problems import Problem

_BEARER = "bearer "
_PROOFS = ("Authorization", "webhook-id", "webhook-timestamp", "webhook-signature")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """An authenticated source. ``signed`` is what a signed call is known by: its webhook-id, and when it was signed."""

    source: Source
    signed: Stamp | None = None


@dataclass(frozen=True, slots=True)
class Keyring:
    """The secrets of all sources, by what a call can be checked against; tokens only as their hashes."""

    by_token: Mapping[bytes, str] = field(default_factory=dict[bytes, str], repr=False)
    signing: Mapping[str, bytes] = field(default_factory=dict[str, bytes], repr=False)

    @staticmethod
    def of(credentials: Mapping[str, Credentials]) -> "Keyring":
        """Return the keyring of the sources that have any secret. Raises ValueError when two have the same."""
        for (first, _), (second, _) in twins(credentials):
            raise ValueError(f"{first} and {second} can't be told apart: they have a secret in common")
        return Keyring(
            {_hashed(given.token): name for name, given in credentials.items() if given.token},
            {name: given.signing_key for name, given in credentials.items() if given.signing_key},
        )

    def by_bearer(self, authorization: str) -> str | None:
        """Return the source whose token this Authorization header carries."""
        if authorization[: len(_BEARER)].lower() != _BEARER:
            return None
        given, found = _hashed(authorization[len(_BEARER) :].strip()), None
        for token, name in self.by_token.items():
            if hmac.compare_digest(token, given):
                found = name
        return found

    def by_signature(self, signed: Signed, body: bytes) -> str | None:
        """Return the source that signed *body*."""
        return next((name for name, key in self.signing.items() if signed.is_by(key, body)), None)


def require_unambiguous(headers: MultiMapping[str]) -> None:
    """Refuse a call that proves something twice: whoever stands between us may have looked at the other. Raises 401."""
    if any(len(headers.getall(name, ())) > 1 for name in _PROOFS):
        raise unauthorised()


def find_by_bearer(headers: Mapping[str, str], keyring: Keyring, sources: Mapping[str, Source]) -> Caller | None:
    """Return who calls, when the headers alone prove it."""
    authorization = headers.get("Authorization")
    name = keyring.by_bearer(authorization) if authorization else None
    source = sources.get(name) if name is not None else None
    return Caller(source=source) if source else None


def require_signed(headers: Mapping[str, str], now: datetime) -> Signed:
    """Return the signature headers, the only other way in, when they are from now. Raises Problem (401)."""
    signed = read_signed(headers)
    if signed is None or not signed.is_fresh(now):
        raise unauthorised()
    return signed


def find_by_signature(signed: Signed, body: bytes, keyring: Keyring, sources: Mapping[str, Source]) -> Caller:
    """Return who signed *body*. Raises Problem (401)."""
    name = keyring.by_signature(signed, body)
    source = sources.get(name) if name is not None else None
    if source is None:
        raise unauthorised()
    return Caller(source=source, signed=signed.stamp)


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()


def unauthorised() -> Problem:
    """Return the one answer to everybody who is not known: it never says which part was wrong."""
    detail = (
        "Send a source's token (Authorization: Bearer ...), or sign the call (webhook-id, webhook-timestamp,"
        " webhook-signature) with its secret and a clock that is right."
    )
    headers = {"WWW-Authenticate": 'Bearer realm="jit"'}
    return Problem(HTTPStatus.UNAUTHORIZED, "unauthorised", detail, headers=headers)
