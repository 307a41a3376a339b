"""Is the house well: ``/healthz`` for whoever restarts it, ``/readyz`` for whoever sends it work, ``/metrics``."""

import asyncio
import math
from collections.abc import Mapping

import orjson
import structlog
from aiohttp import web
from prometheus_client.aiohttp import make_aiohttp_handler

from bot.core.errors import Unavailable
from bot.usecases.desk import Snapshot
from handlers.api.meters import Meters
from handlers.api.wiring import ApiWiring, Health, Probe

PROBE_SECONDS = 2.0

JSON = "application/json"

_log = structlog.get_logger("http")


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
        found = await look_at(self._api.probes)
        ready = all(health.ok for health in found.values())
        return draw_readiness(found, status="ready" if ready else "not ready", ready=ready)

    async def metrics(self, http: web.Request) -> web.StreamResponse:
        """Return everything measured, with what the database knows now."""
        await measure(self._api)
        return await self._exposition(http)


def draw_life(version: str) -> web.Response:
    """Return what a process answers that is alive."""
    return _json({"status": "alive", "version": version}, 200)


async def look_at(probes: Mapping[str, Probe]) -> Mapping[str, Health]:
    """Ask all *probes* at once, and return what they say; one that does not answer in time is not well."""
    return dict(zip(probes, await asyncio.gather(*map(_look, probes.values())), strict=True))


def draw_readiness(found: Mapping[str, Health], *, status: str, ready: bool) -> web.Response:
    """Return what was *found* as an answer; 503 where nothing can be done here."""
    checks = {name: {"ok": health.ok, "detail": health.detail} for name, health in found.items()}
    return _json({"status": status, "checks": checks}, 200 if ready else 503)


async def measure(api: ApiWiring) -> None:
    """Set the meters to what the database knows now."""
    _set(api.meters, await api.desk.read(_known_by_the_database))


async def measure_among_others(api: ApiWiring) -> None:
    """Do the same for one house of several: what its database does not say in time is no number, and no old one."""
    known = (math.nan, math.nan, math.nan)
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            known = await api.desk.read(_known_by_the_database)
    except (Unavailable, TimeoutError) as error:
        _log.warning("metrics.not_measured", mount=api.mount, error=type(error).__name__)
    _set(api.meters, known)


def _set(meters: Meters, known: tuple[float, float, float]) -> None:
    due, dead, seq = known
    meters.outbox_due.set(due)
    meters.outbox_dead.set(dead)
    meters.audit_seq.set(seq)


def _known_by_the_database(snapshot: Snapshot) -> tuple[float, float, float]:
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
