"""Strangers who send much: what is held of it, before a signature can be checked, has an end."""

from pathlib import Path

import orjson
import pytest

from handlers.door.unproven import FREE_BYTES, Unproven
from handlers.problems import Problem
from tests.factories import NOON
from tests.handlers.api.house import BEARER, MINIMAL, Clock, open_house, sign
from tests.handlers.api.wire import HOST, connected

FORM = {"Content-Type": "multipart/form-data; boundary=x"}
HEAD = b"POST /v1/requests HTTP/1.1\r\n" + HOST + b"Content-Type: multipart/form-data; boundary=x\r\n"
FRESH = b"webhook-id: a\r\nwebhook-timestamp: %d\r\nwebhook-signature: v1,a\r\n" % NOON.timestamp()


def a_form(size: int) -> bytes:
    head = b'--x\r\nContent-Disposition: form-data; name="request"\r\n\r\n'
    request = orjson.dumps(MINIMAL)
    return head + request[:-1] + b" " * (size - len(request)) + b"}" + b"\r\n--x--\r\n"


async def test_what_strangers_send_is_refused_where_there_is_no_room_left_and_known_callers_are_not(
    tmp_path: Path,
) -> None:
    async with open_house(f"sqlite:///{tmp_path}/jit.db", Clock(), unproven_bytes=4 * FREE_BYTES) as house:
        async with connected(house.port) as wire:
            await wire.say(HEAD + FRESH + b"Content-Length: 10000000\r\n\r\n" + b"x" * 5 * FREE_BYTES)

            refused = await wire.reply()

        assert refused.is_problem(503)
        assert refused.headers["retry-after"]
        body = a_form(5 * FREE_BYTES)
        assert (await house.post(body, {**FORM, **BEARER})).status == 201
        assert (await house.post(body, {**FORM, **sign(body, NOON)})).is_problem(503)
        small = a_form(2 * FREE_BYTES)
        assert (await house.post(small, {**FORM, **sign(small, NOON)})).status == 201


def test_little_is_never_refused() -> None:
    with Unproven(0).account("a") as growing:
        growing(FREE_BYTES)
        with pytest.raises(Problem):
            growing(FREE_BYTES + 1)


def test_one_peer_gets_half_of_the_room_and_all_together_the_whole() -> None:
    unproven = Unproven(100)
    with unproven.account("a") as of_a, unproven.account("b") as of_b, unproven.account("c") as of_c:
        of_a(FREE_BYTES + 50)
        of_b(FREE_BYTES + 50)
        with pytest.raises(Problem):
            of_a(FREE_BYTES + 51)
        with pytest.raises(Problem):
            of_c(FREE_BYTES + 1)


def test_what_was_held_is_given_back() -> None:
    unproven = Unproven(100)
    for _ in range(3):
        with unproven.account("a") as growing:
            growing(FREE_BYTES + 20)
            growing(FREE_BYTES + 50)
