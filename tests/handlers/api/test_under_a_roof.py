"""Several houses at one port: each answers as if it stood alone, and what one lacks is no trouble of another's."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import orjson
import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry
from uuid_utils.compat import uuid7

from bot.store import CommitUnknown, Store, StoreWiring
from bot.usecases.desk import Desk
from handlers.api import ApiWiring, CallMeters, Health, Meters, Roof, register, register_roof
from handlers.api.wiring import Probe
from tests.handlers.api.house import BEARER, MINIMAL, PUBLIC_URL, TOKEN, Answer, Clock, a_policy, healthy, known_by

NAMES = ("acme", "beta")


@dataclass
class Town:
    """Two houses under one roof, as they are reached. What *probes* find of each may be changed at any time."""

    port: int
    client: aiohttp.ClientSession
    stores: dict[str, Store]
    probes: dict[str, dict[str, Probe]]

    async def get(self, path: str) -> Answer:
        async with self.client.get(path, headers=BEARER) as answer:
            return await Answer.of(answer)

    async def ask(self, name: str, headers: Mapping[str, str] = BEARER) -> Answer:
        async with self.client.post(f"/workspaces/{name}/v1/requests", json=dict(MINIMAL), headers=headers) as answer:
            return await Answer.of(answer)

    async def numbers(self) -> str:
        async with asyncio.timeout(5):
            answer = await self.get("/metrics")
        assert answer.status == 200, answer.text
        return answer.text


@pytest.fixture
async def town(tmp_path: Path) -> AsyncGenerator[Town]:
    async with AsyncExitStack() as stack:
        stores = {name: await stack.enter_async_context(a_store(tmp_path / f"{name}.db")) for name in NAMES}
        probes: dict[str, dict[str, Probe]] = {name: {"slack": healthy} for name in NAMES}
        houses = {name: a_house(store, f"/workspaces/{name}", probes[name]) for name, store in stores.items()}
        app = web.Application()
        roof = Roof(houses=houses, meters=CallMeters(CollectorRegistry()), new_id=a_new_id, version="1.2.3")
        register_roof(app, roof)
        for name, wiring in houses.items():
            below = web.Application()
            register(below, wiring)
            app.add_subapp(f"/workspaces/{name}", below)
        runner = web.AppRunner(app)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        client = await stack.enter_async_context(aiohttp.ClientSession(f"http://127.0.0.1:{port}"))
        yield Town(port, client, stores, probes)


@asynccontextmanager
async def a_store(path: Path) -> AsyncGenerator[Store]:
    wiring = StoreWiring(clock=Clock(), monotonic=lambda: 0.0, new_id=a_new_id, replica="test", version="0")
    store = Store.open(f"sqlite:///{path}", wiring=wiring)
    await store.start()
    try:
        yield store
    finally:
        await store.close()


def a_house(store: Store, mount: str, probes: Mapping[str, Probe]) -> ApiWiring:
    credentials = {"ci": known_by(token=TOKEN)}
    return ApiWiring(
        desk=Desk(store),
        policy=a_policy,
        credentials=lambda: credentials,
        public_url=f"{PUBLIC_URL}{mount}",
        mount=mount,
        clock=Clock(),
        new_id=a_new_id,
        version="1.2.3",
        probes=probes,
        meters=Meters(CollectorRegistry()),
    )


def a_new_id() -> str:
    return str(uuid7())


async def unwell() -> Health:
    return Health(ok=False, detail="the app is not installed")


async def test_an_ask_without_a_key_whose_end_is_unknown_is_told_to_look_first(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = town.stores["acme"]._tools.link  # pyright: ignore[reportPrivateUsage] - to break the connection at the worst moment
    commit = link.commit

    def commit_and_break() -> None:
        commit()
        raise CommitUnknown("the database connection broke during a commit")

    monkeypatch.setattr(link, "commit", commit_and_break)

    lost = await town.ask("acme")
    kept = await town.ask("acme", {**BEARER, "Idempotency-Key": "k"})

    assert lost.is_problem(503)
    assert "Retry-After" not in lost.headers
    assert "Look first" in lost.json["detail"]
    assert kept.is_problem(503)
    assert "Retry-After" in kept.headers


async def test_numbers_of_one_are_shown_while_the_books_of_another_are_shut(town: Town) -> None:
    assert (await town.ask("acme")).status == 201
    await town.stores["beta"].close()

    numbers = await town.numbers()

    assert 'jit_audit_seq{workspace="acme"} 1.0' in numbers
    assert 'jit_audit_seq{workspace="beta"} NaN' in numbers
    assert (await town.get("/workspaces/beta/metrics")).is_problem(503)


async def test_numbers_of_one_are_shown_while_the_books_of_another_do_not_answer(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(town.stores["beta"], "read", never)

    numbers = await town.numbers()

    assert 'jit_audit_seq{workspace="acme"} 0.0' in numbers
    assert 'jit_outbox_dead{workspace="beta"} NaN' in numbers


async def test_what_comes_to_no_house_is_counted_too_and_a_route_is_called_alike_everywhere(town: Town) -> None:
    await town.get("/nothing")
    await town.ask("acme")

    numbers = await town.numbers()

    assert 'jit_http_requests_total{method="GET",route="none",status="404"} 1.0' in numbers
    assert 'jit_http_requests_total{method="POST",route="/v1/requests",status="201",workspace="acme"} 1.0' in numbers


async def test_the_process_is_ready_as_long_as_one_house_is_and_says_which_is_not(town: Town) -> None:
    whole = await town.get("/readyz")
    town.probes["beta"]["slack"] = unwell
    half = await town.get("/readyz")
    beta = await town.get("/workspaces/beta/readyz")
    town.probes["acme"]["slack"] = unwell
    none = await town.get("/readyz")

    assert (whole.status, whole.json["status"]) == (200, "ready")
    assert (half.status, half.json["status"]) == (200, "ready in part")
    assert half.json["checks"]["beta.slack"] == {"ok": False, "detail": "the app is not installed"}
    assert beta.status == 503
    assert (none.status, none.json["status"]) == (503, "not ready")


@pytest.mark.parametrize(
    "path",
    [
        "/workspaces/acme/../beta/v1/requests",
        "/workspaces/acme/%2e%2e/beta/v1/requests",
        "/workspaces/acme%2f..%2fbeta/v1/requests",
        "/workspaces/acme//v1/requests",
        "/workspaces/ACME/v1/requests",
        "/workspaces/acme",
        "/workspaces/",
        "/v1/requests",
    ],
)
async def test_no_way_of_writing_an_address_leads_from_one_house_into_another(town: Town, path: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", town.port)
    head = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n\r\n"
    writer.write(head.encode())
    answer = await reader.read()
    writer.close()

    assert answer.startswith(b"HTTP/1.1 404 ")
    assert orjson.loads(answer.partition(b"\r\n\r\n")[2])["status"] == 404
