"""A small Bolt app that nobody of the house wrote, to stand on the other side of the workspace."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

from bot.sandbox import Workspace
from tests.fakes.slack import client_of, served
from tests.sandbox.cards import actions, button, modal, question, section

Json = dict[str, Any]


@dataclass
class EchoBot:
    """What the bot saw, and how it is to answer dialogs."""

    app: AsyncApp
    seen: list[Json] = field(default_factory=list[Json])
    commands: list[Json] = field(default_factory=list[Json])
    submission_answer: Json = field(default_factory=dict[str, Any])


def echo_bot(workspace: Workspace) -> EchoBot:
    """Build the app: approve updates the card, reject opens a dialog, /jit answers in its ack."""
    app = AsyncApp(
        client=client_of(workspace),
        token=workspace.config.bot_token,
        signing_secret=workspace.config.signing_secret,
        process_before_response=True,
    )
    bot = EchoBot(app)

    async def approve(ack: Any, body: Json, client: Any) -> None:  # noqa: ANN401 - Bolt's own, untyped
        bot.seen.append(body)
        await ack()
        where = body["container"]
        await client.chat_update(channel=where["channel_id"], ts=where["message_ts"], text="Approved")

    async def reject(ack: Any, body: Json, client: Any) -> None:  # noqa: ANN401 - Bolt's own, untyped
        bot.seen.append(body)
        await ack()
        opened = await client.views_open(trigger_id=body["trigger_id"], view=modal(section("One moment …")))
        view = opened["view"]
        await client.views_update(view_id=view["id"], hash=view["hash"], view=modal(question()))

    async def submitted(ack: Any, body: Json) -> None:  # noqa: ANN401 - Bolt's own, untyped
        bot.seen.append(body)
        await (ack(bot.submission_answer) if bot.submission_answer else ack())

    async def closed(ack: Any, body: Json) -> None:  # noqa: ANN401 - Bolt's own, untyped
        bot.seen.append(body)
        await ack()

    async def command(ack: Any, command: Json) -> None:  # noqa: ANN401 - Bolt's own, untyped
        bot.commands.append(command)
        await ack({"response_type": "ephemeral", "text": f"You said {command['text']}", "blocks": [section("hello")]})

    async def heard(body: Json) -> None:
        bot.seen.append(body)

    async def heard_click(ack: Any, body: Json) -> None:  # noqa: ANN401 - Bolt's own, untyped
        bot.seen.append(body)
        await ack()

    register: Any = app  # Bolt types its decorators only in part
    register.action("approve")(approve)
    register.action("reject")(reject)
    register.view("reject")(submitted)
    register.view_closed("reject")(closed)
    register.command("/jit")(command)
    register.event("message")(heard)
    register.event("app_mention")(heard)
    register.event("subteam_members_changed")(heard)
    register.event("app_home_opened")(heard)
    register.action("details")(heard_click)
    register.action("pick")(heard_click)
    _hear_shortcuts_and_links(bot)
    return bot


def _hear_shortcuts_and_links(bot: EchoBot) -> None:
    """Open a dialog at a shortcut, and show a card below a link."""

    async def shortcut(ack: Any, body: Json, client: Any) -> None:  # noqa: ANN401 - Bolt's own, untyped
        bot.seen.append(body)
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal(section("What is it about?")))

    async def unfurl(body: Json, client: Any) -> None:  # noqa: ANN401 - Bolt's own, untyped
        bot.seen.append(body)
        event = body["event"]
        unfurls = {
            link["url"]: {"blocks": [section("*#7* waits"), actions(button("details"))]} for link in event["links"]
        }
        await client.chat_unfurl(channel=event["channel"], ts=event["message_ts"], unfurls=unfurls)

    register: Any = bot.app  # Bolt types its decorators only in part
    register.event("link_shared")(unfurl)
    register.shortcut("ask")(shortcut)
    register.shortcut("ask_about")(shortcut)


@asynccontextmanager
async def http_bot(workspace: Workspace) -> AsyncGenerator[EchoBot]:
    """Serve the app, and point the workspace at it."""
    bot = echo_bot(workspace)

    async def events(request: web.Request) -> web.Response:
        answer = await bot.app.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(answer)

    application = web.Application()
    application.router.add_post("/slack/events", events)
    async with served(application) as url:
        workspace.point_at(f"{url}/slack/events")
        yield bot
