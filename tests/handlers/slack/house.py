"""A front desk with a real store, in front of a real local Slack, and nothing behind it: no relay, no API."""

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode
from uuid import uuid4

import aiohttp
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from bot.core.effects import Effect, Whisper
from bot.core.events import Submitted
from bot.core.evidence import TestEvidence
from bot.core.freeze import ActiveFreeze
from bot.core.judging.policy import Policy
from bot.core.life import lifecycle
from bot.core.people.identity import People
from bot.core.people.membership import GroupKind
from bot.core.request import ApprovalRequest, RequestId, State, Subject
from bot.core.ruling import Ruling
from bot.core.view import RequestView
from bot.rolls import Memberships
from bot.sandbox import Workspace, with_manifest
from bot.sandbox.gestures import Interaction
from bot.slack import Channels, Directory, Seal, UserGroups, make_client, open_session
from bot.slack.cards.button_value import MENU
from bot.slack.cards.card import Card, draw_card
from bot.slack.manifest import Mode, draw_manifest
from bot.store import OutboxRow, Store, StoreWiring, Transaction
from bot.usecases import look_up
from bot.usecases.desk import Desk
from handlers.slack import Edge, Front, Switchboard, Verifier, register
from tests.factories import ANA, BO, CHEN, CI, DIA, DIGEST, GUS, NOON, POLICY_HASH, a_ruling, a_subject, some_tests
from tests.fakes.slack import BOT_TOKEN, CONFIG, SIGNING_SECRET, running_workspace, served

PATH = "/slack/events"
PATIENT = replace(
    with_manifest(CONFIG, draw_manifest("https://jit.acme.test", Mode.HTTP)), ack_seconds=60.0, trigger_seconds=60.0
)
"""The tests say what is answered; how fast is a question for the benchmarks, not for a busy machine."""


@dataclass
class Clock:
    """The time in the house and in the workspace, and the freezes and the policy that hold; a test changes them."""

    now: datetime = NOON
    policy: Policy = field(default_factory=lambda: Policy(hash=POLICY_HASH, default=a_ruling(rule="default")))
    freezes: list[ActiveFreeze] = field(default_factory=list[ActiveFreeze])

    def __call__(self) -> datetime:
        return self.now


