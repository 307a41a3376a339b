"""Where the bot is: https, or this very machine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from jit_gate.errors import BadInput

_VISIBLE = re.compile(r"[!-~]+")


@dataclass(frozen=True)
class Address:
    """The bot's place; ``path`` is what stands before ``/v1``, without a slash at its end."""

    secure: bool
    host: str
    port: int
    path: str

    @property
    def is_this_machine(self) -> bool:
        """Tell whether nothing leaves this machine on the way."""
        return _is_loopback(self.host)


def read_address(text: str, *, allow_http: bool) -> Address:
    """Return the address. Raises BadInput; the sentence repeats nothing that could be a secret."""
    if not _VISIBLE.fullmatch(text):
        raise BadInput("The bot's address must be visible ASCII, such as https://jit.example.com.")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise BadInput("The bot's address is none: write it like https://jit.example.com.") from error
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise BadInput("The bot's address must begin with https://, such as https://jit.example.com.")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise BadInput("The bot's address must have no user, password, query or fragment in it.")
    secure = parts.scheme == "https"
    if not secure and not allow_http and not _is_loopback(parts.hostname):
        raise BadInput(
            "Over http:// everybody on the way reads the token and can answer in the bot's place: use https."
        )
    return Address(
        secure=secure,
        host=parts.hostname,
        port=port if port is not None else (443 if secure else 80),
        path=parts.path.rstrip("/"),
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
