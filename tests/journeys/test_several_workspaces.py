"""Two workspaces in one bot: each is asked, answers and is told in its own; nothing of one is seen in the other."""

import asyncio
import json
import secrets
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from http.cookies import SimpleCookie
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.cli.door import run
from bot.core.errors import Refused
from bot.core.installation import Installation
from bot.core.stamp import Stamp
from bot.houses import Houses
from bot.machine import new_id, utc_now
from bot.relay.installed.keeper import FRESH
from bot.sandbox import Workspace
from bot.sandbox.history import Message
from bot.sandbox.outbound import sign
from bot.sandbox.people import PEOPLE
from bot.settings import Settings
from bot.store import Store, StoreUnreachable, StoreUnusable, StoreWiring, look_into, verify_audit
from bot.usecases.installing import Departure, install, leave
from bot.workspaces import read_workspaces
from handlers.operator import Passes
from handlers.slack import EVENTS
from tests.fakes.slack import CONFIG, SIGNING_SECRET, running_workspace, served
from tests.journeys.living import (
    BO,
    CALLBACK_SECRET,
    PAYMENTS,
    POLICY,
    SECRET_KEY,
    Front,
    Pipeline,
    free_port,
)

# The SDK's own client still names the app in a way that aiohttp would have otherwise.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")

CLIENT_SECRET = SecretStr("a-client-secret-for-tests-of-32-chars")
TEAMS = {"acme": "T0ACME000", "beta": "T0BETA000"}
TOKENS = {"acme": "the-token-of-acmes-pipelines", "beta": "the-token-of-betas-pipelines"}


@dataclass(slots=True, kw_only=True)
class Place(Front):
    """One of the workspaces: its Slack, its pipeline, and the bot as it is reached for it."""

    name: str
    settings: Settings

    async def install(self, *, at: str | None = None) -> str:
        """Install the app from this workspace's Slack, from the page at *at*, and return what is said at the end."""
        page = self.url if at is None else at
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as browser:
            async with browser.get(f"{page}/slack/install", allow_redirects=False) as begun:
                cookie, consent = SimpleCookie(begun.headers["Set-Cookie"]), begun.headers["Location"]
            who = {"Cookie": f"sandbox_user={BO}"}
            path = consent.split("/oauth/", 1)[1]
            mine = f"{self.slack.config.base_url}/oauth/{path}"
            async with browser.post(mine, data={"answer": "allow"}, headers=who, allow_redirects=False) as sent:
                back = sent.headers["Location"]
            ours = {"Cookie": "; ".join(f"{name}={one.value}" for name, one in cookie.items())}
            async with browser.get(back, headers=ours) as ended:
                return f"{ended.status} {await ended.text()}"

    async def submit(self, token: str | None = None, **fields: object) -> aiohttp.ClientResponse:
        """Ask with a token of one's own choosing."""
        body = {"title": f"Deploy of {self.name}", "action": "deploy", "environment": "production"} | fields
        body |= {"tests": {"total": 9, "failed": 1, "failures": [{"id": f"tests.{self.name}::one"}]}}
        headers = {"Authorization": f"Bearer {token or TOKENS[self.name]}"}
        return await self.http.post(f"{self.url}/v1/requests", json=body, headers=headers)

    async def state_of(self, request_id: str, token: str | None = None) -> str:
        headers = {"Authorization": f"Bearer {token or TOKENS[self.name]}"}
        async with self.http.get(f"{self.url}/v1/requests/{request_id}", headers=headers) as answer:
            return (await answer.json()).get("state", f"{answer.status}")

    def log(self) -> list[str]:
        return look_into(self.settings.database_url, lambda snapshot: [row.event for row in snapshot.audit()])


@dataclass(slots=True, kw_only=True)
class Town:
    """The bot, and both workspaces it serves."""

    url: str
    houses: Houses
    acme: Place
    beta: Place

    async def get(self, path: str) -> tuple[int, str]:
        async with self.acme.http.get(f"{self.url}{path}") as answer:
            return answer.status, await answer.text()


