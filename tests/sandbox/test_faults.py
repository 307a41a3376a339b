"""Faults on purpose, pace, the guard, and what a restart keeps."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from bot.sandbox import CutAfter, CutBefore, RateLimit, Refusal, ServerError, Slow, Workspace
from bot.sandbox.faults import ANY
from tests.fakes.slack import CONFIG, Api, api_of, running_workspace
from tests.sandbox.cards import card

APPROVALS = "C0APPROVE"


@pytest.fixture
async def session() -> AsyncGenerator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as running:
        yield running


async def test_a_rate_limit_says_when_to_come_back_and_does_nothing(workspace: Workspace, api: Api) -> None:
    workspace.faults.add("chat.postMessage", RateLimit(7))

    answer = await api.refusal("chat_postMessage", channel=APPROVALS, text="x")

    assert (answer.status, answer.headers["Retry-After"]) == (429, "7")
    assert workspace.messages(APPROVALS) == ()
    await api("chat_postMessage", channel=APPROVALS, text="x")


async def test_a_server_error_does_nothing(workspace: Workspace, api: Api) -> None:
    workspace.faults.add("chat.postMessage", ServerError(503))

    answer = await api.refusal("chat_postMessage", channel=APPROVALS, text="x")

    assert answer.status == 503
    assert workspace.messages(APPROVALS) == ()


@pytest.mark.parametrize(("fault", "count"), [(CutBefore(), 0), (CutAfter(), 1)])
async def test_a_cut_connection_leaves_the_caller_in_doubt(
    workspace: Workspace, api: Api, fault: CutBefore | CutAfter, count: int
) -> None:
    workspace.faults.add("chat.postMessage", fault)

    with pytest.raises(aiohttp.ClientError):
        await api("chat_postMessage", channel=APPROVALS, text="x")

    assert len(workspace.messages(APPROVALS)) == count


async def test_faults_are_counted_and_a_methods_own_come_first(workspace: Workspace, api: Api) -> None:
    workspace.faults.add(ANY, Refusal("fatal_error"))
    workspace.faults.add("auth.test", Refusal("internal_error"), times=2)
    workspace.faults.add("users.info", Slow(0.01))

    errors = [await api.error("auth_test") for _ in range(3)]

    assert errors == ["internal_error", "internal_error", "fatal_error"]
    assert workspace.faults.left("users.info") == 1
    assert (await api("users_info", user="U0BO00000"))["ok"]


async def test_the_pace_of_a_channel_is_kept_when_asked_for() -> None:
    now = [datetime(2030, 1, 1, tzinfo=UTC)]
    config = replace(CONFIG, messages_per_second=1.0, messages_burst=2)
    async with running_workspace(config, clock=lambda: now[0]) as workspace:
        api = api_of(workspace)
        for _ in range(2):
            await api("chat_postMessage", channel=APPROVALS, text="x")
        error = await api.error("chat_postMessage", channel="#approvals", text="x")
        await api("chat_postMessage", channel="C0PAYMENT", text="x")
        now[0] += timedelta(seconds=1)
        await api("chat_postMessage", channel=APPROVALS, text="x")

    assert error == "ratelimited"


async def test_faults_are_ordered_over_http(workspace: Workspace, api: Api, session: aiohttp.ClientSession) -> None:
    url = f"{workspace.config.base_url}/_sandbox/faults"

    async with session.post(url, json={"method": "auth.test", "kind": "refusal", "error": "fatal_error"}) as answer:
        assert answer.status == 201
    async with session.post(url, json={"method": "auth.test", "kind": "explode"}) as answer:
        assert answer.status == 422

    assert await api.error("auth_test") == "fatal_error"
    async with session.get(f"{workspace.config.base_url}/_sandbox/calls") as answer:
        assert [call["error"] for call in (await answer.json())["calls"]] == ["fatal_error"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 201),
        ({"Host": "evil.test"}, 403),
        ({"Origin": "http://evil.test"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 201),
    ],
)
async def test_other_sites_and_hosts_may_not_act_here(
    workspace: Workspace, session: aiohttp.ClientSession, headers: dict[str, str], status: int
) -> None:
    order = {"method": "auth.test", "kind": "slow"}

    async with session.post(f"{workspace.config.base_url}/_sandbox/faults", json=order, headers=headers) as answer:
        assert answer.status == status


@pytest.mark.parametrize("path", ["/api/auth.test", "/%61pi/auth.test"])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://evil.test"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
    ],
)
async def test_another_site_calls_no_method_of_slack_however_it_asks(
    workspace: Workspace, session: aiohttp.ClientSession, path: str, headers: dict[str, str], status: int
) -> None:
    url = URL(f"{workspace.config.base_url}{path}", encoded=True)

    async with session.get(url, headers=headers) as answer:
        assert answer.status == status


async def test_a_workspace_with_a_file_goes_on_where_it_was(tmp_path: Path) -> None:
    config = replace(CONFIG, state_file=tmp_path / "sandbox.db")
    async with running_workspace(config) as workspace:
        api = api_of(workspace)
        head = await api("chat_postMessage", channel=APPROVALS, text="card", blocks=card())
        await api("chat_postMessage", channel=APPROVALS, text="step", thread_ts=head["ts"])
        await api("chat_postMessage", channel="U0BO00000", text="for you")
        gone = await api("chat_postMessage", channel=APPROVALS, text="gone")
        await api("chat_delete", channel=APPROVALS, ts=gone["ts"])
        await api("chat_update", channel=APPROVALS, ts=head["ts"], text="changed", blocks=card())
        workspace.state.mark_read("U0BO00000", APPROVALS)

    async with running_workspace(config, clock=lambda: datetime(2020, 1, 1, tzinfo=UTC)) as workspace:
        api = api_of(workspace)
        (message,) = workspace.messages(APPROVALS)
        later = await api("chat_postMessage", channel=APPROVALS, text="later")

        assert (message.text, len(message.blocks)) == ("changed", 3)
        assert [reply.text for reply in workspace.thread(APPROVALS, message.ts)] == ["step"]
        assert [reply.text for reply in workspace.dms("U0BO00000")] == ["for you"]
        assert later["ts"] > message.ts
        assert workspace.state.unread("U0BO00000", APPROVALS) == 1
        assert workspace.state.unread("U0ANA0000", APPROVALS) == 2
