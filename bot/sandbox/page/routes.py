"""The addresses of the page."""

import re
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.sandbox.config import SandboxConfig
from bot.sandbox.guard import HEADERS, is_own_site
from bot.sandbox.page.acts import Acts, answering
from bot.sandbox.page.drawing import HERE, draw
from bot.sandbox.page.live import stream_for
from bot.sandbox.page.sight import Sight
from bot.sandbox.page.who import become, people_to_be, read_person, who_is
from bot.sandbox.workspace import Workspace

Json = dict[str, object]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_STAMP = re.compile(r"p([0-9]{1,12})([0-9]{6})")
ACTS = ("press", "press_in_view", "submit", "close", "say", "shortcut", "message_shortcut", "dismiss")
PARTS = frozenset({"sidebar", "timeline", "thread", "modal", "home"})


def register_page(app: web.Application, workspace: Workspace) -> None:
    """Serve the page, its parts, its acts and its stream."""
    pages, acts = Pages(workspace), Acts(workspace)
    app.router.add_get("/", pages.whole)
    app.router.add_get("/archives/{channel}/{stamp}", pages.permalink)
    app.router.add_get("/page/part/{part}", pages.part)
    app.router.add_get("/page/live", stream_for(workspace.state))
    app.router.add_post("/page/me", pages.switch)
    app.router.add_static("/static/", HERE / "static")
    for name in ACTS:
        app.router.add_post(f"/page/{name}", answering(getattr(acts, name), workspace.state))


class Pages:
    """Draws the page for whoever asks."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._state = workspace.state

    async def whole(self, request: web.Request) -> web.StreamResponse:
        """Draw the whole page, or become somebody else first (``?as=``)."""
        if "as" in request.query and is_own_site(request):
            rest = {key: value for key, value in request.query.items() if key != "as"}
            answer: web.StreamResponse = web.Response(
                status=303, headers={"Location": str(request.rel_url.with_query(rest))}
            )
            become(answer, read_person(request.query["as"], self._state))
            return answer
        self._came_home(request)
        return self._drawn("page.html", request)

    async def part(self, request: web.Request) -> web.StreamResponse:
        """Draw one part of the page again."""
        name = request.match_info["part"]
        if name not in PARTS:
            raise web.HTTPNotFound
        return self._drawn(f"{name}.html", request)

    async def permalink(self, request: web.Request) -> web.StreamResponse:
        """Lead from a message's address to the message."""
        found = _STAMP.fullmatch(request.match_info["stamp"])
        if not found:
            raise web.HTTPNotFound
        query = {"channel": request.match_info["channel"]}
        if "thread_ts" in request.query:
            query["thread"] = request.query["thread_ts"]
        target = request.url.with_path("/").with_query(query).with_fragment(f"m-{found[1]}.{found[2]}")
        return web.Response(status=302, headers={"Location": str(target.relative())})

    async def switch(self, request: web.Request) -> web.StreamResponse:
        """Become somebody else, from the list on the page, and stay in the channel."""
        form = await request.post()
        target = request.url.with_path("/").with_query(channel=str(form.get("channel", "")))
        answer = web.Response(status=303, headers={"Location": str(target.relative())})
        become(answer, read_person(str(form.get("user", "")), self._state))
        return answer

    def _came_home(self, request: web.Request) -> None:
        """Tell the app which of its tabs is being looked at, if one is."""
        me = who_is(request, self._state)
        if Sight(self._state, me).channel(request.query.get("channel", "")).kind == "im":
            tab = "home" if request.query.get("tab") == "home" else "messages"
            self._workspace.announcements.came_home(me.id, tab)

    def _drawn(self, template: str, request: web.Request) -> web.Response:
        me = who_is(request, self._state)
        sight = Sight(self._state, me)
        channel = sight.channel(request.query.get("channel", ""))
        thread_ts = request.query.get("thread", "")
        is_home = channel.kind == "im" and request.query.get("tab") == "home"
        if not is_home:
            self._state.mark_read(me.id, channel.id)
        text = draw(
            template,
            me=me,
            people=people_to_be(self._state),
            sight=sight,
            channel=channel,
            thread_ts=thread_ts,
            thread=sight.thread(channel, thread_ts) if thread_ts else (),
            is_home=is_home,
            home=self._state.homes.of(me.id),
            view=self._state.views.top(me.id),
            stack=self._state.views.stack(me.id),
            commands=_draw_commands(self._state.config),
        )
        return web.Response(text=text, content_type="text/html", headers={**HEADERS, "Cache-Control": "no-store"})


def _draw_commands(config: SandboxConfig) -> list[Json]:
    """Draw what the composer offers while a command is typed."""
    return [
        {
            "name": command.name,
            "hint": command.usage_hint or command.description,
            "description": command.description,
            "words": [{"text": word.text, "hint": word.hint} for word in command.words],
        }
        for command in config.commands
    ]
