"""Is the house well: ``/healthz`` for whoever restarts it, ``/readyz`` for whoever sends it work, ``/metrics``."""

import asyncio
from collections.abc import Mapping

import orjson
from aiohttp import web
from prometheus_client.aiohttp import make_aiohttp_handler

from bot.usecases.desk import Snapshot
from handlers.api.wiring import ApiWiring, Health, Probe

PROBE_SECONDS = 2.0

JSON = "application/json"


class HealthCalls:
    """The calls of machines that watch the house; no token needed, nothing of interest said."""

    def __init__(self, api: ApiWiring) -> None:
        self._api = api
        self._exposition = make_aiohttp_handler(api.meters.registry)

    def register(self, app: web.Application) -> None:
        """Put the calls on their paths."""
        app.router.add_get("/healthz", self.alive)
        app.router.add_get("/readyz", self.ready)
        app.router.add_get("/metrics", self.metrics)

    async def alive(self, _: web.Request) -> web.Response:
        """Say that this process answers; asks nothing of the database."""
        return draw_life(self._api.version)

    async def ready(self, _: web.Request) -> web.Response:
        """Say whether everything a request needs is there; 503 when something is not."""
        return await draw_readiness(self._api.probes)

    async def metrics(self, http: web.Request) -> web.StreamResponse:
        """Return everything measured, with what the database knows now."""
        await measure(self._api)
        return await self._exposition(http)


def draw_life(version: str) -> web.Response:
    """Return what a process answers that is alive."""
    return _json({"status": "alive", "version": version}, 200)


async def draw_readiness(probes: Mapping[str, Probe]) -> web.Response:
    """Ask all *probes* at once, and return what they say; 503 when one of them is not well."""
    found = await asyncio.gather(*map(_look, probes.values()))
    is_ready = all(health.ok for health in found)
    checks = {name: {"ok": health.ok, "detail": health.detail} for name, health in zip(probes, found, strict=True)}
    return _json({"status": "ready" if is_ready else "not ready", "checks": checks}, 200 if is_ready else 503)


async def measure(api: ApiWiring) -> None:
    """Set the meters to what the database knows now."""
    due, dead, seq = await api.desk.read(_known_by_the_database)
    api.meters.outbox_due.set(due)
    api.meters.outbox_dead.set(dead)
    api.meters.audit_seq.set(seq)


def _known_by_the_database(snapshot: Snapshot) -> tuple[int, int, int]:
    return snapshot.outbox_depth(), snapshot.dead_count(), snapshot.head().seq


async def _look(probe: Probe) -> Health:
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            return await probe()
    except TimeoutError:
        return Health(ok=False, detail=f"no answer within {PROBE_SECONDS:g} s")
    except Exception as error:  # noqa: BLE001 - whatever a probe trips over is what it was sent to find
        return Health(ok=False, detail=type(error).__name__)


def _json(document: object, status: int) -> web.Response:
    return web.Response(body=orjson.dumps(document), status=status, content_type=JSON)
