"""Who is calling: a source is known by its bearer token, or by its signature over the raw bytes of the body.

The third way, an ID token of its CI, is :mod:`handlers.door.keyless`.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

from multidict import MultiMapping

from bot.core.judging.source import Source
from bot.core.people.identity import Actor, Via
from bot.core.proof import Proof
from bot.core.stamp import Stamp
from handlers.door.credentials import Credentials, twins
from handlers.door.shown import Shown
from handlers.door.signatures import Signed, read_signed
from handlers.problems import Problem

BEARER = "bearer "
_PROOFS = ("Authorization", "webhook-id", "webhook-timestamp", "webhook-signature")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """An authenticated source.

    ``key`` is by which of its secrets, or whose ID token, for the log. ``signed`` is what a signed call is known by:
    its webhook-id, and when it was signed. ``shown`` is the ID token that proved it.
    """

    source: Source
    key: str
    signed: Stamp | None = None
    shown: Shown | None = None

    @property
    def proof(self) -> Proof | None:
        """What its CI vouches for."""
        return None if self.shown is None else self.shown.proof

    def actor(self, address: str | None) -> Actor:
        """Return who acts, as the log has it; *address* is where the call comes from."""
        return Actor(name=self.source.name, via=Via.API, address=address, key=self.key)


@dataclass(frozen=True, slots=True)
class Known:
    """By which secret a source is known: its name, never the secret."""

    source: str
    key: str


@dataclass(frozen=True, slots=True)
class Keyring:
    """The secrets of all sources, by what a call can be checked against; tokens only as their hashes."""

    by_token: Mapping[bytes, Known] = field(default_factory=dict[bytes, Known], repr=False)
    signing: tuple[tuple[Known, bytes], ...] = field(default=(), repr=False)

    @staticmethod
    def of(credentials: Mapping[str, Credentials]) -> "Keyring":
        """Return the keyring of the sources that have any secret. Raises ValueError when two have the same."""
        for first, second in twins(credentials):
            raise ValueError(f"{first} and {second} are the same secret: whose is it?")
        return Keyring(
            {_hashed(one.value): Known(name, one.name) for name, given in credentials.items() for one in given.tokens},
            tuple((Known(name, one.name), one.key) for name, given in credentials.items() for one in given.signing),
        )

    def by_bearer(self, authorization: str) -> Known | None:
        """Return whose token this Authorization header carries."""
        if authorization[: len(BEARER)].lower() != BEARER:
            return None
        given, found = _hashed(authorization[len(BEARER) :].strip()), None
        for token, known in self.by_token.items():
            if hmac.compare_digest(token, given):
                found = known
        return found

    def by_signature(self, signed: Signed, body: bytes) -> Known | None:
        """Return who signed *body*."""
        return next((known for known, key in self.signing if signed.is_by(key, body)), None)


def require_unambiguous(headers: MultiMapping[str]) -> None:
    """Refuse a call that proves something twice: whoever stands between us may have looked at the other. Raises 401."""
    if any(len(headers.getall(name, ())) > 1 for name in _PROOFS):
        raise unauthorised()


def find_by_bearer(headers: Mapping[str, str], keyring: Keyring, sources: Mapping[str, Source]) -> Caller | None:
    """Return who calls, when the headers alone prove it."""
    authorization = headers.get("Authorization")
    known = keyring.by_bearer(authorization) if authorization else None
    source = sources.get(known.source) if known is not None else None
    return Caller(source=source, key=known.key) if source and known else None


def require_signed(headers: Mapping[str, str], now: datetime) -> Signed:
    """Return the signature headers, the only other way in, when they are from now. Raises Problem (401)."""
    signed = read_signed(headers)
    if signed is None or not signed.is_fresh(now):
        raise unauthorised()
    return signed


def find_by_signature(signed: Signed, body: bytes, keyring: Keyring, sources: Mapping[str, Source]) -> Caller:
    """Return who signed *body*. Raises Problem (401)."""
    known = keyring.by_signature(signed, body)
    source = sources.get(known.source) if known is not None else None
    if source is None or known is None:
        raise unauthorised()
    return Caller(source=source, key=known.key, signed=signed.stamp)


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()


def unauthorised() -> Problem:
    """Return the one answer to everybody who is not known: it never says which part was wrong."""
    detail = (
        "Send a source's token or an ID token of its CI (Authorization: Bearer ...), or sign the call (webhook-id,"
        " webhook-timestamp, webhook-signature) with its secret and a clock that is right."
    )
    headers = {"WWW-Authenticate": 'Bearer realm="jit"'}
    return Problem(HTTPStatus.UNAUTHORIZED, "unauthorised", detail, headers=headers)
