"""Where native sources are answered, often with a token that they gave us: encrypted before it reaches the books."""

from collections.abc import Mapping
from typing import Any, cast

import orjson
from cryptography.fernet import InvalidToken, MultiFernet

from bot.secrecy import made_fernet

_PURPOSE = b"jit return addresses"


class AddressUnreadable(Exception):
    """An address that we did not seal, or whose key is gone; its sentence says so."""

    def __init__(self) -> None:
        super().__init__(
            "where to answer can't be read: it was sealed with another JIT_SECRET_KEY; set JIT_SECRET_KEY_BEFORE to "
            "that one, then replay"
        )


class AddressVault:
    """Seals with the first key and opens with any: after a change of the key what was sealed before is still ours."""

    def __init__(self, *keys: str) -> None:
        self._fernet = MultiFernet([made_fernet(key, _PURPOSE) for key in keys])

    def seal(self, source: str, address: Mapping[str, object]) -> str:
        """Return the *address* of *source* as only we can read it."""
        return self._fernet.encrypt(orjson.dumps([source, address])).decode()

    def open(self, source: str, sealed: str) -> Mapping[str, Any]:
        """Return the address. Raises AddressUnreadable: another key, another source's, or changed."""
        try:
            found, address = cast("tuple[str, Mapping[str, Any]]", orjson.loads(self._fernet.decrypt(sealed.encode())))
        except (InvalidToken, TypeError, ValueError):
            raise AddressUnreadable from None
        if found != source:
            raise AddressUnreadable
        return address
