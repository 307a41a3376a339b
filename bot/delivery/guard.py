"""Where a callback may go: never into our own network, unless the policy names the host.

A name is checked before a byte is sent, and the address once more at the socket: what a name resolves to can change
between a check and a connect (DNS rebinding), and IP literals never pass a resolver at all.
"""

import ipaddress
import socket
from collections.abc import Collection
from typing import Any

from yarl import URL

_NEVER = tuple(
    ipaddress.ip_network(network)
    for network in (
        "64:ff9b::/96",  # NAT64: reaches any IPv4 address, private ones too
        "64:ff9b:1::/48",  # the same, for local use
        "2002::/16",  # 6to4
        "192.88.99.0/24",  # its relays
        "2001::/23",  # protocol assignments: Teredo, ORCHID ...
        "::ffff:0:0:0/96",  # IPv4-translated (RFC 2765), the sibling of the mapped ones
        "::/96",  # IPv4-compatible
        "fec0::/10",  # site-local, deprecated and still routed in places
        "100::/64",  # discard
        "3fff::/20",  # documentation
        "5f00::/16",  # segment routing
        "100.64.0.0/10",  # carrier-grade NAT
        "192.0.0.0/24",  # protocol assignments
        "198.18.0.0/15",  # benchmarks
        "240.0.0.0/4",  # reserved, broadcast
    )
)
"""What ``is_global`` calls global in some Python versions, and must never be reached from here."""

AddressInfo = tuple[int, int, int, str, tuple[Any, ...]]
"""What ``getaddrinfo`` answers: family, kind, protocol, canonical name, socket address."""


class TargetRefused(OSError):
    """A callback may not go there. Its text is for whoever configured it.

    An OSError, because that is what aiohttp expects of a socket that could not be made.
    """


def is_public(address: str) -> bool:
    """Tell whether *address* (an IP literal, a scope id allowed) is a host out in the world."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    if any(ip.version == network.version and ip in network for network in _NEVER):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_unspecified or ip.is_loopback or ip.is_link_local)


def read_target(url: str, hosts: Collection[str]) -> URL:
    """Return *url* when a callback may be sent to it; *hosts* are the source's ``callback_hosts``.

    Raises TargetRefused for anything but https to a plain host; a host named by the policy may have http too.
    """
    try:
        target = URL(url)
        host, port = target.host, target.port
    except ValueError as error:
        raise TargetRefused("callback_url is not a URL.") from error
    if not host or target.scheme not in {"https", "http"}:
        raise TargetRefused("callback_url must start with https:// and name a host.")
    if target.user is not None or target.password is not None:
        raise TargetRefused("callback_url must not carry a user name or password.")
    if port is None or port == 0:
        raise TargetRefused("callback_url names an impossible port.")
    if target.scheme == "http" and not is_named(target, hosts):
        raise TargetRefused("callback_url must be https, unless its host stands in the source's callback_hosts.")
    return target.with_fragment(None)


def is_named(target: URL, hosts: Collection[str]) -> bool:
    """Tell whether the policy names the host of *target*, as ``host`` or as ``host:port``."""
    names = {_plain(name) for name in hosts}
    host = _plain(target.raw_host or "")
    return host in names or f"{host}:{target.port}" in names or f"[{host}]:{target.port}" in names


def open_public_socket(info: AddressInfo) -> socket.socket:
    """Return a socket for *info*, the address that is really connected to. Raises TargetRefused for inner addresses."""
    family, kind, protocol, _, address = info
    if family not in {socket.AF_INET, socket.AF_INET6} or not is_public(str(address[0])):
        raise TargetRefused("callback_url leads to a private address; name its host in callback_hosts to allow it.")
    return socket.socket(family=family, type=kind, proto=protocol)


def _plain(host: str) -> str:
    """Return *host* as DNS compares it: lower case, IDNA, no trailing dot, no brackets."""
    name = host.strip().rstrip(".").lower()
    if name.startswith("[") and name.endswith("]"):
        name = name[1:-1]
    if name.isascii():
        return name
    try:
        return URL.build(scheme="https", host=name).raw_host or name
    except ValueError:
        return name
