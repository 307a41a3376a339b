"""The floors we are measured against, each a small server: (b) is measured without one, see `run.py`."""

import hashlib
import hmac
import uuid
from datetime import UTC, datetime
from typing import Any, cast

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from benchmarks.bodies import BOT_TOKEN, SIGNING_SECRET, TOKEN
from handlers.api.asking.bodies import read_json
from handlers.api.asking.model import RequestAsked

_TOKEN_HASH = hashlib.sha256(TOKEN.encode()).digest()


def _authenticate(request: web.Request) -> None:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(hashlib.sha256(given.encode()).digest(), _TOKEN_HASH):
        raise web.HTTPUnauthorized


async def _validated(request: web.Request) -> RequestAsked:
    _authenticate(request)
    return read_json(RequestAsked, await request.read())


def floor_app() -> web.Application:
    """Return (a): authenticates and validates the same body, stores nothing."""

    async def submit(request: web.Request) -> web.Response:
        body = await _validated(request)
        return web.json_response({"title": body.title, "state": "pending"}, status=201)

    app = web.Application()
    app.router.add_post("/v1/requests", submit)
    return app


class NaiveRequest(SQLModel, table=True):
    """What a first version would store."""

    id: str = Field(primary_key=True)
    title: str
    state: str
    document: str
    created_at: datetime


class NaiveAudit(SQLModel, table=True):
    """One audit row."""

    id: int | None = Field(default=None, primary_key=True)
    request_id: str
    event: str
    document: str


class NaiveOutbox(SQLModel, table=True):
    """One effect."""

    id: int | None = Field(default=None, primary_key=True)
    request_id: str
    kind: str


def _durable(engine: AsyncEngine) -> None:
    def pragmas(connection: DBAPIConnection, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    event.listen(engine.sync_engine, "connect", pragmas)


def naive_app(url: str) -> web.Application:
    """Return (n): the plain way, an async ORM session and a commit a request."""
    engine = create_async_engine(url)
    if url.startswith("sqlite"):
        _durable(engine)

    async def submit(request: web.Request) -> web.Response:
        body = await _validated(request)
        row = NaiveRequest(
            id=str(uuid.uuid4()),
            title=body.title,
            state="pending",
            document=body.model_dump_json(),
            created_at=datetime.now(UTC),
        )
        async with AsyncSession(engine) as session:
            session.add(row)
            session.add(NaiveAudit(request_id=row.id, event="request.submitted", document=row.document))
            session.add(NaiveOutbox(request_id=row.id, kind="show_card"))
            answer = {"id": row.id, "state": row.state, "title": row.title}
            await session.commit()
        return web.json_response(answer, status=201)

    async def make_tables(_app: web.Application) -> None:
        async with engine.begin() as connection:
            tables = [SQLModel.metadata.tables[name] for name in ("naiverequest", "naiveaudit", "naiveoutbox")]
            await connection.run_sync(lambda sync: SQLModel.metadata.create_all(sync, tables=tables))

    app = web.Application()
    app.router.add_post("/v1/requests", submit)
    app.on_startup.append(make_tables)
    app.on_cleanup.append(lambda _app: engine.dispose())
    return app


def bolt_app() -> web.Application:
    """Return (e): Bolt as it comes, in its fastest mode, with a listener that only acks."""

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T0ACME000", bot_token=BOT_TOKEN, bot_user_id="U0JITBOT0")

    bolt = AsyncApp(signing_secret=SIGNING_SECRET, authorize=authorize, process_before_response=True)

    async def listener(ack: AsyncAck) -> None:
        await ack()

    cast("Any", bolt).action("jit_approve")(listener)  # Bolt leaves the types of its decorators open

    async def events(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await bolt.async_dispatch(await to_bolt_request(request)))

    app = web.Application()
    app.router.add_post("/slack/events", events)
    return app
