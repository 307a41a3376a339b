"""The demo's pipeline: it asks once, and waits for the answer where the bot calls back."""

import asyncio
import itertools
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

from aiohttp import ClientSession, web
from standardwebhooks import Webhook, WebhookVerificationError

from bot.cli.demo.failed import DemoFailed
from bot.cli.demo.state import DemoState, example

REPORT = "reports/api-gate.xml"
OPEN = frozenset({"pending", "needs_info"})

Tell = Callable[[str], None]


def draw_ask(state: DemoState) -> dict[str, object]:
    """Return the body of the demo's one request: the example, with the real report instead of its counts."""
    asked = cast("dict[str, object]", json.loads(example("request.json")))
    del asked["tests"], asked["timeout"]
    report = {"name": "api gate", "format": "junit", "content": example(REPORT).decode()}
    return {**asked, "reports": [report], "callback_url": state.callback_url}


async def send_ask(state: DemoState) -> Mapping[str, Any]:
    """Ask over HTTP as any pipeline would, and return a request that waits for an answer.

    The same bytes under the same key are one request, however often the demo is started at this port; when that one
    has been answered, the same is asked anew. What the policy itself answers at once is returned as it is.
    Raises DemoFailed when the bot says no.
    """
    body = await asyncio.to_thread(_kept_body, state)
    async with ClientSession() as session:
        for count in itertools.count(1):
            request, is_new = await _ask(session, state, body, f"demo-{state.port}-{count}")
            if is_new or request["state"] in OPEN:
                return request
    raise AssertionError("a count without an end has ended")


async def _ask(session: ClientSession, state: DemoState, body: bytes, key: str) -> tuple[Mapping[str, Any], bool]:
    headers = {
        "Authorization": f"Bearer {state.source_token}",
        "Content-Type": "application/json",
        "Idempotency-Key": key,
    }
    async with session.post(f"{state.bot_url}/v1/requests", data=body, headers=headers) as answer:
        said = cast("Mapping[str, Any]", await answer.json(content_type=None))
        if answer.status >= web.HTTPBadRequest.status_code:
            raise DemoFailed(f"the bot refused the demo's request: {said.get('detail') or said.get('title')}")
        return said, answer.status == web.HTTPCreated.status_code


def _kept_body(state: DemoState) -> bytes:
    if not state.ask_file.exists():
        state.ask_file.write_text(json.dumps(draw_ask(state), indent=2), encoding="utf-8")
    return state.ask_file.read_bytes()


def waiting_pipeline(state: DemoState, tell: Tell) -> web.Application:
    """Return the application that receives the bot's answers: checks who signed, keeps them, tells."""
    key = Webhook(state.callback_secret)

    async def receive(call: web.Request) -> web.Response:
        body = await call.read()
        try:
            key.verify(body, dict(call.headers))
        except (WebhookVerificationError, ValueError):
            tell("the pipeline got an answer whose signature is wrong, and ignored it")
            raise web.HTTPUnauthorized(text="The signature is wrong.\n") from None
        await asyncio.to_thread(_keep, state.folder / "callbacks.jsonl", body)
        tell(_draw_answer(json.loads(body)))
        return web.Response(status=204)

    application = web.Application(client_max_size=4 * 1024**2)
    application.router.add_post("/answers", receive)
    return application


def _keep(path: Path, body: bytes) -> None:
    with path.open("ab") as file:
        file.write(body + b"\n")


def _draw_answer(callback: Mapping[str, Any]) -> str:
    request: Mapping[str, Any] = callback["data"]
    decision: Mapping[str, Any] = request["decision"]
    by, reason = decision["by"]["person"], decision["reason"]
    said = f"the pipeline got its signed answer: request #{request['number']} was {request['state']}"
    return said + (f" by {by}" if by else "") + (f" ({reason})" if reason else "")
