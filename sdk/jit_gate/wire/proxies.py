"""The proxy that the environment names for https, as curl and the others read it. It gets a tunnel, never the token."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies_environment, proxy_bypass

from jit_gate.errors import BadInput
from jit_gate.wire.address import Address


@dataclass(frozen=True)
class Proxy:
    """Where to ask for a tunnel, and with which headers."""

    host: str
    port: int
    headers: Mapping[str, str]


def find_proxy(address: Address) -> Proxy | None:
    """Return the proxy on the way to *address*. Raises BadInput when it is none that can be used."""
    if not address.secure or address.is_this_machine:
        return None
    known = getproxies_environment()
    named = known.get("https") or known.get("all")
    if not named or proxy_bypass(f"{address.host}:{address.port}"):
        return None
    return _read_proxy(named)


def _read_proxy(text: str) -> Proxy:
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise BadInput("The proxy that the environment names (https_proxy) has no address.") from error
    if parts.scheme != "http" or not host:
        raise BadInput("The proxy that the environment names (https_proxy) must be an http:// one.")
    headers: dict[str, str] = {}
    if parts.username is not None:
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Proxy-Authorization"] = f"Basic {b64encode(login.encode()).decode()}"
    return Proxy(host=host, port=port or 80, headers=headers)
