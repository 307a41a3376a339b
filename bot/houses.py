"""Several houses under one roof: one port, one app at Slack, and a workspace in each that knows of no other."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from prometheus_client import CollectorRegistry
from structlog.contextvars import bound_contextvars

from bot import __version__
from bot.app import House
from bot.doors import Rooms, open_doors
from bot.machine import new_id
from bot.settings import Settings
from bot.slack import open_session
from bot.store import StoreUnusable, whereabouts
from handlers import api, slack

_log = structlog.get_logger("house")


class Houses:
    """All of them, built and started whole or not at all."""

    def __init__(self, settings: Settings, workspaces: Mapping[str, Settings]) -> None:
        self._settings = settings
        self._workspaces = workspaces
        self.each = dict[str, House]()
        self._stack = AsyncExitStack()

    async def start(self) -> None:
        """Open every door. Raises what building a house does, and CannotListen; then everything is closed again."""
        await asyncio.to_thread(_require_books_of_their_own, self._workspaces)
        async with AsyncExitStack() as stack:
            rooms = dict[str, Rooms]()
            for name, settings in self._workspaces.items():
                # One by one: what is built is on the stack before the next one can fail.
                self.each[name] = House(settings)
                with bound_contextvars(workspace=name):  # whatever it does from now on is logged with its name
                    rooms[name] = await self.each[name].open_on(stack)
            session = await stack.enter_async_context(open_session())
            served = {found.team or "": slack.Served(name, found.switchboard) for name, found in rooms.items()}
            letters = slack.Exchange(served, session)
            await open_doors(stack, self._settings, self._under_one_roof(rooms), letters, [*rooms.values()])
            self._stack = stack.pop_all()
        where = {"host": self._settings.host, "port": self._settings.port}
        _log.info("house.open", **where, version=__version__, workspaces=list(self.each))

    async def stop(self) -> None:
        """Let nobody in any more, finish what was accepted, and close. Nothing that was answered is lost."""
        await self._stack.aclose()
        _log.info("house.closed")

    async def reload(self) -> None:
        """Read every policy file again, and try again what Slack refused; none waits for another's database."""
        await asyncio.gather(*(self._reload(name) for name in self.each))

    async def _reload(self, name: str) -> None:
        with bound_contextvars(workspace=name):
            await self.each[name].reload()

    def _under_one_roof(self, rooms: Mapping[str, Rooms]) -> web.Application:
        app = web.Application()
        api.register_roof(
            app,
            api.Roof(
                houses={name: found.wiring for name, found in rooms.items()},
                meters=api.CallMeters(CollectorRegistry()),
                new_id=new_id,
                version=__version__,
            ),
        )
        for name, found in rooms.items():
            found.app.middlewares.insert(0, _as_of(name))
            app.add_subapp(self._workspaces[name].mount, found.app)
        return app


def _require_books_of_their_own(workspaces: Mapping[str, Settings]) -> None:
    """Raise StoreUnusable where two have the same: what one is asked would be shown and answered in the other."""
    first = dict[str, str]()
    for name, settings in workspaces.items():
        try:
            other = first.setdefault(whereabouts(settings.database_url), name)
        except StoreUnusable as unusable:
            raise StoreUnusable(f"workspace {name}: {unusable}") from None
        if other != name:
            raise StoreUnusable(
                f"JIT_DATABASE_URL: the workspaces {other} and {name} have the same database, however it is written; "
                "each has its own"
            )


def _as_of(workspace: str) -> Middleware:
    """Return what gives everything that is logged during a call the name of its workspace."""

    @web.middleware
    async def named(request: web.Request, handler: Handler) -> web.StreamResponse:
        with bound_contextvars(workspace=workspace):
            return await handler(request)

    return named
