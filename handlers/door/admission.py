"""The door: a call is authenticated by its raw bytes before anything is made of them."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from bot.core.judging.policy import Policy
from bot.oidc import Issuers
from handlers.door.authentication import (
    Caller,
    Keyring,
    find_by_bearer,
    find_by_signature,
    require_signed,
    require_unambiguous,
    unauthorised,
)
from handlers.door.connections import vouch
from handlers.door.credentials import Credentials
from handlers.door.keyless import find_by_id_token
from handlers.door.rates import Rates
from handlers.door.raw_body import MAX_JSON_BYTES, read_raw_body
from handlers.door.signatures import Signed, SignedReads, read_signed
from handlers.door.unproven import FREE_BYTES, Unproven


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """A call that may go on: who makes it, and its body."""

    caller: Caller
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorWiring:
    """What the door needs from the house. ``policy`` and ``credentials`` are asked anew for every call.

    ``issuers`` has the keys of CI systems; without it no ID token is good. ``on_known`` is told which source came, and
    by which of its secrets.
    """

    policy: Callable[[], Policy]
    credentials: Callable[[], Mapping[str, Credentials]]
    issuers: Issuers | None
    on_known: Callable[[str, str], None]
    clock: Callable[[], datetime]
    body_seconds: float
    unproven_bytes: int


class Door:
    """Lets sources in."""

    def __init__(self, wiring: DoorWiring) -> None:
        self._wiring = wiring
        self._rates = Rates()
        self._unproven = Unproven(wiring.unproven_bytes)
        self._reads = SignedReads()
        self._credentials: Mapping[str, Credentials] | None = None
        self._keyring = Keyring()

    async def admit(self, request: web.Request, limit: int) -> Admitted:
        """Return the call with at most *limit* bytes of body. Raises Problem: 401, 408, 413, 415, 503."""
        caller = await self._by_head(request)
        if caller is not None:
            self._let_in(request, caller)
            return Admitted(caller=caller, body=await read_raw_body(request, limit, self._wiring.body_seconds))
        signed = require_signed(request.headers, self._wiring.clock())
        with self._unproven.account(request.remote) as growing:
            body = await read_raw_body(request, limit, self._wiring.body_seconds, growing)
            caller = await self._by_signature(signed, body)
        self._let_in(request, caller)
        return Admitted(caller=caller, body=body)

    async def admit_reader(self, request: web.Request) -> Caller:
        """Return who wants to look at something.

        A signature covers neither method nor path. So one over a body is an ask, a cancellation or a callback of ours,
        and no way to look; one over nothing counts once. Raises Problem: as ``admit``. Raises Refused (REPLAYED).
        """
        caller = await self._by_head(request)
        if caller is not None:
            self._let_in(request, caller)
            await read_raw_body(request, MAX_JSON_BYTES, self._wiring.body_seconds)
            return caller
        now = self._wiring.clock()
        signed = require_signed(request.headers, now)
        if request.body_exists:
            raise unauthorised()
        caller = await self._by_signature(signed, b"")
        self._reads.take_once(caller.source.name, signed.id, now)
        self._let_in(request, caller)
        return caller

    async def admit_asker(self, request: web.Request, limit: int) -> Admitted:
        """Return a call that may make a new request, and count it. Raises Problem: as ``admit``, and 429."""
        admitted = await self.admit(request, limit)
        await self._rates.require_allowed(admitted.caller.source)
        return admitted

    def still_knows(self, request: web.Request, caller: Caller) -> bool:
        """Tell whether a reader who was let in a while ago would be let in now: policy and secrets may be new."""
        name, sources = caller.source.name, self._wiring.policy().sources
        if caller.shown is not None:
            return caller.shown.is_still_good(sources, self._wiring.clock())
        if caller.signed is None:
            found = find_by_bearer(request.headers, self._keyring_now(), sources)
            return found is not None and found.source.name == name
        signed = read_signed(request.headers)
        known = None if signed is None else self._keyring_now().by_signature(signed, b"")
        return name in sources and known is not None and known.source == name

    async def _by_head(self, request: web.Request) -> Caller | None:
        """Return who calls, when the head of the call alone proves it. Raises Problem: 401, 503."""
        require_unambiguous(request.headers)
        sources = self._wiring.policy().sources
        caller = find_by_bearer(request.headers, self._keyring_now(), sources)
        if caller is not None or self._wiring.issuers is None:
            return caller
        authorization = request.headers.get("Authorization")
        return await find_by_id_token(authorization, sources, self._wiring.issuers, self._wiring.clock())

    def _let_in(self, request: web.Request, caller: Caller) -> None:
        vouch(request)
        self._wiring.on_known(caller.source.name, caller.key)

    async def _by_signature(self, signed: Signed, body: bytes) -> Caller:
        """Hash long bodies beside the loop: it is done once for every source that signs."""
        keyring, sources = self._keyring_now(), self._wiring.policy().sources
        if len(body) <= FREE_BYTES:
            return find_by_signature(signed, body, keyring, sources)
        return await asyncio.to_thread(find_by_signature, signed, body, keyring, sources)

    def _keyring_now(self) -> Keyring:
        """Return the keyring of the credentials as they are now; hashing all tokens for every call would be waste."""
        credentials = self._wiring.credentials()
        if credentials is not self._credentials:
            self._keyring, self._credentials = Keyring.of(credentials), credentials
        return self._keyring
