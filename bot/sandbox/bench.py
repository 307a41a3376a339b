"""The test bench: faults on purpose and the record of calls, over HTTP for whoever runs elsewhere."""

from typing import Annotated, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.sandbox.faults import CutAfter, CutBefore, Fault, RateLimit, Refusal, ServerError, Slow
from bot.sandbox.workspace import Workspace


class FaultOrder(BaseModel):
    """What may be ordered: ``{"method": "chat.postMessage", "kind": "slow", "seconds": 2, "times": 3}``."""

    model_config = ConfigDict(extra="forbid")

    method: str
    kind: Literal["slow", "ratelimit", "server_error", "refusal", "cut_before", "cut_after"]
    times: Annotated[int, Field(ge=1, le=10_000)] = 1
    seconds: Annotated[float, Field(ge=0, le=600)] = 1.0
    status: Annotated[int, Field(ge=500, le=599)] = 500
    error: str = "internal_error"


def register_bench(app: web.Application, workspace: Workspace) -> None:
    """Serve ``/_sandbox/faults`` (POST, DELETE) and ``/_sandbox/calls`` (GET)."""

    async def order(request: web.Request) -> web.Response:
        try:
            wanted = FaultOrder.model_validate_json(await request.read())
        except ValidationError as invalid:
            return web.json_response({"errors": invalid.errors(include_input=False, include_url=False)}, status=422)
        workspace.faults.add(wanted.method, read_fault(wanted), wanted.times)
        return web.json_response({"ok": True}, status=201)

    async def heal(_: web.Request) -> web.Response:
        workspace.faults.clear()
        return web.json_response({"ok": True})

    async def calls(_: web.Request) -> web.Response:
        drawn = [{"method": c.method, "at": c.at.isoformat(), "error": c.error} for c in workspace.calls()]
        return web.json_response({"calls": drawn})

    app.router.add_post("/_sandbox/faults", order)
    app.router.add_delete("/_sandbox/faults", heal)
    app.router.add_get("/_sandbox/calls", calls)


def read_fault(order: FaultOrder) -> Fault:
    """Return the fault that was ordered."""
    made: dict[str, Fault] = {
        "slow": Slow(order.seconds),
        "ratelimit": RateLimit(max(1, round(order.seconds))),
        "server_error": ServerError(order.status),
        "refusal": Refusal(order.error),
        "cut_before": CutBefore(),
        "cut_after": CutAfter(),
    }
    return made[order.kind]
