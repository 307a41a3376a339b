"""The history of a request: as JSON, and as a live stream that can be taken up again."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from bot.core.ruling import Verdict
from bot.store import StoreUnreachable
from handlers.api.answers import History
from tests.handlers.api.house import BEARER, MINIMAL, OTHER_BEARER, TOKEN, Clock, House, known_by, open_house
from tests.handlers.api.wire import KNOWN, connected

pytestmark = pytest.mark.timeout(120)

PATIENCE = 30.0
NEVER = 3600.0
ENDED = ["request.submitted", "request.reviewed", "request.decided"]


@pytest.fixture
async def quiet(tmp_path: Path) -> AsyncGenerator[House]:
    """A house whose streams never say anything of their own accord."""
    async with open_house(f"sqlite:///{tmp_path}/jit.db", Clock(), heartbeat_seconds=NEVER) as house:
        yield house


@pytest.fixture
async def lively(tmp_path: Path) -> AsyncGenerator[House]:
    """A house whose streams have a heartbeat that can be heard."""
    async with open_house(f"sqlite:///{tmp_path}/jit.db", Clock(), heartbeat_seconds=0.05) as house:
        yield house


@dataclass
class Stream:
    """A stream of events, as any client of them reads it."""

    answer: aiohttp.ClientResponse

    async def next(self) -> dict[str, str]:
        """Return the next block: an event, or what is under the empty name, a comment."""
        block: dict[str, str] = {}
        async with asyncio.timeout(PATIENCE):
            while line := (await self.answer.content.readuntil(b"\n")).decode().rstrip("\n"):
                name, _, value = line.partition(": ")
                block[name.rstrip(":")] = value
        return block

    async def rest(self) -> list[dict[str, str]]:
        """Return all blocks to the end of the stream."""
        async with asyncio.timeout(PATIENCE):
            blocks = (await self.answer.text()).split("\n\n")
        return [dict(line.split(": ", 1) for line in block.split("\n")) for block in blocks if block]


@asynccontextmanager
async def streamed(house: House, request_id: str, query: str = "", **headers: str) -> AsyncGenerator[Stream]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    wanted = {**BEARER, "Accept": "text/event-stream", **named}
    async with house.client.get(f"/v1/requests/{request_id}/events{query}", headers=wanted) as answer:
        yield Stream(answer)


async def history(house: House, request_id: str, query: str = "") -> list[dict[str, Any]]:
    answer = await house.get(f"/v1/requests/{request_id}/events{query}")
    assert answer.status == 200
    History.model_validate_json(answer.text)
    return answer.json["items"]


def names(items: list[dict[str, Any]]) -> list[str]:
    return [item["event"] for item in items]


async def somebody_watches(house: House) -> None:
    async with asyncio.timeout(PATIENCE):
        while not house.desk._watches:  # noqa: ASYNC110 - as below  # pyright: ignore[reportPrivateUsage] - as below
            await asyncio.sleep(0.01)


async def nobody_watches(house: House) -> None:
    async with asyncio.timeout(PATIENCE):
        # Whoever went away is on the far side of a socket: only the desk knows of their place.
        while house.desk._watches:  # noqa: ASYNC110 - see above  # pyright: ignore[reportPrivateUsage] - see above
            await asyncio.sleep(0.01)


async def test_the_history_is_told_in_order(quiet: House) -> None:
    asked = await quiet.ask()
    await quiet.review(asked["id"])

    items = await history(quiet, asked["id"])

    assert names(items) == ENDED
    assert [item["seq"] for item in items] == sorted(item["seq"] for item in items)
    assert items[1]["by"]["person"] == "bo"
    assert items[-1]["state"] == "approved"


async def test_a_history_can_be_read_on_from_where_one_was(quiet: House) -> None:
    asked = await quiet.ask()
    await quiet.review(asked["id"])
    first = (await history(quiet, asked["id"]))[0]

    assert names(await history(quiet, asked["id"], f"?after={first['seq']}")) == ENDED[1:]
    assert await history(quiet, asked["id"], f"?after={2**53 - 1}") == []


async def test_a_stream_tells_what_was_what_happens_and_ends_with_the_request(quiet: House) -> None:
    asked = await quiet.ask()
    async with streamed(quiet, asked["id"]) as stream:
        assert stream.answer.status == 200
        assert stream.answer.content_type == "text/event-stream"
        assert stream.answer.headers["Cache-Control"] == "no-store"
        first = await stream.next()
        await quiet.review(asked["id"], Verdict.REJECT)
        told = [first, *await stream.rest()]

    assert [block["event"] for block in told] == ENDED
    assert [orjson.loads(block["data"]) for block in told] == await history(quiet, asked["id"])
    assert [int(block["id"]) for block in told] == sorted({int(block["id"]) for block in told})
    await nobody_watches(quiet)


async def test_a_stream_of_what_has_ended_tells_it_all_and_ends(quiet: House) -> None:
    asked = await quiet.ask({**MINIMAL, "environment": "staging"})

    async with streamed(quiet, asked["id"]) as stream:
        assert [block["event"] for block in await stream.rest()] == ["request.submitted", "request.decided"]


@pytest.mark.parametrize("how", ["header", "query", "header before query"])
async def test_a_stream_that_broke_off_is_taken_up_where_it_was(quiet: House, how: str) -> None:
    asked = await quiet.ask()
    async with streamed(quiet, asked["id"]) as stream:
        last = (await stream.next())["id"]
    await quiet.review(asked["id"])
    query = {"header": "", "query": f"?after={last}", "header before query": "?after=0"}[how]
    headers = {} if how == "query" else {"Last_Event_ID": last}

    async with streamed(quiet, asked["id"], query, **headers) as stream:
        assert [block["event"] for block in await stream.rest()] == ENDED[1:]


async def test_who_has_seen_the_end_is_told_not_to_come_again(quiet: House) -> None:
    asked = await quiet.ask()
    await quiet.review(asked["id"])
    last = (await history(quiet, asked["id"]))[-1]["seq"]

    async with streamed(quiet, asked["id"], Last_Event_ID=str(last)) as stream:
        assert stream.answer.status == 204
    await nobody_watches(quiet)


async def test_many_may_listen_and_all_hear_the_same(quiet: House) -> None:
    asked = await quiet.ask()

    async def listen() -> list[str]:
        async with streamed(quiet, asked["id"]) as stream:
            first = await stream.next()
            ready.release()
            return [first["event"], *(block["event"] for block in await stream.rest())]

    ready = asyncio.Semaphore(0)
    listening = [asyncio.create_task(listen()) for _ in range(10)]
    for _ in listening:
        await ready.acquire()
    await quiet.review(asked["id"])

    assert [await task for task in listening] == [ENDED] * 10


async def test_silence_has_a_heartbeat_that_is_no_event(lively: House) -> None:
    asked = await lively.ask()
    async with streamed(lively, asked["id"]) as stream:
        assert (await stream.next())["event"] == "request.submitted"

        assert await stream.next() == await stream.next() == {"": "still waiting"}


async def test_a_listener_who_goes_away_frees_the_place(lively: House) -> None:
    asked = await lively.ask()
    async with streamed(lively, asked["id"]) as stream:
        await stream.next()
        stream.answer.close()

    await nobody_watches(lively)


async def test_closing_time_ends_every_stream(quiet: House) -> None:
    asked = await quiet.ask()
    async with streamed(quiet, asked["id"]) as stream:
        await stream.next()
        closing = asyncio.create_task(quiet.runner.cleanup())

        assert await stream.rest() == []
        await closing


async def test_a_source_that_was_taken_out_hears_nothing_more(quiet: House) -> None:
    asked = await quiet.ask()
    async with streamed(quiet, asked["id"]) as stream:
        await stream.next()
        quiet.policy = replace(quiet.policy, sources={})
        await quiet.review(asked["id"])

        assert await stream.rest() == []


async def test_a_token_that_was_changed_ends_the_stream_at_the_next_heartbeat(tmp_path: Path) -> None:
    credentials = {"ci": known_by(token=TOKEN)}
    url = f"sqlite:///{tmp_path}/jit.db"
    async with open_house(url, Clock(), heartbeat_seconds=0.05, credentials=lambda: credentials) as house:
        asked = await house.ask()
        async with streamed(house, asked["id"]) as stream:
            await stream.next()
            credentials = {"ci": known_by(token="another token for ci")}

            assert all(block.keys() == {""} for block in await stream.rest())


async def test_who_waits_and_is_taken_out_meanwhile_is_nobody(quiet: House) -> None:
    asked = await quiet.ask()
    waiting = asyncio.create_task(quiet.get(f"/v1/requests/{asked['id']}?wait=60"))
    await somebody_watches(quiet)
    quiet.policy = replace(quiet.policy, sources={})
    await quiet.review(asked["id"])

    async with asyncio.timeout(PATIENCE):
        assert (await waiting).is_problem(401)


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream", "*/*"])
@pytest.mark.parametrize("headers", [{}, OTHER_BEARER], ids=["nobody", "somebody else"])
async def test_nobody_else_hears_anything(quiet: House, headers: Mapping[str, str], accept: str) -> None:
    asked = await quiet.ask()

    answer = await quiet.get(f"/v1/requests/{asked['id']}/events", {**headers, "Accept": accept})

    assert answer.is_problem(404 if headers else 401)
    await nobody_watches(quiet)


async def test_from_where_somebody_clicked_is_not_told(quiet: House) -> None:
    asked = await quiet.ask()
    await quiet.review(asked["id"])

    for item in await history(quiet, asked["id"]):
        assert item["by"].keys() == {"name", "person", "slack_id", "email"}


async def test_who_only_wants_the_head_of_a_stream_gets_it_at_once(quiet: House) -> None:
    asked = await quiet.ask()
    path = f"/v1/requests/{asked['id']}/events"

    async with (
        asyncio.timeout(PATIENCE),
        quiet.client.head(path, headers={**BEARER, "Accept": "text/event-stream"}) as answer,
    ):
        assert answer.status == 200
        assert await answer.read() == b""
    await nobody_watches(quiet)


@pytest.mark.parametrize("fault", [StoreUnreachable("the database does not answer"), ZeroDivisionError()])
async def test_a_stream_that_breaks_is_cut_off_and_nothing_false_stands_in_it(
    quiet: House, fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = await quiet.ask()

    async def broken(_: object) -> None:
        raise fault

    async with connected(quiet.port) as wire:
        call = f"GET /v1/requests/{asked['id']}/events HTTP/1.1\r\nAccept: text/event-stream\r\n"
        await wire.say(call.encode() + KNOWN + b"\r\n")
        await wire.until(b"request.submitted")
        monkeypatch.setattr(quiet.desk, "read", broken)
        await quiet.review(asked["id"])

        rest = await wire.ended()

    assert b"HTTP/1.1" not in rest
    assert b"problem" not in rest
    assert not rest.endswith(b"0\r\n\r\n")  # whole streams end like this