def write_files(folder: Path, slacks: Mapping[str, Workspace], databases: Mapping[str, str]) -> None:
    for name, slack in slacks.items():
        policy = folder / f"{name}.yaml"
        policy.write_text(POLICY, encoding="utf-8")
        lines = {
            "SLACK_TEAM_ID": TEAMS[name],
            "SLACK_API_URL": f"{slack.config.base_url}/api/",
            "JIT_SLACK_PACE": "50",
            "JIT_DATABASE_URL": databases.get(name, f"sqlite:///{folder / name}.db"),
            "JIT_POLICY_FILE": str(policy),
            "TEST_CI_TOKEN": TOKENS[name],
            "TEST_CI_SECRET": CALLBACK_SECRET,
        }
        text = "".join(f"{key}={value}\n" for key, value in lines.items())
        (folder / "workspaces" / f"{name}.env").write_text(text, encoding="utf-8")


@asynccontextmanager
async def a_town(
    folder: Path, *, socket_mode: bool = False, databases: Mapping[str, str] | None = None
) -> AsyncGenerator[Town]:
    async with AsyncExitStack() as stack:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        (folder / "workspaces").mkdir()
        slacks = dict[str, Workspace]()
        for name, team in TEAMS.items():
            config = replace(
                CONFIG,
                team=team,
                bot_token=f"xoxb-for-{name}",
                client_secret=CLIENT_SECRET.get_secret_value(),
                redirect_urls=(f"{url}/workspaces",),
                events=EVENTS,
                people=tuple(PEOPLE),
            )
            slacks[name] = await stack.enter_async_context(
                running_workspace(config, request_url=None if socket_mode else f"{url}/slack/events")
            )
        write_files(folder, slacks, databases or {})
        settings = Settings(
            port=port,
            public_url=url,
            secret_key=SecretStr(SECRET_KEY),
            workspaces=folder / "workspaces",
            slack_client_id=CONFIG.client_id,
            slack_client_secret=CLIENT_SECRET,
            slack_signing_secret=None if socket_mode else SecretStr(SIGNING_SECRET),
            slack_app_token=SecretStr(CONFIG.app_token) if socket_mode else None,
        )
        workspaces = read_workspaces(settings)
        houses = Houses(settings, workspaces)
        await houses.start()
        stack.push_async_callback(houses.stop)
        http = await stack.enter_async_context(aiohttp.ClientSession())
        places = dict[str, Place]()
        for name, slack in slacks.items():
            pipeline = Pipeline()
            pipeline.url = f"{await stack.enter_async_context(served(pipeline.application()))}/answers"
            places[name] = Place(
                url=f"{url}/workspaces/{name}",
                slack=slack,
                pipeline=pipeline,
                http=http,
                name=name,
                settings=workspaces[name],
            )
        yield Town(url=url, houses=houses, **places)


def everything_said(slack: Workspace) -> str:
    """Everything that the bot ever sent to this Slack."""
    return " ".join(json.dumps(dict(call.arguments), default=str) for call in slack.calls())


@pytest.mark.parametrize("socket_mode", [False, True], ids=["http", "socket mode"])
async def test_each_is_asked_in_its_own_slack_and_answers_for_itself(tmp_path: Path, socket_mode: bool) -> None:  # noqa: FBT001 - a parameter of pytest's
    async with a_town(tmp_path, socket_mode=socket_mode) as town:
        assert (await town.acme.install()).startswith("200 JIT Approvals is installed")
        assert (await town.beta.install()).startswith("200 JIT Approvals is installed")
        asked = dict[str, str]()
        for place in (town.acme, town.beta):
            answer = await place.submit(callback_url=place.pipeline.url)
            assert answer.status == 201, await answer.text()
            asked[place.name] = (await answer.json())["id"]
        cards = {place.name: await place.card_saying(f"Deploy of {place.name}") for place in (town.acme, town.beta)}

        clicked = await town.acme.slack.click(user=BO, channel=PAYMENTS, ts=cards["acme"].ts, action_id="jit_approve")
        heard = await town.acme.heard(1)

        assert clicked.complaint is None
        assert heard[0]["data"]["id"] == asked["acme"]
        assert await town.acme.state_of(asked["acme"]) == "approved"
        assert await town.beta.state_of(asked["beta"]) == "pending"
        assert town.beta.pipeline.heard == []
        assert "Deploy of beta" not in everything_said(town.acme.slack)
        assert "Deploy of acme" not in everything_said(town.beta.slack)
        assert f"/workspaces/acme/v1/requests/{asked['acme']}" in heard[0]["data"]["url"]
        for place in (town.acme, town.beta):
            assert (await town.houses.each[place.name].store.read(verify_audit)).ok


