"""Connections that are too many, too slow, too large or not HTTP; spoken to with bare sockets."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from handlers.door import ConnectionLimits
from tests.factories import NOON
from tests.handlers.api.house import TOKEN, Clock, House, open_house
from tests.handlers.api.wire import HOST, KNOWN, PATIENCE, Wire, connected

pytestmark = pytest.mark.timeout(120)

ALIVE = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"
ASK = b"POST /v1/requests HTTP/1.1\r\n" + KNOWN + b"Content-Type: application/json\r\n"
LOOK = b"GET /v1/requests HTTP/1.1\r\n" + KNOWN + b"\r\n"
NEVER = 3600.0
LIMITS: Mapping[str, Any] = {
    "head_seconds": NEVER,
    "idle_seconds": NEVER,
    "stranger_seconds": NEVER,
    "stall_seconds": NEVER,
    "linger_seconds": 0.3,
}
SOON = 0.3


@pytest.fixture
async def a_door(tmp_path: Path) -> AsyncGenerator[Callable[..., Any]]:
    """Open a house that is patient but for what a test names."""
    async with AsyncExitStack() as stack:

        async def opened(body_seconds: float = NEVER, **limits: Any) -> House:  # noqa: ANN401 - any field by its name
            connection = ConnectionLimits(**{**LIMITS, **limits})
            url = f"sqlite:///{tmp_path}/jit.db"
            return await stack.enter_async_context(open_house(url, Clock(), connection, body_seconds=body_seconds))

        yield opened


async def is_free(house: House) -> None:
    """Return once nobody is connected any more."""
    server: Any = house.runner.server
    async with asyncio.timeout(PATIENCE):
        # The other side of a socket tells of its end by nothing but this number.
        while server.open or server.turned_away or server.connections:  # noqa: ASYNC110 - see above
            await asyncio.sleep(0.01)


async def answers(house: House) -> bool:
    async with connected(house.port) as wire:
        await wire.say(ALIVE)
        return (await wire.reply()).status == 200


# Too slow


@pytest.mark.parametrize("begun", [b"", b"G", b"GET /healthz HTTP/1.1\r\nHo", ALIVE[:-1]])
async def test_a_head_that_never_ends_is_a_408_and_the_end(a_door: Callable[..., Any], begun: bytes) -> None:
    house = await a_door(head_seconds=SOON)
    async with connected(house.port) as wire:
        await wire.say(begun)

        assert (await wire.reply()).is_problem(408)
        assert await wire.ended() == b""
    await is_free(house)


async def test_a_head_in_drops_is_a_408_however_steadily_it_drips(a_door: Callable[..., Any]) -> None:
    house = await a_door(head_seconds=SOON)
    async with connected(house.port) as wire:
        await wire.say(b"GET /healthz HTTP/1.1\r\nX: ")
        dripping = asyncio.create_task(_drip(wire))

        assert (await wire.reply()).is_problem(408)
        with pytest.raises(ConnectionError):
            await dripping


async def _drip(wire: Wire) -> None:
    while True:
        await wire.say(b"x")
        await asyncio.sleep(0.01)


async def test_the_head_of_a_second_call_has_its_clock_too(a_door: Callable[..., Any]) -> None:
    house = await a_door(head_seconds=SOON)
    async with connected(house.port) as wire:
        await wire.say(ALIVE)
        assert (await wire.reply()).status == 200
        await wire.say(b"GET /hea")

        assert (await wire.reply()).is_problem(408)


async def test_half_a_head_behind_a_whole_call_does_not_keep_the_connection(a_door: Callable[..., Any]) -> None:
    house = await a_door(idle_seconds=SOON)
    async with connected(house.port) as wire:
        await wire.say(ALIVE + b"GET /hea")

        assert (await wire.reply()).status == 200
        assert await wire.ended() == b""


async def test_a_head_in_pieces_that_is_whole_in_time_is_answered(a_door: Callable[..., Any]) -> None:
    house = await a_door(head_seconds=PATIENCE)
    async with connected(house.port) as wire:
        for _ in range(2):
            for at in range(len(ALIVE)):
                await wire.say(ALIVE[at : at + 1])
                await asyncio.sleep(0)

            assert (await wire.reply()).status == 200


async def test_a_long_wait_is_no_slow_head(a_door: Callable[..., Any]) -> None:
    house = await a_door(head_seconds=0.1, idle_seconds=0.1)
    asked = await house.ask()
    async with connected(house.port) as wire:
        await wire.say(f"GET /v1/requests/{asked['id']}?wait=1 HTTP/1.1\r\n".encode() + KNOWN + b"\r\n")

        assert (await wire.reply()).status == 200


async def test_who_has_nothing_more_to_say_is_let_go(a_door: Callable[..., Any]) -> None:
    house = await a_door(idle_seconds=SOON)
    async with connected(house.port) as wire:
        await wire.say(ALIVE)
        assert (await wire.reply()).status == 200

        assert await wire.ended() == b""
    await is_free(house)


SIGNED = b"webhook-id: a\r\nwebhook-timestamp: %d\r\nwebhook-signature: v1,a\r\n" % NOON.timestamp()
STALE = b"webhook-id: a\r\nwebhook-timestamp: 1\r\nwebhook-signature: v1,a\r\n"


@pytest.mark.parametrize("head", [ASK, b"POST /v1/requests HTTP/1.1\r\n" + HOST + SIGNED])
async def test_a_body_that_never_ends_is_a_408_and_the_end(a_door: Callable[..., Any], head: bytes) -> None:
    house = await a_door(body_seconds=SOON)
    async with connected(house.port) as wire:
        await wire.say(head + b"Content-Length: 10\r\n\r\n{")

        reply = await wire.reply()

        assert reply.is_problem(408)
        assert reply.headers["connection"] == "close"
        assert await wire.ended() == b""
    assert await house.is_empty()


@pytest.mark.parametrize("signed", [b"", STALE], ids=["no signature", "a signature of 1970"])
async def test_a_body_nobody_asked_for_is_not_waited_for(a_door: Callable[..., Any], signed: bytes) -> None:
    house = await a_door()
    async with connected(house.port) as wire:
        await wire.say(b"POST /v1/requests HTTP/1.1\r\n" + HOST + signed + b"Content-Length: 10\r\n\r\n{")

        assert (await wire.reply()).is_problem(401)
        assert await wire.ended() == b""


async def test_who_does_not_read_the_answer_is_let_go(a_door: Callable[..., Any]) -> None:
    house = await a_door(stall_seconds=SOON)
    async with deaf_to(house) as deaf:
        with pytest.raises(ConnectionError):
            await _ask_for_ever(deaf)
    await is_free(house)


async def test_who_does_not_read_the_last_answer_is_let_go(a_door: Callable[..., Any]) -> None:
    house = await a_door()
    async with deaf_to(house) as deaf:
        last = b"GET /openapi.json HTTP/1.1\r\nConnection: close\r\n" + HOST + b"\r\n"
        await asyncio.get_running_loop().sock_sendall(deaf, last)

        await is_free(house)


@asynccontextmanager
async def deaf_to(house: House) -> AsyncGenerator[socket.socket]:
    """Connect with hardly any room for what comes back, which is never read."""
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        deaf.setblocking(False)  # noqa: FBT003 - the socket's own signature
        await asyncio.get_running_loop().sock_connect(deaf, ("127.0.0.1", house.port))
        yield deaf


async def _ask_for_ever(deaf: socket.socket) -> None:
    while True:
        await asyncio.get_running_loop().sock_sendall(deaf, (b"GET /openapi.json HTTP/1.1\r\n" + HOST + b"\r\n") * 10)


# Too many


async def test_more_connections_than_there_is_room_for_are_a_503_that_can_be_read(a_door: Callable[..., Any]) -> None:
    house = await a_door(connections=2)
    async with connected(house.port) as one, connected(house.port) as two:
        for wire in (one, two):
            await wire.say(LOOK)
            assert (await wire.reply()).status == 200
        async with connected(house.port) as third:
            await third.say(ALIVE)
            reply = await third.reply()

            assert reply.is_problem(503)
            assert int(reply.headers["retry-after"]) > 0
            assert await third.ended() == b""
        for wire in (one, two):
            await wire.say(LOOK)
            assert (await wire.reply()).status == 200


async def test_who_goes_makes_room(a_door: Callable[..., Any]) -> None:
    house = await a_door(connections=1)
    for _ in range(5):
        assert await answers(house)
        await is_free(house)


async def test_a_crowd_before_a_full_house_leaves_it_as_it_was(a_door: Callable[..., Any]) -> None:
    house = await a_door(connections=1)
    async with connected(house.port) as first:
        await first.say(LOOK)
        assert (await first.reply()).status == 200

        async def knock() -> bytes:
            async with connected(house.port) as wire:
                return await wire.ended()

        heard = await asyncio.gather(*(knock() for _ in range(50)))

        assert all(said.startswith(b"HTTP/1.1 503 ") or not said for said in heard)
        await first.say(LOOK)
        assert (await first.reply()).status == 200
    await is_free(house)
    assert await answers(house)


async def test_slow_heads_can_not_fill_the_house_for_long(a_door: Callable[..., Any]) -> None:
    house = await a_door(connections=3, head_seconds=SOON)
    async with connected(house.port) as one, connected(house.port) as two, connected(house.port) as three:
        for wire in (one, two, three):
            await wire.say(b"GET /")
        for wire in (one, two, three):
            await wire.ended()
    await is_free(house)

    assert await answers(house)


# Strangers


async def test_strangers_that_are_idle_make_room_the_oldest_first(a_door: Callable[..., Any]) -> None:
    house = await a_door(connections=3)
    async with connected(house.port) as one, connected(house.port) as two, connected(house.port) as three:
        for wire in (one, two, three):
            await wire.say(ALIVE)
            assert (await wire.reply()).status == 200

        assert await answers(house)

        assert await one.ended() == b""
        await three.say(ALIVE)
        assert (await three.reply()).status == 200
    await is_free(house)


async def test_half_a_head_makes_room_too(a_door: Callable[..., Any]) -> None:
    house = await a_door(connections=1)
    async with connected(house.port) as slow:
        await slow.say(b"GET /")

        assert await answers(house)
        assert await slow.ended() == b""


async def test_whoever_was_proven_keeps_the_place(a_door: Callable[..., Any]) -> None:
    house = await a_door(connections=2)
    async with connected(house.port) as known, connected(house.port) as stranger:
        for wire, call in ((known, LOOK), (stranger, ALIVE)):
            await wire.say(call)
            assert (await wire.reply()).status == 200

        assert await answers(house)

        assert await stranger.ended() == b""
        await known.say(ALIVE)
        assert (await known.reply()).status == 200


async def test_strangers_of_one_peer_have_their_own_limit_and_known_ones_do_not_count(
    a_door: Callable[..., Any],
) -> None:
    house = await a_door(strangers=1)
    upload = b"POST /v1/requests HTTP/1.1\r\n" + HOST + SIGNED + b"Expect: 100-continue\r\nContent-Length: 9\r\n\r\n"
    async with connected(house.port) as known:
        await known.say(LOOK)
        assert (await known.reply()).status == 200
        async with connected(house.port) as busy:
            await busy.say(upload)
            assert (await busy.until(b"\r\n\r\n")).startswith(b"HTTP/1.1 100 ")
            async with connected(house.port) as another:
                assert (await another.reply()).is_problem(503)
        await known.say(LOOK)
        assert (await known.reply()).status == 200


async def test_a_stranger_who_has_nothing_more_to_say_is_let_go_sooner(a_door: Callable[..., Any]) -> None:
    house = await a_door(stranger_seconds=SOON)
    async with connected(house.port) as known, connected(house.port) as stranger:
        for wire, call in ((known, LOOK), (stranger, ALIVE)):
            await wire.say(call)
            assert (await wire.reply()).status == 200

        assert await stranger.ended() == b""
        await known.say(LOOK)
        assert (await known.reply()).status == 200


# Too large


@pytest.mark.parametrize(
    ("call", "status"),
    [
        (b"GET /" + b"x" * 500 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
        (b"GET /healthz?" + b"x" * 500 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
        (b"GET /" + b"x" * 1_000_000, 414),
        (b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: " + b"x" * 500 + b"\r\n\r\n", 431),
        (b"GET /healthz HTTP/1.1\r\n" + HOST + b"x" * 500 + b": x\r\n\r\n", 431),
        (b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: " + b"x" * 1_000_000, 431),
        (b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: x\r\n" * 20 + b"\r\n", 431),
    ],
)
async def test_a_head_that_is_too_large_is_named_and_the_end(
    a_door: Callable[..., Any], call: bytes, status: int
) -> None:
    house = await a_door(line_bytes=300, field_bytes=400, headers=10)
    async with connected(house.port) as wire:
        wire.writer.write(call)  # not waited for: nobody may read the rest

        assert (await wire.reply()).is_problem(status)
        await wire.ended()
    await is_free(house)


async def test_a_body_that_will_be_too_large_is_refused_before_it_comes(a_door: Callable[..., Any]) -> None:
    house = await a_door()
    async with connected(house.port) as wire:
        await wire.say(ASK + b"Content-Length: 99999999999\r\n\r\n")

        assert (await wire.reply()).is_problem(413)
        assert await wire.ended() == b""


async def test_a_body_without_a_length_is_refused_where_it_becomes_too_large(a_door: Callable[..., Any]) -> None:
    house = await a_door()
    async with connected(house.port) as wire:
        await wire.say(ASK + b"Transfer-Encoding: chunked\r\n\r\n")
        for _ in range(17):
            wire.writer.write(b"10000\r\n" + b" " * 0x10000 + b"\r\n")

        assert (await wire.reply()).is_problem(413)
    assert await house.is_empty()


# Not HTTP

UNREADABLE: Mapping[str, bytes] = {
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 30,
    "binary": b"\x00\xff\r\n\r\n",
    "a method nobody knows": b"FOO /healthz HTTP/1.1\r\n" + HOST + b"\r\n",
    "a version to come": b"GET /healthz HTTP/3.0\r\n\r\n",
    "no host": b"GET /healthz HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /healthz HTTP/1.1\r\n" + HOST + HOST + b"\r\n",
    "a folded header": b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: a\r\n b\r\n\r\n",
    "a blank before a colon": b"GET /healthz HTTP/1.1\r\n" + HOST + b"X : a\r\n\r\n",
    "NUL in a header": b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: a\x00b\r\n\r\n",
    "a line feed in a header": b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: a\nY: b\r\n\r\n",
    "bytes in the address": b"GET /\xff\xfe HTTP/1.1\r\n" + HOST + b"\r\n",
    "an address that is none": b"GET http://[::1/healthz HTTP/1.1\r\n" + HOST + b"\r\n",
    "two lengths": ASK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "a length and chunks": ASK + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a negative length": ASK + b"Content-Length: -1\r\n\r\n",
    "a length that is no number": ASK + b"Content-Length: 1_0\r\n\r\n",
    "a chunk that is no number": ASK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
    "a coding nobody knows": ASK + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("kind", UNREADABLE)
async def test_what_is_not_http_is_a_400_and_the_end_and_no_word_of_it_is_logged(
    a_door: Callable[..., Any], kind: str
) -> None:
    house = await a_door()
    with capture_logs() as logs:
        async with connected(house.port) as wire:
            await wire.say(UNREADABLE[kind])

            assert (await wire.reply()).is_problem(400)
            await wire.ended()
    assert TOKEN not in str(logs)
    assert {entry["log_level"] for entry in logs} <= {"info"}
    assert await house.is_empty()


async def test_an_expectation_nobody_can_meet_is_a_problem_too(a_door: Callable[..., Any]) -> None:
    house = await a_door()
    async with connected(house.port) as wire:
        await wire.say(ASK + b"Expect: tea\r\nContent-Length: 2\r\n\r\n")

        assert (await wire.reply()).is_problem(417)


async def test_who_waits_to_be_told_to_go_on_is_told(a_door: Callable[..., Any]) -> None:
    house = await a_door()
    async with connected(house.port) as wire:
        await wire.say(ASK + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        assert await wire.until(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        await wire.say(b"{}")

        assert (await wire.reply()).is_problem(422)


async def test_calls_may_come_faster_than_they_are_answered(a_door: Callable[..., Any]) -> None:
    house = await a_door()
    async with connected(house.port) as wire:
        await wire.say(ALIVE * 100)

        assert {(await wire.reply()).status for _ in range(100)} == {200}


@pytest.mark.parametrize("sent", [b"", b"GET /he", ASK + b"Content-Length: 10\r\n\r\n{", ALIVE])
async def test_who_goes_away_in_the_middle_leaves_nothing_behind(a_door: Callable[..., Any], sent: bytes) -> None:
    house = await a_door()
    with capture_logs() as logs:
        async with connected(house.port) as wire:
            await wire.say(sent)
            await asyncio.sleep(0.05)
        await is_free(house)

    assert [entry for entry in logs if entry["log_level"] == "error"] == []
    assert await house.is_empty()


async def test_closing_the_house_ends_every_connection_and_finishes_what_was_asked(a_door: Callable[..., Any]) -> None:
    house = await a_door()
    asked = await house.ask()
    async with connected(house.port) as idle, connected(house.port) as half, connected(house.port) as waiting:
        await idle.say(ALIVE)
        await idle.reply()
        await half.say(b"GET /hea")
        await waiting.say(f"GET /v1/requests/{asked['id']}?wait=60 HTTP/1.1\r\n".encode() + KNOWN + b"\r\n")
        while not house.desk._watches:  # noqa: ASYNC110 - only the desk knows  # pyright: ignore[reportPrivateUsage] - as it says
            await asyncio.sleep(0.005)

        await house.runner.cleanup()

        assert (await waiting.reply()).status == 200
        for wire in (idle, half, waiting):
            await _closed(wire)


async def _closed(wire: Wire) -> None:
    assert await wire.ended() == b""
