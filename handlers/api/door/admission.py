"""The door: a call is authenticated by its raw bytes before anything is made of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from handlers.api.door.authentication import (
    Caller,
    Keyring,
    find_by_bearer,
    find_by_signature,
    require_signed,
    require_unambiguous,
)
from handlers.api.door.rates import Rates
from handlers.api.door.raw_body import MAX_JSON_BYTES, read_raw_body
from handlers.api.wiring import ApiWiring, Credentials


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """A call that may go on: who makes it, and its body."""

    caller: Caller
    body: bytes


class Door:
    """Lets sources in."""

    def __init__(self, api: ApiWiring) -> None:
        self._api = api
        self._rates = Rates()
        self._credentials: Mapping[str, Credentials] | None = None
        self._keyring = Keyring()

    async def admit(self, request: web.Request, limit: int) -> Admitted:
        """Return the call with at most *limit* bytes of body. Raises Problem: 401, 408, 413, 415."""
        sources = self._api.policy().sources
        keyring = self._keyring_now()
        require_unambiguous(request.headers)
        caller = find_by_bearer(request.headers, keyring, sources)
        if caller is not None:
            return Admitted(caller=caller, body=await read_raw_body(request, limit, self._api.body_seconds))
        signed = require_signed(request.headers)
        body = await read_raw_body(request, limit, self._api.body_seconds)
        caller = find_by_signature(signed, body, keyring, sources, self._api.clock())
        return Admitted(caller=caller, body=body)

    async def admit_reader(self, request: web.Request) -> Caller:
        """Return who calls; there is nothing in a body that could be of interest. Raises Problem: as ``admit``."""
        return (await self.admit(request, MAX_JSON_BYTES)).caller

    async def admit_asker(self, request: web.Request, limit: int) -> Admitted:
        """Return a call that may make a new request, and count it. Raises Problem: as ``admit``, and 429."""
        admitted = await self.admit(request, limit)
        await self._rates.require_allowed(admitted.caller.source)
        return admitted

    def _keyring_now(self) -> Keyring:
        """Return the keyring of the credentials as they are now; hashing all tokens for every call would be waste."""
        credentials = self._api.credentials()
        if credentials is not self._credentials:
            self._keyring, self._credentials = Keyring.of(credentials), credentials
        return self._keyring