@dataclass(kw_only=True)
class House:
    """What a test looks at."""

    workspace: Workspace
    desk: Desk
    front: Front
    store: Store
    switchboard: Switchboard
    url: str
    clock: Clock = field(default_factory=Clock)
    read: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    async def ask(
        self, ruling: Ruling | None = None, subject: Subject | None = None, tests: TestEvidence | None = None
    ) -> ApprovalRequest:
        """A new request, as the source ci would make it."""
        tests = some_tests() if tests is None else tests

        def submit(tx: Transaction, now: datetime) -> ApprovalRequest:
            event = Submitted(
                id=RequestId(tx.new_id()),
                number=tx.requests.next_number(),
                source="ci",
                by=CI,
                subject=subject or a_subject(),
                tests=tests.headline(),
                digest=DIGEST,
                ruling=ruling or a_ruling(),
            )
            outcome = lifecycle.submit(event, now)
            tx.record(outcome, evidence=tests)
            return outcome.request

        return await self.desk.run(submit)

    async def card(self, request: ApprovalRequest, channel: str = "C0APPROVE") -> str:
        """Post its card as it is now, and return the ts."""
        return await self.post(draw_card(await self.view(request), self.front.seal), channel)

    async def post(self, card: Card, channel: str = "C0APPROVE") -> str:
        client = cast("Any", self.front.client)  # the SDK leaves the types of its keywords open
        answer = await client.chat_postMessage(channel=channel, text=card.text, blocks=card.blocks)
        return answer["ts"]

    async def view(self, request: ApprovalRequest) -> RequestView:
        return await self.desk.read(lambda snapshot: look_up.view(snapshot, request.id))

    async def post_signed(self, payload: dict[str, Any]) -> str:
        """Send a payload as Slack would, rightly signed, and return what the answer says."""
        status, text = await self.send_signed(payload)
        assert status == 200, text
        return json.dumps(json.loads(text or "{}"), ensure_ascii=False)

    async def send_signed(self, payload: dict[str, Any]) -> tuple[int, str]:
        """Send a payload as Slack would, rightly signed; return the status and the words of the answer."""
        body = urlencode({"payload": json.dumps(payload)})
        stamp = str(int(self.clock.now.timestamp()))
        signature = SignatureVerifier(SIGNING_SECRET).generate_signature(timestamp=stamp, body=body)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature or "",
        }
        async with aiohttp.ClientSession() as session, session.post(self.url + PATH, data=body, headers=headers) as got:
            return got.status, await got.text()

    async def now(self, request: ApprovalRequest) -> ApprovalRequest:
        return (await self.view(request)).request

    async def state(self, request: ApprovalRequest) -> State:
        return (await self.now(request)).state

    async def click(
        self, user: str, ts: str, action_id: str = "jit_approve", channel: str = "C0APPROVE"
    ) -> Interaction:
        """Somebody presses a button of a posted card."""
        interaction = await self.workspace.click(user=user, channel=channel, ts=ts, action_id=action_id)
        assert interaction.complaint is None, interaction
        return interaction

    async def choose(self, user: str, ts: str, option: str, channel: str = "C0APPROVE") -> Interaction:
        """Somebody chooses in the menu of a posted card."""
        interaction = await self.workspace.choose(user=user, channel=channel, ts=ts, action_id=MENU, option=option)
        assert interaction.complaint is None, interaction
        return interaction

    async def whispers(self) -> list[Whisper]:
        """What waits to be whispered; asking takes it off the list."""
        return [effect for effect in await self.effects() if isinstance(effect, Whisper)]

    async def effects(self) -> Sequence[Effect]:
        found: list[Effect] = []
        while rows := await self.desk.run(lambda tx, _: tx.outbox.claim("slack:", (), (), 100, timedelta(hours=1))):
            done = await self.desk.run(partial(_settled, rows))
            found += [row.effect for row in done]
        return found

    async def log(self, request: ApprovalRequest) -> list[str]:
        """The names of the log's entries about a request."""
        return [row.event for row in await self.desk.read(lambda snapshot: look_up.history(snapshot, request.id))]

    async def entries(self, request: ApprovalRequest) -> list[dict[str, Any]]:
        """The log's entries about a request, as they are written."""
        rows = await self.desk.read(lambda snapshot: look_up.history(snapshot, request.id))
        return [json.loads(row.canonical) for row in rows]

    async def everything(self) -> list[dict[str, Any]]:
        """What the whole log says, oldest first. It only grows: what was read before is not read again."""
        rows = await self.desk.read(lambda snapshot: list(snapshot.audit(len(self.read))))
        self.read += [json.loads(row.canonical) for row in rows]
        return list(self.read)

    async def refused(self) -> list[dict[str, Any]]:
        """What the log says of everything that was refused, oldest first."""
        rows = await self.desk.read(lambda snapshot: list(snapshot.audit()))
        found = [json.loads(row.canonical) for row in rows if row.event == "request.refused"]
        return [{"by": entry["actor"]["name"], **entry["detail"]} for entry in found]


def _settled(rows: Sequence[OutboxRow], tx: Transaction, _now: datetime) -> Sequence[OutboxRow]:
    return [row for row in rows if tx.outbox.done(row.id)]


@asynccontextmanager
async def a_house(database: Path) -> AsyncGenerator[House]:
    """Everything stands until the block ends; *database* is a file with the schema in it."""
    clock = Clock()
    async with AsyncExitStack() as stack:
        workspace = await stack.enter_async_context(running_workspace(PATIENT, clock=clock))
        wiring = StoreWiring(
            clock=clock, monotonic=lambda: 0.0, new_id=lambda: str(uuid4()), replica="test", version="0"
        )
        store = Store.open(f"sqlite:///{database}", wiring=wiring)
        await store.start()
        stack.push_async_callback(store.close)
        session = await stack.enter_async_context(open_session())
        client = make_client(BOT_TOKEN, f"{workspace.config.base_url}/api/", session)
        directory = Directory(client, lambda: People((ANA, BO, CHEN, DIA, GUS)), clock)
        usergroups = UserGroups(client, directory, clock)
        desk = Desk(store)
        front = Front(
            desk=desk,
            directory=directory,
            channels=Channels(client, lambda: clock.policy.shared_channels, clock),
            usergroups=usergroups,
            memberships=Memberships({GroupKind.SLACK_USERGROUP: usergroups.roll}, clock),
            client=client,
            seal=Seal("a-secret-key-of-thirty-two-characters"),
            clock=clock,
            freezes=lambda _request, _now: tuple(clock.freezes),
            policy=lambda: clock.policy,
            public_url="https://jit.acme.test",
        )
        switchboard = Switchboard(front)
        app = web.Application()
        register(app, Edge(Verifier(SIGNING_SECRET), switchboard, clock))
        url = await stack.enter_async_context(served(app))
        workspace.point_at(url + PATH)
        yield House(
            workspace=workspace, desk=desk, front=front, store=store, switchboard=switchboard, url=url, clock=clock
        )
