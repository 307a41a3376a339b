"""One call and its answer, within a time, over a connection of its own: nothing is left over for a later one."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPMessage, HTTPResponse
from threading import Event, Thread

from jit_gate.errors import Astray, NoAnswer
from jit_gate.wire.address import Address
from jit_gate.wire.proxies import Proxy

CONNECT_SECONDS = 15.0
MAX_BODY = 64 * 1024 * 1024
"""More than any answer has; whoever sends more is not the bot."""

_CHUNK = 64 * 1024


@dataclass(frozen=True)
class Call:
    """What is sent; ``path`` begins with a slash and is quoted already."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None = None


@dataclass(frozen=True)
class Reply:
    """What came back, whole as far as its framing tells."""

    status: int
    headers: HTTPMessage
    body: bytes


@dataclass(frozen=True)
class Road:
    """How to get to the bot; ``tls`` is None where it is this machine, or http was asked for by name."""

    address: Address
    tls: ssl.SSLContext | None
    proxy: Proxy | None = None

    def open(self) -> HTTPConnection:
        """Return a connection that is not connected yet."""
        host, port, proxy = self.address.host, self.address.port, self.proxy
        first = (host, port) if proxy is None else (proxy.host, proxy.port)
        connection = (
            HTTPConnection(*first, timeout=CONNECT_SECONDS) if self.tls is None else _Tls(first, self.tls, host)
        )
        if proxy is not None:
            connection.set_tunnel(host, port, dict(proxy.headers))
        return connection


class _Tls(HTTPConnection):
    """As HTTPSConnection, but the socket of a handshake in the middle is there to be cut."""

    default_port = 443

    def __init__(self, first: tuple[str, int], context: ssl.SSLContext, name: str) -> None:
        super().__init__(*first, timeout=CONNECT_SECONDS)
        self._context = context
        self._name = name

    def connect(self) -> None:
        super().connect()
        secured = self._context.wrap_socket(self.sock, server_hostname=self._name, do_handshake_on_connect=False)
        self.sock = secured
        secured.do_handshake()


def exchange(road: Road, call: Call, seconds: float) -> Reply:
    """Send *call* and return the answer; after *seconds* the connection is cut, however slowly it drips.

    Raises NoAnswer when there is none, Astray when it is none.
    """
    connection = road.open()
    with closing(connection), _cut_after(connection, seconds) as cut:
        try:
            return _exchange(connection, call, seconds)
        except Astray:
            if cut.is_done:
                raise _late(seconds) from None  # it was cut off by us
            raise
        except ssl.SSLCertVerificationError as error:
            why = f"The certificate of {road.address.host} is not trusted ({error.verify_message})."
            raise Astray(why) from error
        except (OSError, HTTPException, ValueError) as error:
            if cut.is_done:
                raise _late(seconds) from error
            raise _lost(error) from error


def _exchange(connection: HTTPConnection, call: Call, seconds: float) -> Reply:
    connection.connect()
    connection.sock.settimeout(max(seconds, 0.001))
    connection.request(call.method, call.path, body=call.body, headers=dict(call.headers))
    with connection.getresponse() as response:
        return Reply(status=response.status, headers=response.headers, body=_read(response))


def _read(response: HTTPResponse) -> bytes:
    """Return the body. Raises Astray unless it is as long as its head says, and says so once."""
    lengths = set(response.headers.get_all("Content-Length", []))
    if len(lengths) > 1 or (lengths and response.headers.get("Transfer-Encoding")):
        raise Astray("The answer has two lengths: something on the way mixes answers up.")
    body = bytearray()
    while chunk := response.read(_CHUNK):
        body += chunk
        if len(body) > MAX_BODY:
            raise Astray("The answer is larger than any of the bot's.")
    if lengths and str(len(body)) != lengths.pop().strip():
        raise Astray("The answer was cut off in its middle.")
    return bytes(body)


def _late(seconds: float) -> NoAnswer:
    return NoAnswer(f"There was no whole answer within {seconds:.0f} seconds.")


def _lost(error: Exception) -> NoAnswer:
    """Return what is told of a connection that did not work out."""
    name = type(error).__name__
    if isinstance(error, OSError):
        return NoAnswer(f"The bot can't be reached ({error.strerror or str(error) or name}).")
    return Astray(f"What came back is not whole, or no HTTP ({name}).")


@dataclass
class _Cut:
    is_done: bool = False
    over: Event = field(default_factory=Event)


@contextmanager
def _cut_after(connection: HTTPConnection, seconds: float) -> Generator[_Cut, None, None]:
    """Cut the connection after *seconds*: a time-out of the socket begins anew with every byte that drips in."""
    cut = _Cut()

    def watch() -> None:
        if cut.over.wait(max(seconds, 0)):
            return
        cut.is_done = True
        while not cut.over.wait(0.05):  # again: the socket of a moment ago may have been wrapped since
            _shut(connection)

    Thread(target=watch, name="jit-gate-cut", daemon=True).start()
    try:
        yield cut
    finally:
        cut.over.set()


def _shut(connection: HTTPConnection) -> None:
    sock: socket.socket | None = connection.sock
    if sock is None:
        return
    try:
        # Not SSLSocket's own: that one forgets the session, and whoever reads would be told something stranger.
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
    except OSError:
        return  # closed, or not connected yet: then there is nothing to cut
