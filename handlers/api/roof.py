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
from handlers.api.health import draw_life, draw_readiness, measure
from handlers.api.meters import Meters
from handlers.api.wiring import ApiWiring

_NOWHERE = "There is nothing at this address; the calls of a workspace are below /workspaces/ and its name."


@dataclass(frozen=True, slots=True, kw_only=True)
class Roof:
    """The houses by the names of their workspaces; *meters* count what is done for none of them."""

    houses: Mapping[str, ApiWiring]
    meters: Meters
    new_id: Callable[[], str]
    version: str


class RoofCalls:
    """As each house answers them for itself."""

    def __init__(self, roof: Roof) -> None:
        self._roof = roof
        registry = CollectorRegistry()
        registry.register(_Together({name: house.meters.registry for name, house in roof.houses.items()}))
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
        """Say whether every house is ready, each check with the name of its workspace in front."""
        houses = self._roof.houses.items()
        probes = {f"{name}.{check}": probe for name, house in houses for check, probe in house.probes.items()}
        return await draw_readiness(probes)

    async def metrics(self, http: web.Request) -> web.StreamResponse:
        """Return everything measured, each number with its workspace."""
        await asyncio.gather(*map(measure, self._roof.houses.values()))
        return await self._exposition(http)


class _Together(Collector):
    """The numbers of several houses as if they were one's, with a label more."""

    def __init__(self, registries: Mapping[str, CollectorRegistry]) -> None:
        self._registries = registries

    def collect(self) -> Iterator[Metric]:
        """Return each metric once, with the samples of all houses: two of one name are no valid exposition."""
        together = dict[str, Metric]()
        for workspace, registry in self._registries.items():
            for metric in registry.collect():
                known = together.setdefault(metric.name, Metric(metric.name, metric.documentation, metric.type))
                known.samples += [
                    sample._replace(labels={"workspace": workspace, **sample.labels}) for sample in metric.samples
                ]
        yield from together.values()


def register_roof(app: web.Application, roof: Roof) -> None:
    """Put these calls onto *app*; each house's own are mounted by whoever knows where."""
    errors.register(app, errors.Frame(meters=roof.meters, new_id=roof.new_id, nowhere=_NOWHERE))
    RoofCalls(roof).register(app)
