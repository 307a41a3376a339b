"""Several houses under one roof: what machines watch of all of them at once."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.aiohttp import make_aiohttp_handler
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from handlers.api import errors
from handlers.api.health import draw_life, draw_readiness, look_at, measure_among_others
from handlers.api.meters import CallMeters
from handlers.api.wiring import ApiWiring

_NOBODY = ""
_NOWHERE = "There is nothing at this address; the calls of a workspace are below /workspaces/ and its name."


@dataclass(frozen=True, slots=True, kw_only=True)
class Roof:
    """The houses by the names of their workspaces; *meters* count what is done for none of them."""

    houses: Mapping[str, ApiWiring]
    meters: CallMeters
    new_id: Callable[[], str]
    version: str


class RoofCalls:
    """As each house answers them for itself."""

    def __init__(self, roof: Roof) -> None:
        self._roof = roof
        registry = CollectorRegistry()
        registries = {name: house.meters.registry for name, house in roof.houses.items()}
        registry.register(_Together({_NOBODY: roof.meters.registry, **registries}))
        self._exposition = make_aiohttp_handler(registry)

    def register(self, app: web.Application) -> None:
        """Put the calls on their paths."""
        app.router.add_get("/healthz", self.alive)
        app.router.add_get("/readyz", self.ready)
        app.router.add_get("/metrics", self.metrics)

    async def alive(self, _: web.Request) -> web.Response:
        """Say that this process answers."""
        return draw_life(self._roof.version)

    async def ready(self, _: web.Request) -> web.Response:
        """Say of every house whether it is ready, each check with the name of its workspace in front.

        As long as one is, calls are to be sent here: no workspace takes the bot from the others by removing the app.
        """
        houses = self._roof.houses.values()
        looks = dict(zip(self._roof.houses, await asyncio.gather(*(look_at(h.probes) for h in houses)), strict=True))
        well = [all(health.ok for health in found.values()) for found in looks.values()]
        checks = {f"{name}.{check}": health for name, found in looks.items() for check, health in found.items()}
        status = "ready" if all(well) else "ready in part" if any(well) else "not ready"
        return draw_readiness(checks, status=status, ready=any(well))

    async def metrics(self, http: web.Request) -> web.StreamResponse:
        """Return everything measured, each number with its workspace."""
        await asyncio.gather(*map(measure_among_others, self._roof.houses.values()))
        return await self._exposition(http)


class _Together(Collector):
    """The numbers of several houses as if they were one's, with a label more but for what is nobody's."""

    def __init__(self, registries: Mapping[str, CollectorRegistry]) -> None:
        self._registries = registries

    def collect(self) -> Iterator[Metric]:
        """Return each metric once, with the samples of all houses: two of one name are no valid exposition."""
        together = dict[str, Metric]()
        for workspace, registry in self._registries.items():
            for metric in registry.collect():
                known = together.setdefault(metric.name, Metric(metric.name, metric.documentation, metric.type))
                label = {"workspace": workspace} if workspace else {}
                known.samples += [sample._replace(labels={**label, **sample.labels}) for sample in metric.samples]
        yield from together.values()


def register_roof(app: web.Application, roof: Roof) -> None:
    """Put these calls onto *app*; each house's own are mounted by whoever knows where."""
    errors.register(app, errors.Frame(meters=roof.meters, new_id=roof.new_id, nowhere=_NOWHERE))
    RoofCalls(roof).register(app)
