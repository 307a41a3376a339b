"""A token that ends is renewed by one of several replicas, and used as long as it lasts, whatever comes of that."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, cast

import pytest
from slack_sdk.errors import SlackApiError

from bot.core.installation import Installation
from bot.relay.installed import App, Keeper
from bot.relay.installed.renewing import RENEWING, claim_renewal
from bot.sandbox import Workspace
from bot.sandbox.faults import CutBefore, Refusal, Slow
from bot.slack import make_client, open_session
from bot.slack.faults import NotInstalled, TokenUnreadable
from bot.slack.installing import LentClient, Tokens, Vault
from bot.store import Store, StoreWiring, Transaction, verify_audit
from bot.usecases.installing import install
from tests.fakes.slack import CONFIG, running_workspace

pytestmark = [
    pytest.mark.postgres,  # a SQLite file has one house
    # The SDK's own client still names the app in a way that aiohttp would have otherwise.
    pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning"),
]

TEAM, KEY = "T0ACME000", "a-secret-key-of-thirty-two-characters"
IDS = count(1)
SECONDS = 43_200


@dataclass
class Clock:
    """The time in every house and in the workspace."""

    now: datetime = datetime(2030, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@dataclass(kw_only=True)
class Houses:
    """Two replicas on the same books, and one workspace."""

    stores: tuple[Store, Store]
    keepers: tuple[Keeper, Keeper]
    workspace: Workspace
    clock: Clock
    vault: Vault

    async def put(self, *, lasts: int | None = SECONDS) -> str:
        """Install the app, as its page does, and return the token."""
        issued = self.workspace.state.installs.issue(self.workspace.config, self.clock.now)
        ends = None if lasts is None else self.clock.now + timedelta(seconds=lasts)
        tokens = Tokens(team=TEAM, bot=issued.token, refresh=issued.refresh)
        new = Installation(team=TEAM, sealed=self.vault.seal(tokens), installed_at=self.clock.now, expires_at=ends)
        await self.stores[0].committer.run(lambda tx, now: install(tx, replace(new, installed_at=now), now))
        return issued.token

    def renewals(self) -> list[str | None]:
        return [call.error for call in self.workspace.calls("oauth.v2.access")]

    def forget(self) -> None:
        for keeper in self.keepers:
            keeper.forget()


@pytest.fixture
async def houses(postgres_url: str) -> AsyncIterator[Houses]:
    clock = Clock(datetime.now(UTC))
    async with AsyncExitStack() as stack:
        config = replace(CONFIG, token_seconds=SECONDS)
        workspace = await stack.enter_async_context(running_workspace(config, clock=clock))
        session = await stack.enter_async_context(open_session())
        bare, vault = make_client(None, f"{workspace.config.base_url}/api", session), Vault(KEY)
        app = App(client_id=CONFIG.client_id, client_secret=CONFIG.client_secret, team=TEAM)
        stores = [await a_store(stack, postgres_url, clock, name) for name in ("one", "two")]
        keepers = [Keeper(store, vault, app, bare) for store in stores]
        yield Houses(
            stores=(stores[0], stores[1]),
            keepers=(keepers[0], keepers[1]),
            workspace=workspace,
            clock=clock,
            vault=vault,
        )


async def a_store(stack: AsyncExitStack, url: str, clock: Clock, name: str) -> Store:
    wiring = StoreWiring(
        clock=clock,
        monotonic=lambda: 0.0,
        new_id=lambda: f"019a0000-0000-7000-8000-{next(IDS):012x}",
        replica=name,
        version="0",
    )
    store = Store.open(url, wiring=wiring)
    await store.start()
    stack.push_async_callback(store.close)
    return store


async def test_one_of_two_replicas_renews_and_both_go_on_with_the_same_token(houses: Houses) -> None:
    old = await houses.put(lasts=3600)
    houses.workspace.faults.add("oauth.v2.access", Slow(0.3))

    got = await asyncio.gather(*(keeper.token() for keeper in (*houses.keepers, *houses.keepers)))
    houses.forget()
    after = [await keeper.token() for keeper in houses.keepers]

    assert houses.renewals() == [None]
    assert set(got) - {old} == set(after)
    assert len(set(after)) == 1
    assert (await houses.stores[0].read(verify_audit)).ok


async def test_whoever_asks_a_moment_before_the_other_and_is_heard_after_it_does_not_renew(houses: Houses) -> None:
    """Each reads the time before it waits for the row."""
    await houses.put(lasts=3600)
    run = houses.stores[0].committer.run
    moment = houses.clock.now

    async def claims(now: datetime) -> bool:
        return await run(lambda tx, _: claim_renewal(tx, TEAM, 1, now))

    claimed = [await claims(moment), await claims(moment - timedelta(milliseconds=5)), await claims(moment + RENEWING)]
    after_a_jump = await claims(moment - timedelta(hours=1))

    assert claimed == [True, False, True]
    assert after_a_jump


async def test_a_token_that_has_ended_is_waited_for_by_whoever_does_not_renew_it(houses: Houses) -> None:
    old = await houses.put(lasts=-1)
    houses.workspace.faults.add("oauth.v2.access", Slow(0.5))

    got = await asyncio.gather(*(keeper.token() for keeper in houses.keepers))

    assert houses.renewals() == [None]
    assert got[0] == got[1] != old


async def test_while_it_lasts_it_is_used_although_it_could_not_be_renewed(houses: Houses) -> None:
    old = await houses.put(lasts=3600)
    houses.workspace.faults.add("oauth.v2.access", Refusal("internal_error"))

    assert [await houses.keepers[0].token() for _ in range(3)] == [old] * 3
    assert houses.renewals() == ["internal_error"]


async def test_one_that_has_ended_and_is_not_renewed_is_none(houses: Houses) -> None:
    await houses.put(lasts=-1)
    houses.workspace.faults.add("oauth.v2.access", Refusal("invalid_refresh_token"))

    with pytest.raises(SlackApiError, match="invalid_refresh_token"):
        await houses.keepers[0].token()


async def test_a_renewal_that_was_cut_off_is_tried_again_by_the_next(houses: Houses) -> None:
    """Whoever began it has a minute; after that it is anybody's."""
    old = await houses.put(lasts=3600)
    houses.workspace.faults.add("oauth.v2.access", CutBefore())

    assert await houses.keepers[0].token() == old
    assert await houses.keepers[1].token() == old
    houses.clock.now += timedelta(minutes=2)
    await lease_over(houses)
    houses.forget()

    assert await houses.keepers[1].token() != old