@asynccontextmanager
async def an_installed_town(folder: Path, databases: Mapping[str, str] | None = None) -> AsyncGenerator[Town]:
    async with a_town(folder, databases=databases) as town:
        for place in (town.acme, town.beta):
            assert (await place.install()).startswith("200 JIT Approvals is installed")
        yield town


async def until(look: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not look():  # noqa: ASYNC110 - a state of the books, not an event
            await asyncio.sleep(0.05)


async def sent(town: Town, payload: Mapping[str, object]) -> tuple[int, str]:
    """Send something as Slack would, rightly signed: the app has one secret for all workspaces."""
    is_event = payload["type"] == "event_callback"
    body = json.dumps(payload).encode() if is_event else urlencode({"payload": json.dumps(payload)}).encode()
    headers = sign(SIGNING_SECRET, body, str(int(datetime.now(UTC).timestamp())))
    headers["Content-Type"] = "application/json" if is_event else "application/x-www-form-urlencoded"
    async with town.acme.http.post(f"{town.url}/slack/events", data=body, headers=headers) as answer:
        return answer.status, await answer.text()


def a_click(card: Message, team: str, response_url: str | None = None) -> dict[str, Any]:
    """A press on the Approve of *card* that says to come from *team*; the same people have the same ids in both."""
    buttons = [element for block in card.blocks for element in block.get("elements", ())]
    approve = next(one for one in buttons if one.get("action_id") == "jit_approve")
    return {
        "type": "block_actions",
        "user": {"id": BO, "team_id": team},
        "team": {"id": team},
        "container": {"type": "message", "message_ts": card.ts, "channel_id": PAYMENTS},
        "trigger_id": "1.2.3",
        "response_url": response_url,
        "actions": [approve],
    }


async def test_a_button_of_one_workspace_is_worth_nothing_in_another(tmp_path: Path) -> None:
    async with an_installed_town(tmp_path) as town:
        asked = (await (await town.acme.submit()).json())["id"]
        card = await town.acme.card_saying("Deploy of acme")

        status, _ = await sent(town, a_click(card, TEAMS["beta"]))
        told = await town.beta.slack.until(lambda: town.beta.slack.ephemerals(BO))

        assert status == 200
        assert await town.acme.state_of(asked) == "pending"
        assert "Deploy of acme" not in everything_said(town.beta.slack)
        assert told
        assert "request.reviewed" not in [*town.acme.log(), *town.beta.log()]


async def test_a_source_of_one_workspace_is_nobody_in_another(tmp_path: Path) -> None:
    async with an_installed_town(tmp_path) as town:
        asked = (await (await town.acme.submit()).json())["id"]

        stranger = await town.beta.submit(TOKENS["acme"])
        elsewhere = await town.beta.state_of(asked)
        listed = await town.beta.http.get(
            f"{town.beta.url}/v1/requests", headers={"Authorization": f"Bearer {TOKENS['beta']}"}
        )

        assert stranger.status == 401
        assert elsewhere == "404"
        assert (await listed.json())["items"] == []
        assert await town.acme.state_of(asked) == "pending"


async def test_a_home_tab_shows_what_waits_in_its_own_workspace(tmp_path: Path) -> None:
    async with an_installed_town(tmp_path) as town:
        for place in (town.acme, town.beta):
            await place.submit()
            await place.card_saying(f"Deploy of {place.name}")
            place.slack.open_home(BO)

        for place, other in ((town.acme, "beta"), (town.beta, "acme")):
            await place.slack.until(lambda place=place: f"Deploy of {place.name}" in home_of(place))
            assert f"Deploy of {other}" not in home_of(place)


def home_of(place: Place) -> str:
    view = place.slack.home(BO)
    return "" if view is None else json.dumps(list(view.blocks))


async def test_the_page_of_one_workspace_takes_no_other(tmp_path: Path) -> None:
    async with a_town(tmp_path) as town:
        said = await town.beta.install(at=town.acme.url)

        assert not said.startswith("200")
        for place in (town.acme, town.beta):
            assert "workspace.installed" not in place.log()


async def test_one_workspace_goes_and_the_other_stays(tmp_path: Path) -> None:
    async with an_installed_town(tmp_path) as town:
        town.beta.slack.uninstall()
        await town.beta.slack.quiet()
        await until(lambda: "workspace.left" in town.beta.log())
        await asyncio.sleep(FRESH)  # the keeper goes by what it read no longer than that

        await town.acme.submit()
        await town.acme.card_saying("Deploy of acme")
        status, ready = await town.get("/readyz")
        checks = json.loads(ready)["checks"]

        assert "workspace.left" not in town.acme.log()
        assert (status, json.loads(ready)["status"]) == (200, "ready in part")
        assert checks["acme.slack"] == {"ok": True, "detail": "team T0ACME000"}
        assert not checks["beta.slack"]["ok"]


@pytest.mark.parametrize("spelling", ["application_name=another", "options=-csearch_path%3D{schema},public"])
async def test_two_workspaces_never_share_a_database_however_its_address_is_written(
    tmp_path: Path, postgres_url: str, spelling: str
) -> None:
    start, schema = postgres_url.rsplit("options=-csearch_path%3D", 1)
    other = f"{start}{spelling.format(schema=schema)}" if "options" in spelling else f"{postgres_url}&{spelling}"

    with pytest.raises(StoreUnusable, match="the workspaces acme and beta have the same database"):
        async with a_town(tmp_path, databases={"acme": postgres_url, "beta": other}):
            pass


async def test_one_file_under_two_names_is_one_database(tmp_path: Path) -> None:
    (tmp_path / "acme.db").touch()
    (tmp_path / "beta.db").hardlink_to(tmp_path / "acme.db")

    with pytest.raises(StoreUnusable, match="the workspaces acme and beta have the same database"):
        async with a_town(tmp_path):
            pass


async def test_two_databases_of_one_server_are_two(tmp_path: Path, postgres_url: str, other_postgres_url: str) -> None:
    async with an_installed_town(tmp_path, {"acme": postgres_url, "beta": other_postgres_url}) as town:
        asked = (await (await town.acme.submit()).json())["id"]

        assert await town.beta.state_of(asked) == "404"


@pytest.mark.parametrize("has_left", [False, True])
async def test_the_books_of_one_workspace_are_never_another_s(tmp_path: Path, has_left: bool) -> None:  # noqa: FBT001 - a parameter of pytest's
    wiring = StoreWiring(clock=utc_now, monotonic=monotonic, new_id=new_id, replica="test", version="0")
    store = Store.open(f"sqlite:///{tmp_path / 'acme.db'}", wiring=wiring)
    await store.start()
    try:
        acme, beta = (
            Installation(team=team, sealed="sealed", installed_at=utc_now()) for team in (TEAMS["acme"], TEAMS["beta"])
        )
        await store.committer.run(lambda tx, now: install(tx, acme, now))
        if has_left:
            gone = Departure(team=acme.team, kind="app_uninstalled", at=utc_now(), stamp=Stamp("event:Ev1"))
            assert await store.committer.run(lambda tx, now: leave(tx, gone, now))

        with pytest.raises(Refused, match="The database of this bot belongs to the workspace T0ACME000"):
            await store.committer.run(lambda tx, now: install(tx, beta, now))
        await store.committer.run(lambda tx, now: install(tx, acme, now))
        assert await store.read(lambda snapshot: snapshot.installation(beta.team)) is None
    finally:
        await store.close()


async def test_the_policy_of_one_is_read_anew_while_the_books_of_another_do_not_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_town(tmp_path) as town:
        acme, beta = (town.houses.each[name] for name in ("acme", "beta"))
        file = tmp_path / "beta.yaml"
        file.write_text(file.read_text(encoding="utf-8").replace("green staging", "quiet staging"), encoding="utf-8")
        held, hangs = beta.policy().hash, asyncio.Event()

        async def hang(*_: object) -> None:
            await hangs.wait()
            raise StoreUnreachable("the database does not answer")

        with monkeypatch.context() as patch:
            patch.setattr(acme.store.committer, "run", hang)
            reloading = asyncio.create_task(town.houses.reload())
            await until(lambda: beta.policy().hash != held)
            hangs.set()
            await reloading


STRANGE = "T0STRANGE"
STRANGE_EVENT = {
    "type": "event_callback",
    "event_id": "Ev1",
    "team_id": STRANGE,
    "event_time": 1,
    "event": {"type": "app_mention", "user": BO, "text": "<@U0JITBOT0> list", "channel": PAYMENTS, "ts": "1.1"},
}


async def test_whoever_writes_from_a_workspace_that_is_not_served_hears_so_and_reaches_nobody(tmp_path: Path) -> None:
    async with an_installed_town(tmp_path) as town:
        await town.acme.submit()
        card = await town.acme.card_saying("Deploy of acme")
        heard = list[dict[str, Any]]()
        listener = web.Application()
        listener.router.add_post("/here", partial(hear, heard))
        async with served(listener) as address:
            with capture_logs() as logs:
                clicked = await sent(town, a_click(card, STRANGE, f"{address}/here"))
        nowhere = await sent(town, a_click(card, STRANGE))
        in_no_workspace = await sent(town, a_click(card, STRANGE) | {"team": None})
        event = await sent(town, STRANGE_EVENT)
        view: dict[str, Any] = {"id": "V1", "type": "modal", "callback_id": "jit_reject", "state": {"values": {}}}
        dialog = await sent(
            town, {"type": "view_submission", "user": {"id": BO}, "team": {"id": STRANGE}, "view": view}
        )

        assert clicked[0] == 200
        assert "not set up for this workspace" in heard[0]["text"]
        assert heard[0]["response_type"] == "ephemeral"
        said = [one for one in logs if one["event"] == "slack.workspace_not_served"]
        assert [(one["team"], one["kind"]) for one in said] == [(STRANGE, "clicked")]
        assert nowhere[0] == in_no_workspace[0] == 503
        assert event == (200, "")
        assert "not set up for this workspace" in dialog[1]
        written = {*town.acme.log(), *town.beta.log()}
        assert written == {"workspace.installed", "policy.loaded", "request.submitted", "card.posted"}


async def hear(heard: list[dict[str, Any]], request: web.Request) -> web.Response:
    heard.append(await request.json())
    return web.Response(text="ok")


async def test_a_workspace_that_is_not_served_does_not_fill_the_log(tmp_path: Path) -> None:
    async with a_town(tmp_path) as town:
        with capture_logs() as logs:
            for number in range(5):
                assert await sent(town, STRANGE_EVENT | {"event_id": f"Ev{number}"}) == (200, "")
            assert await sent(town, STRANGE_EVENT | {"team_id": "T0OTHER"}) == (200, "")

        assert [one["team"] for one in logs if one["event"] == "slack.workspace_not_served"] == [STRANGE, "T0OTHER"]


async def test_a_command_from_a_workspace_that_is_not_served_is_answered(tmp_path: Path) -> None:
    async with a_town(tmp_path) as town:
        body = urlencode({"command": "/jit", "text": "list", "user_id": BO, "team_id": STRANGE}).encode()
        headers = sign(SIGNING_SECRET, body, str(int(datetime.now(UTC).timestamp())))
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        async with town.acme.http.post(f"{town.url}/slack/events", data=body, headers=headers) as answer:
            said = await answer.text()

        assert "not set up for this workspace" in said


async def test_slack_verifies_the_address_before_anybody_installs(tmp_path: Path) -> None:
    async with a_town(tmp_path) as town:
        assert await town.acme.slack.verify_request_url()


async def test_machines_that_watch_see_all_of_it_at_one_address(tmp_path: Path) -> None:
    async with an_installed_town(tmp_path) as town:
        await town.acme.submit()
        alive, ready = await town.get("/healthz"), await town.get("/readyz")
        _, numbers = await town.get("/metrics")
        nothing, inside = await town.get("/v1/requests"), await town.get("/workspaces/acme/nothing")
        _, own = await town.get("/workspaces/beta/metrics")

        assert alive[0] == ready[0] == 200
        assert sorted(json.loads(ready[1])["checks"]) == [
            f"{name}.{check}" for name in ("acme", "beta") for check in ("clock", "database", "policy", "slack")
        ]
        assert 'jit_requests_submitted_total{outcome="require_approval",source="ci",workspace="acme"} 1.0' in numbers
        assert numbers.count("# TYPE jit_audit_seq gauge") == 1
        assert 'jit_audit_seq{workspace="beta"}' in numbers
        assert 'source="ci"' not in own
        assert nothing[0] == inside[0] == 404
        assert "below /workspaces/" in nothing[1]


async def test_the_command_line_is_about_the_workspace_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    async with an_installed_town(tmp_path) as town:
        await town.acme.submit()
        monkeypatch.chdir(tmp_path)
        port = town.url.rsplit(":", 1)[1]
        for name, value in {
            "JIT_PORT": port,
            "JIT_PUBLIC_URL": town.url,
            "JIT_SECRET_KEY": SECRET_KEY,
            "JIT_WORKSPACES": "workspaces",
            "SLACK_CLIENT_ID": CONFIG.client_id,
            "SLACK_CLIENT_SECRET": CLIENT_SECRET.get_secret_value(),
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        }.items():
            monkeypatch.setenv(name, value)
        (tmp_path / "acme.yaml").write_text(POLICY + "# changed\n", encoding="utf-8")

        async def jit(*words: str) -> tuple[int, str]:
            code = await asyncio.to_thread(run, words)
            said = capfd.readouterr()
            return code, said.out + said.err

        capfd.readouterr()
        unnamed = await jit("request", "list")
        wrong = await jit("--workspace", "gamma", "request", "list")
        acme, beta = await jit("-w", "acme", "request", "list"), await jit("-w", "beta", "request", "list")
        held = town.houses.each["beta"].policy().hash
        reloaded = await jit("--workspace", "acme", "policy", "reload")
        monkeypatch.setenv("JIT_WORKSPACE", "beta")
        verified = await jit("audit", "verify")
        looked = await jit("doctor")

        assert unnamed == (78, "jit: JIT_WORKSPACES: the bot serves acme, beta; say which: jit --workspace NAME ...\n")
        assert wrong[0] == 78
        assert "JIT_WORKSPACES has acme, beta" in wrong[1]
        assert "Deploy of acme" in acme[1]
        assert "Deploy of" not in beta[1]
        assert (reloaded[0], town.houses.each["acme"].policy().hash in reloaded[1]) == (0, True)
        assert town.houses.each["beta"].policy().hash == held != town.houses.each["acme"].policy().hash
        assert (verified[0], "good" in verified[1]) == (0, True)
        assert "slack: team T0BETA000" in looked[1]
        assert "answers: version" in looked[1]


async def test_an_operators_pass_for_one_workspace_orders_nothing_in_another(tmp_path: Path) -> None:
    async with an_installed_town(tmp_path) as town:
        key = town.acme.settings.secret_key
        assert key is not None
        statuses = list[int]()
        for name in ("acme", "beta"):
            path = f"/workspaces/{name}/operator/status"
            pass_ = Passes(key.get_secret_value()).draw(f"POST {path}", secrets.token_hex(16), datetime.now(UTC))
            async with town.acme.http.post(f"{town.url}{path}", headers={"Authorization": pass_}) as answer:
                statuses.append(answer.status)

        assert statuses == [200, 401]


async def test_everything_is_closed_again_when_one_of_them_cannot_open(tmp_path: Path) -> None:
    async with a_town(tmp_path) as town:
        first = town.acme.settings
        broken = first.model_copy(update={"database_url": f"sqlite:///{tmp_path / 'none' / 'x.db'}"})
        own = first.model_copy(update={"database_url": f"sqlite:///{tmp_path / 'gamma.db'}"})
        port = Settings(port=free_port(), secret_key=first.secret_key)

        with pytest.raises(StoreUnusable):
            await Houses(port, {"gamma": own, "delta": broken}).start()
        again = Houses(port, {"gamma": own})
        await again.start()
        await again.stop()
