"""The aiohttp application of the local workspace: Web API, response URLs, Socket Mode, page, and the test bench."""

from collections.abc import AsyncGenerator

from aiohttp import web

from bot.sandbox.answering import answer_url
from bot.sandbox.bench import register_bench
from bot.sandbox.guard import guard_for
from bot.sandbox.page import register_page
from bot.sandbox.page.consent import register_consent
from bot.sandbox.workspace import Workspace

MOST_BYTES = 2 * 1024 * 1024


def create_app(workspace: Workspace) -> web.Application:
    """Build the application; starting it starts the workspace, and stopping it closes the workspace."""
    app = web.Application(middlewares=[guard_for(workspace.state)], client_max_size=MOST_BYTES)

    async def running(_: web.Application) -> AsyncGenerator[None]:
        await workspace.start()
        yield
        await workspace.close()

    async def end_streams(_: web.Application) -> None:
        workspace.state.bell.close()
        await workspace.sockets.close()

    app.cleanup_ctx.append(running)
    app.on_shutdown.append(end_streams)
    app.router.add_route("*", "/api/{method}", workspace.webapi.answer)
    app.router.add_post("/actions/{secret}", answer_url(workspace))
    app.router.add_get("/link/", workspace.sockets.serve)
    register_bench(app, workspace)
    register_page(app, workspace)
    register_consent(app, workspace.state)
    return app