async def lease_over(houses: Houses) -> None:
    """Let the minute pass: on PostgreSQL, its clock is the house's."""

    def end(tx: Transaction, _now: datetime) -> None:
        known = tx.installations.lock(TEAM)
        assert known is not None
        tx.installations.put(replace(known, renewing_until=None))

    await houses.stores[0].committer.run(end)


async def test_a_token_that_never_ends_is_never_renewed(houses: Houses) -> None:
    token = await houses.put(lasts=None)

    assert await houses.keepers[1].token() == token
    assert houses.renewals() == []


async def test_without_an_installation_and_with_another_key_there_is_no_token(houses: Houses) -> None:
    with pytest.raises(NotInstalled):
        await houses.keepers[0].token()
    await houses.put()
    app = App(client_id="c", client_secret="s", team=TEAM)
    stranger = Keeper(houses.stores[0], Vault("another key of thirty-two characters"), app, cast("Any", None))

    with pytest.raises(TokenUnreadable):
        await stranger.token()


async def test_every_call_is_lent_the_token_that_holds_then_and_one_with_its_own_keeps_it(houses: Houses) -> None:
    first = await houses.put(lasts=None)
    lent = [first, "xoxb-of-somebody-else"]
    async with open_session() as session:

        async def lend() -> str:
            return lent.pop(0)

        client = cast("Any", LentClient(lend, f"{houses.workspace.config.base_url}/api/", session))
        await client.auth_test()
        with pytest.raises(SlackApiError, match="invalid_auth"):
            await client.auth_test()
        await client.auth_test(token=first)

    assert lent == []
