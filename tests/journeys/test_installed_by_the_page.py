"""The app comes in by its install page, decides, has its token renewed, goes again: and nobody else's comes in."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr

from bot.app import House, build
from bot.cli.installed import token_of
from bot.relay.installed.keeper import FRESH
from bot.sandbox import Workspace
from bot.sandbox.ids import TEAM
from bot.sandbox.outbound import sign
from bot.settings import Settings, SettingsInvalid
from bot.store import look_into, verify_audit
from handlers.slack import EVENTS
from tests.fakes.slack import CONFIG, running_workspace, served
from tests.journeys.living import BO, EVE, Front, Pipeline, free_port, lived_in, settings_for

# The SDK's own client still names the app in a way that aiohttp would have otherwise.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")

SECRET = SecretStr("a-client-secret-for-tests-of-32-chars")


@dataclass(slots=True, kw_only=True)
class Shop(Front):
    """A house whose token comes by the page."""

    house: House
    settings: Settings

    async def install(self, *, user: str = BO, answer: str = "allow", changed: Callable[[str], str] = str) -> str:
        """Walk through the pages as *user* and return what the last one says; *changed* alters the way back."""
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as browser:
            async with browser.get(f"{self.url}/slack/install", allow_redirects=False) as begun:
                assert begun.status == 302, await begun.text()
                cookie = SimpleCookie(begun.headers["Set-Cookie"])
                consent = begun.headers["Location"]
            assert f"team={TEAM}" in consent
            who = {"Cookie": f"sandbox_user={user}"}
            async with browser.post(consent, data={"answer": answer}, headers=who, allow_redirects=False) as sent:
                back = changed(sent.headers["Location"])
            ours = {"Cookie": "; ".join(f"{name}={one.value}" for name, one in cookie.items())}
            async with browser.get(back, headers=ours) as ended:
                return f"{ended.status} {await ended.text()}"

    async def readiness(self) -> str:
        async with self.http.get(f"{self.url}/readyz") as answer:
            return await answer.text()

    def log(self) -> list[str]:
        return look_into(self.settings.database_url, lambda snapshot: [row.event for row in snapshot.audit()])


@asynccontextmanager
async def a_shop(
    folder: Path, database_url: str, *, seconds: int | None = None, wide: bool = False
) -> AsyncGenerator[Shop]:
    async with AsyncExitStack() as stack:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        config = replace(
            CONFIG,
            client_secret=SECRET.get_secret_value(),
            redirect_urls=(f"{url}/slack/oauth_redirect",),
            events=EVENTS,
            token_seconds=seconds,
            is_org_wide=wide,
            enterprise="E0ACME000" if wide else None,
        )
        slack = await stack.enter_async_context(running_workspace(config, request_url=f"{url}/slack/events"))
        pipeline = Pipeline()
        pipeline.url = f"{await stack.enter_async_context(served(pipeline.application()))}/answers"
        settings = installing(settings_for(folder, port, slack, database_url))
        house = await stack.enter_async_context(lived_in(settings))
        http = await stack.enter_async_context(aiohttp.ClientSession())
        yield Shop(url=url, slack=slack, pipeline=pipeline, http=http, house=house, settings=settings)


def installing(settings: Settings) -> Settings:
    found = {"slack_client_id": CONFIG.client_id, "slack_client_secret": SECRET, "slack_team_id": TEAM}
    return settings.model_copy(update={"slack_bot_token": None, **found})


async def until(look: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not look():  # noqa: ASYNC110 - a state of the books, not an event
            await asyncio.sleep(0.05)


async def the_raw(shop: Shop) -> str:
    """Everything the table holds."""
    found = await shop.house.store.read(lambda snapshot: snapshot.installation(TEAM))
    return str(found)


async def test_what_was_asked_before_is_shown_once_it_is_installed(tmp_path: Path, database_url: str) -> None:
    async with a_shop(tmp_path, database_url) as shop:
        asked = await shop.ask(callback_url=shop.pipeline.url)
        before, ready_before = shop.slack.calls("chat.postMessage"), await shop.readiness()

        said = await shop.install()
        card = await shop.card()
        clicked = await shop.slack.click(user=BO, channel=card.channel, ts=card.ts, action_id="jit_approve")
        await shop.heard(1)

        assert before == ()
        assert "/slack/install" in ready_before
        assert said.startswith("200 JIT Approvals is installed in Acme")
        assert clicked.complaint is None
        assert (await shop.show(asked["id"]))["state"] == "approved"
        assert "team T0ACME000" in await shop.readiness()
        assert "workspace.installed" in shop.log()
        assert (await shop.house.store.read(verify_audit)).ok


async def test_the_books_hold_no_token_that_anybody_could_read(tmp_path: Path, database_url: str) -> None:
    async with a_shop(tmp_path, database_url, seconds=43_200) as shop:
        with pytest.raises(SettingsInvalid, match="/slack/install"):
            token_of(shop.settings)
        await shop.install()
        held = await the_raw(shop)

        # What stands beside the bot with its key, as the doctor does, reads it.
        assert token_of(shop.settings).startswith("xoxe.xoxb-")

        assert "sealed='gAAAA" in held
        assert "xox" not in held
        assert not any(word in page for page in pages_of(tmp_path) for word in (b"xoxb-", b"xoxe"))


def pages_of(folder: Path) -> list[bytes]:
    """Return the files of a SQLite database as they are on the disk; there are none with PostgreSQL."""
    return [path.read_bytes() for path in folder.iterdir() if path.name.startswith("jit.db")]


@pytest.mark.parametrize("why", ["said no", "another browser", "twice", "forged", "an old code"])
async def test_whatever_comes_back_that_we_did_not_send_installs_nothing(
    tmp_path: Path, database_url: str, why: str
) -> None:
    async with a_shop(tmp_path, database_url) as shop:
        match why:
            case "said no":
                said = await shop.install(answer="deny")
            case "another browser":
                async with shop.http.get(f"{shop.url}/slack/oauth_redirect?code=c&state=s") as answer:
                    said = f"{answer.status} {await answer.text()}"
            case "twice":
                back: list[str] = []
                await shop.install(changed=lambda url: back.append(url) or url)
                state = back[0].split("state=")[1]
                cookie = {"Cookie": f"slack-app-oauth-state={state.replace('%3D', '=')}"}
                async with shop.http.get(back[0], headers=cookie) as answer:
                    said = f"{answer.status} {await answer.text()}"
                assert shop.log().count("workspace.installed") == 1
                assert said.startswith("401")
                return
            case "forged":
                said = await shop.install(changed=lambda url: url.split("&state=")[0] + "&state=gAAAAAforged")
            case _:
                said = await shop.install(changed=lambda url: url.replace("code=", "code=x"))

        assert not said.startswith("200 JIT")
        assert "workspace.installed" not in shop.log()


async def test_another_workspace_is_refused_and_nothing_of_it_is_kept(tmp_path: Path, database_url: str) -> None:
    async with a_shop(tmp_path, database_url) as shop:
        said = await shop.install(user=EVE)
        kept = await shop.house.store.read(lambda snapshot: snapshot.installation("T0OTHER00"))

        assert said.startswith("403 This bot serves the workspace T0ACME000 only")
        assert kept is None
        assert "workspace.installed" not in shop.log()


async def test_a_whole_organisation_is_refused_too(tmp_path: Path, database_url: str) -> None:
    async with a_shop(tmp_path, database_url, wide=True) as shop:
        said = await shop.install()

        assert said.startswith("403")
        assert "a whole organisation" in said
        assert "workspace.installed" not in shop.log()


async def test_a_workspace_that_takes_the_app_away_is_forgotten_and_may_have_it_again(
    tmp_path: Path, database_url: str
) -> None:
    async with a_shop(tmp_path, database_url) as shop:
        await shop.install()
        first = await shop.ask()
        card = await shop.card()

        shop.slack.uninstall()
        await shop.slack.quiet()
        await until(lambda: "workspace.left" in shop.log())
        await asyncio.sleep(FRESH)  # the keeper goes by what it read no longer than that
        clicked = await shop.slack.click(user=BO, channel=card.channel, ts=card.ts, action_id="jit_approve")
        gone, ready = await the_raw(shop), await shop.readiness()
        waiting = await shop.ask()
        again = await shop.install()
        shown = await shop.card_saying(f"#{waiting['number']}")

        assert clicked.complaint is None
        assert (await shop.show(first["id"]))["state"] == "pending"
        assert "sealed=None" in gone
        assert "/slack/install" in ready
        assert again.startswith("200")
        assert shown.ts > card.ts
        assert shop.log().count("workspace.left") == 1
        assert (await shop.house.store.read(verify_audit)).ok


async def test_an_event_that_comes_late_or_is_about_another_workspace_takes_nothing_away(
    tmp_path: Path, database_url: str
) -> None:
    async with a_shop(tmp_path, database_url) as shop:
        await shop.install()
        earlier = int((datetime.now(UTC) - timedelta(minutes=1)).timestamp())

        for team, at in ((TEAM, earlier), ("T0OTHER00", earlier + 3600)):
            payload = {
                "type": "event_callback",
                "event_id": f"Ev{team}{at}",
                "team_id": team,
                "event_time": at,
                "event": {"type": "app_uninstalled"},
            }
            assert await sent(shop.slack, shop, payload) == 200

        assert "workspace.left" not in shop.log()
        assert "sealed='gAAAA" in await the_raw(shop)


async def sent(slack: Workspace, shop: Shop, payload: Mapping[str, object]) -> int:
    """Send an event as Slack would, rightly signed."""
    body = json.dumps(payload).encode()
    headers = sign(slack.config.signing_secret, body, str(int(datetime.now(UTC).timestamp())))
    async with shop.http.post(
        f"{shop.url}/slack/events", data=body, headers={**headers, "Content-Type": "application/json"}
    ) as answer:
        return answer.status


async def test_a_token_is_renewed_before_it_ends_and_once_for_two_replicas(tmp_path: Path, database_url: str) -> None:
    """An hour is less than the two before its end in which a token is due: so this one is at once."""
    async with a_shop(tmp_path, database_url, seconds=3_600) as shop:
        await shop.install()
        await shop.ask()
        await shop.card()
        await until(lambda: "workspace.token_renewed" in shop.log())

        exchanged = [one for one in shop.slack.calls("oauth.v2.access") if one.arguments.get("grant_type")]
        held = await shop.house.store.read(lambda snapshot: snapshot.installation(TEAM))
        assert [one.error for one in exchanged] == [None]
        assert held is not None
        assert (held.version, held.renewing_until) == (2, None)
        assert (await shop.house.store.read(verify_audit)).ok


async def test_a_new_start_goes_on_with_what_was_kept_and_another_key_says_what_to_do(
    tmp_path: Path, database_url: str
) -> None:
    async with a_shop(tmp_path, database_url) as shop:
        await shop.install()
        await shop.house.stop()

        for key, before, expected in (
            (shop.settings.secret_key, None, "team T0ACME000"),
            (SecretStr("another key of thirty-two characters"), shop.settings.secret_key, "team T0ACME000"),
            (SecretStr("another key of thirty-two characters"), None, "JIT_SECRET_KEY_BEFORE"),
        ):
            settings = shop.settings.model_copy(update={"secret_key": key, "secret_key_before": before})
            house = build(settings)
            await house.start()
            try:
                assert expected in await shop.readiness()
            finally:
                await house.stop()
