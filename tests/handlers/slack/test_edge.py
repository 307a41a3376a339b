import hashlib
import hmac
import io
import json
from typing import Any
from urllib.parse import urlencode, urlsplit

import aiohttp
import pytest
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.core.request import ApprovalRequest, State
from bot.core.stamp import Stamp
from bot.slack import Press, Pressed
from handlers.slack.bolt import Switchboard
from handlers.slack.edge import LARGEST
from handlers.slack.inbound import read_letter
from handlers.slack.socket_mode import Socket
from tests.fakes.slack import APP_TOKEN, SIGNING_SECRET
from tests.handlers.api.wire import connected
from tests.handlers.slack.house import PATH, House

FORM = "application/x-www-form-urlencoded"


def a_click(house: House, request: ApprovalRequest, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    """A press on Approve, as Slack sends it."""
    pressed = Pressed(request=request.id, revision=1, stage=0, press=Press.APPROVE)
    action = {"type": "button", "action_id": "jit_approve", "value": house.front.seal.draw_value(pressed)}
    return {
        "type": "block_actions",
        "user": {"id": "U0BO00000", "team_id": "T0ACME000"},
        "team": {"id": "T0ACME000"},
        "container": {"type": "message", "message_ts": "1.000100", "channel_id": "C0APPROVE"},
        "trigger_id": "1.2.3",
        "actions": [action],
        **changes,
    }


def signed(house: House, body: bytes) -> dict[str, str]:
    stamp = str(int(house.clock.now.timestamp()))
    mac = hmac.new(SIGNING_SECRET.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={mac}", "Content-Type": FORM}


async def posted(house: House, body: bytes, headers: dict[str, str] | None = None) -> tuple[int, str]:
    headers = signed(house, body) if headers is None else headers
    async with (
        aiohttp.ClientSession() as session,
        session.post(house.url + PATH, data=io.BytesIO(body), headers=headers) as answer,
    ):
        return answer.status, await answer.text()


def a_form(payload: object) -> bytes:
    return urlencode({"payload": json.dumps(payload)}).encode()


async def test_the_same_bytes_count_once(house: House) -> None:
    request = await house.ask()
    body = a_form(a_click(house, request))
    headers = signed(house, body)

    first = await posted(house, body, headers)
    second = await posted(house, body, headers)

    assert first == second == (200, "")
    assert len((await house.now(request)).reviews) == 1
    assert (await house.log(request)).count("request.decided") == 1
    assert await house.whispers() == []


async def test_what_is_not_signed_is_401_and_changes_nothing(house: House) -> None:
    request = await house.ask()
    body = a_form(a_click(house, request))

    status, text = await posted(house, body, signed(house, b"other bytes"))

    assert (status, text) == (401, "")
    assert await house.state(request) is State.PENDING


@pytest.mark.parametrize("payload", [3, [], None, "text", {"type": "block_actions"}])
async def test_a_signed_payload_of_no_use_is_400(house: House, payload: object) -> None:
    assert (await posted(house, a_form(payload)))[0] == 400


@pytest.mark.parametrize("stamp", [b"1", b"", b"soon"])
async def test_nobody_is_waited_for_on_the_strength_of_an_old_signature(house: House, stamp: bytes) -> None:
    async with connected(urlsplit(house.url).port or 0) as wire:
        await wire.say(
            b"POST /slack/events HTTP/1.1\r\nHost: jit\r\nContent-Length: 1000000\r\n"
            b"X-Slack-Request-Timestamp: " + stamp + b"\r\nX-Slack-Signature: v0=" + b"0" * 64 + b"\r\n\r\n"
        )

        assert (await wire.reply()).status == 401


async def test_too_much_is_413(house: House) -> None:
    assert (await posted(house, b"x" * (LARGEST + 1)))[0] == 413


async def test_the_url_is_verified_by_its_challenge(house: House) -> None:
    assert await house.workspace.verify_request_url()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"team": {"id": "T0OTHER00"}}, "other workspaces"),
        ({"team": None}, "other workspaces"),
        ({"user": {"id": "U0NOBODY0"}}, "couldn't tell who you are"),
    ],
)
async def test_who_is_not_from_here_decides_nothing(house: House, change: dict[str, Any], why: str) -> None:
    request = await house.ask()

    assert (await posted(house, a_form(a_click(house, request, **change))))[0] == 200

    assert await house.state(request) is State.PENDING
    (whisper,) = await house.whispers()
    assert why in whisper.text


async def test_two_actions_in_one_payload_count_as_none(house: House) -> None:
    request = await house.ask()
    click = a_click(house, request)

    await posted(house, a_form(click | {"actions": click["actions"] * 2}))

    assert await house.state(request) is State.PENDING
    (whisper,) = await house.whispers()
    assert "two clicks at once" in whisper.text


async def test_events_nobody_asked_for_are_acknowledged(house: House) -> None:
    event = {"type": "event_callback", "team_id": "T0ACME000", "event_id": "Ev1", "event": {"type": "app_mention"}}

    assert (await posted(house, a_form(event)))[0] == 200


async def test_what_breaks_on_our_side_is_still_answered(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError("a secret in the message")

    monkeypatch.setattr(house.desk, "run", broken)
    body = urlencode({"command": "/jit", "text": "list", "user_id": "U0BO00000", "team_id": "T0ACME000"}).encode()
    monkeypatch.setattr(house.desk, "read", broken)

    status, text = await posted(house, body)

    assert status == 200
    assert "Something broke on our side" in text
    assert "secret" not in text


async def test_bolt_s_own_settings_in_the_environment_change_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "secret")
    request = await house.ask()

    answer = await Switchboard(house.front).pass_on(read_letter(a_click(house, request), Stamp("key")))

    assert answer.status == 200
    assert await house.state(request) is State.APPROVED


async def test_over_the_socket_the_same_click_counts_once(house: House) -> None:
    house.workspace.point_at(None)
    socket = Socket(APP_TOKEN, house.front.client, house.switchboard)
    await socket.start()
    try:
        request = await house.ask()
        await house.click("U0BO00000", await house.card(request))
        assert await socket.is_up()
    finally:
        await socket.close()

    assert await house.state(request) is State.APPROVED


async def test_a_repeated_envelope_counts_once(house: House) -> None:
    request = await house.ask()
    envelope = SocketModeRequest(type="interactive", envelope_id="e1", payload=a_click(house, request))
    said: list[object] = []

    class Line:
        async def send_socket_mode_response(self, response: object) -> None:
            said.append(response)

    socket: Any = Socket(APP_TOKEN, house.front.client, house.switchboard)
    await socket._receive(Line(), envelope)
    await socket._receive(Line(), envelope)

    assert len(said) == 2
    assert len((await house.now(request)).reviews) == 1
