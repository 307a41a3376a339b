"""Callbacks: what the bot signs is proven, and nothing else."""

import json
import time
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jit_gate import BadInput, Forged, read_callback, verify
from standardwebhooks import Webhook

from bot.delivery.signing import draw_signature, read_secret
from tests.delivery.receiver import Arrival, Receiver, a_receiver
from tests.journeys.living import BO, CALLBACK_SECRET, PAYMENTS, Home, at_home
from tests.sdk.impostor import DIGEST, ID, OTHER_ID, a_yes
from tests.sdk.running import Ended, run

NOW = 1_800_000_000.0
BODY = json.dumps({"type": "request.decided", "timestamp": "-", "data": a_yes()}).encode()


def signed(body: bytes = BODY, webhook_id: str = "jit_1", at: float = NOW) -> dict[str, str]:
    return draw_signature([read_secret(CALLBACK_SECRET)], webhook_id, body, datetime.fromtimestamp(at, UTC))


def test_what_the_bot_signs_is_proven() -> None:
    assert read_callback(verify(BODY, signed(), CALLBACK_SECRET, now=NOW)).is_approved


def test_the_names_of_headers_have_no_case() -> None:
    loud = {name.upper(): value for name, value in signed().items()}

    assert verify(BODY, loud, CALLBACK_SECRET, now=NOW) == BODY


def test_of_two_signatures_one_is_enough_while_a_secret_changes() -> None:
    headers = signed()
    headers["webhook-signature"] = f"v1a,x v1,{'A' * 43}= {headers['webhook-signature']}"

    assert verify(BODY, headers, CALLBACK_SECRET, now=NOW) == BODY


@pytest.mark.parametrize("late", [-299, 0, 299])
def test_five_minutes_either_way_are_now(late: float) -> None:
    assert verify(BODY, signed(), CALLBACK_SECRET, now=NOW + late) == BODY


@pytest.mark.parametrize("late", [-302, 302, 1e9])
def test_what_is_older_or_of_tomorrow_is_not_proven(late: float) -> None:
    with pytest.raises(Forged):
        verify(BODY, signed(), CALLBACK_SECRET, now=NOW + late)


@pytest.mark.parametrize("part", ["webhook-id", "webhook-timestamp", "webhook-signature"])
@pytest.mark.parametrize("value", [None, "", "jit_2", "1800000001", "v1,", "v1,é", "v2,AAAA", "NaN", "-1", "٣"])
def test_a_header_that_is_another_proves_nothing(part: str, value: str | None) -> None:
    headers = signed()
    del headers[part]
    if value is not None:
        headers[part] = value

    with pytest.raises(Forged):
        verify(BODY, headers, CALLBACK_SECRET, now=NOW)


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_a_body_of_which_one_byte_is_another_is_not_proven(at: int, change: int) -> None:
    body = bytearray(BODY)
    body[at] ^= change

    with pytest.raises(Forged):
        verify(bytes(body), signed(), CALLBACK_SECRET, now=NOW)


def test_what_the_source_signed_to_ask_is_no_callback() -> None:
    with pytest.raises(Forged, match="as a call of the source"):
        verify(BODY, signed(webhook_id="msg_1"), CALLBACK_SECRET, now=NOW)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_!", "plain", "whsec_c2hvcnQ="])
def test_a_secret_that_proves_nothing_is_refused_and_not_shown(secret: str) -> None:
    with pytest.raises(BadInput) as refused:
        verify(BODY, signed(), secret, now=NOW)

    assert not secret or secret == "whsec_" or secret not in str(refused.value)


@given(st.binary(max_size=300), st.integers(0, 2**31))
def test_everybody_who_speaks_standard_webhooks_agrees(body: bytes, at: int) -> None:
    text = body.decode("utf-8", "replace")
    signature = Webhook(CALLBACK_SECRET).sign("jit_1", datetime.fromtimestamp(at, UTC), text)
    headers = {"webhook-id": "jit_1", "webhook-timestamp": str(at), "webhook-signature": signature}

    assert verify(text.encode(), headers, CALLBACK_SECRET, now=float(at)) == text.encode()


async def proving(folder: Path, body: bytes, headers: dict[str, str], *words: str) -> Ended:
    (folder / "body").write_bytes(body)
    flags = [f"--{name}={headers[name]}" for name in ("webhook-id", "webhook-timestamp", "webhook-signature")]
    env = {"JIT_SIGNING_SECRET": CALLBACK_SECRET, "JIT_TOKEN": "", "JIT_URL": ""}
    return await run("verify", *words, "--body=body", *flags, url="", env=env, cwd=folder)


@pytest.mark.parametrize(
    ("said", "words", "code"),
    [
        ({}, (ID,), 0),
        ({}, (ID, f"--digest={DIGEST}"), 0),
        ({}, (OTHER_ID,), 3),
        ({}, (ID, "--digest=sha256:" + "b" * 64), 3),
        ({"type": "request.escalated"}, (ID,), 3),
        ({"type": None}, (ID,), 3),
        ({"data": [a_yes()]}, (ID,), 3),
        ({"data": None}, (ID,), 3),
        ({"data": a_yes() | {"state": "rejected"}}, (ID,), 1),
        ({"data": a_yes() | {"state": "expired", "decision": None}}, (ID,), 2),
        ({"data": a_yes() | {"state": "pending", "decision": None}}, (ID,), 2),
        ({"data": a_yes() | {"decision": None}}, (ID,), 3),
    ],
)
async def test_a_genuine_callback_is_worth_what_it_says_of_one_request(
    tmp_path: Path, said: dict[str, object], words: tuple[str, ...], code: int
) -> None:
    body = json.dumps(json.loads(BODY) | said).encode()

    ended = await proving(tmp_path, body, signed(body, at=time.time()), *words)

    assert ended.code == code, ended.err


async def test_a_forged_callback_is_exit_3(tmp_path: Path) -> None:
    ended = await proving(tmp_path, BODY + b" ", signed(at=time.time()), ID)

    assert (ended.code, ended.out) == (3, "")
    assert "No signature fits" in ended.err


@pytest.fixture
async def home(tmp_path: Path) -> AsyncGenerator[Home]:
    async with at_home(tmp_path) as living:
        yield living


async def _called(home: Home, receiver: Receiver) -> tuple[str, Arrival]:
    asked = await home.ask(callback_url=receiver.url)
    card = await home.card_saying("jit_approve")
    await home.slack.click(user=BO, channel=PAYMENTS, ts=card.ts, action_id="jit_approve")
    await home.slack.until(lambda: receiver.arrivals)
    return asked["id"], receiver.arrivals[0]


async def test_the_bots_own_callback_is_proven_by_the_command(home: Home, tmp_path: Path) -> None:
    async with a_receiver() as receiver:
        request_id, came = await _called(home, receiver)

    ended = await proving(tmp_path, came.body, {k.lower(): v for k, v in came.headers.items()}, request_id)

    assert (ended.code, ended.out) == (0, "approved\n")
