"""Who gets in: a source with its token, or with its signature over the bytes as they came."""

import base64
import re
from dataclasses import replace
from datetime import datetime, timedelta

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.delivery import callback_id, read_secret
from bot.delivery.signing import draw_signature
from handlers.door import Credentials, twins
from handlers.door.authentication import Keyring
from handlers.door.signatures import TOLERANCE, read_signed
from tests.factories import NOON
from tests.handlers.api.house import (
    BEARER,
    MINIMAL,
    OTHER_BEARER,
    OTHER_SECRET,
    OTHER_TOKEN,
    SECRET,
    TOKEN,
    Clock,
    House,
    known_by,
    sign,
    sign_bytes,
)

BODY = orjson.dumps(MINIMAL)
JSON = {"Content-Type": "application/json"}
SIGNED = sign(BODY, NOON)


async def test_a_source_gets_in_with_its_token(house: House) -> None:
    assert (await house.post(BODY, {**JSON, "Authorization": f"bearer {TOKEN} "})).json["source"] == "ci"
    assert (await house.post(BODY, {**JSON, "Authorization": f"Bearer {OTHER_TOKEN}"})).json["source"] == "cd"


async def test_a_source_gets_in_with_its_signature(house: House) -> None:
    assert (await house.post(BODY, {**JSON, **SIGNED})).json["source"] == "ci"


async def test_one_good_signature_among_others_is_enough_so_that_secrets_can_change(house: House) -> None:
    two = f"{sign(BODY, NOON, secret=OTHER_SECRET)['webhook-signature']} {SIGNED['webhook-signature']}"

    assert (await house.post(BODY, {**JSON, **SIGNED, "webhook-signature": two})).status == 201


async def test_a_good_signature_counts_beside_an_authorization_that_is_none_of_ours(house: House) -> None:
    headers = {**JSON, **SIGNED, "Authorization": "Basic a-proxy-wrote-this"}

    assert (await house.post(BODY, headers)).status == 201


async def test_a_signed_form_may_hold_any_bytes(house: House) -> None:
    # The library signs text only; the bytes of a report in Latin-1 are none.
    body = b'--x\r\nContent-Disposition: form-data; name="request"\r\n\r\n' + BODY + b"\r\n--x--\r\n\xe9"
    headers = {**sign_bytes(body, NOON), "Content-Type": "multipart/form-data; boundary=x"}

    assert (await house.post(body, headers)).status == 201


async def test_a_source_that_is_no_longer_in_the_policy_is_nobody(house: House) -> None:
    house.policy = replace(house.policy, sources={})

    assert (await house.post(BODY, {**JSON, **BEARER})).is_problem(401)
    assert (await house.post(BODY, {**JSON, **SIGNED})).is_problem(401)


async def test_a_signature_over_nothing_looks_once(house: House) -> None:
    asked = await house.ask()
    path, look = f"/v1/requests/{asked['id']}", sign(b"", NOON)

    assert (await house.get(path, look)).json["id"] == asked["id"]
    again = await house.get("/v1/requests", look)

    assert again.is_problem(409)
    assert "own webhook-id" in again.json["detail"]
    assert len((await house.get("/v1/requests", sign(b"", NOON, "msg_2"))).json["items"]) == 1


async def test_a_look_that_was_refused_has_not_used_up_its_id(house: House) -> None:
    assert (await house.get("/v1/requests", sign(b"", NOON, secret=OTHER_SECRET))).is_problem(401)
    assert (await house.get("/v1/requests", sign(b"", NOON))).status == 200


async def test_ids_of_looks_are_remembered_for_as_long_as_their_signature_holds(house: House, clock: Clock) -> None:
    ahead = sign(b"", NOON + TOLERANCE)
    assert (await house.get("/v1/requests", ahead)).status == 200
    for n in range(5):
        assert (await house.get("/v1/requests", sign(b"", NOON, f"msg_{n + 2}"))).status == 200
    clock.forward(2 * TOLERANCE)

    assert (await house.get("/v1/requests", ahead)).is_problem(409)
    clock.forward(timedelta(seconds=1))
    assert (await house.get("/v1/requests", ahead)).is_problem(401)


@pytest.mark.parametrize("path", ["/v1/requests", "/v1/requests/{id}", "/v1/requests/{id}/events"])
async def test_a_captured_ask_is_no_way_to_look(house: House, path: str) -> None:
    asked = await house.post(BODY, {**JSON, **SIGNED})

    async with house.client.get(path.format(id=asked.json["id"]), data=BODY, headers=SIGNED) as answer:
        assert answer.status == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1/requests"), ("POST", "/v1/requests"), ("POST", "/v1/requests/{id}/cancel")],
)
async def test_a_callback_of_ours_is_no_way_in_for_whoever_receives_it(house: House, method: str, path: str) -> None:
    asked = await house.ask()
    for body in (orjson.dumps({"type": "request.decided", "data": asked}), BODY, b'{"reason": "r"}', b""):
        headers = JSON | draw_signature([read_secret(SECRET)], callback_id("019a0000"), body, NOON)
        url = path.format(id=asked["id"])
        async with house.client.request(method, url, data=body or None, headers=headers) as answer:
            assert answer.status == 401


async def test_a_source_sees_its_own_requests_only(house: House) -> None:
    asked = await house.ask()
    path = f"/v1/requests/{asked['id']}"

    for answer in (
        await house.get(path, OTHER_BEARER),
        await house.get(f"{path}/events", OTHER_BEARER),
        await house.post(b"{}", {**JSON, **OTHER_BEARER}, f"{path}/cancel"),
    ):
        assert answer.is_problem(404)
    assert (await house.get("/v1/requests", OTHER_BEARER)).json["items"] == []
    assert (await house.get("/v1/requests?source=ci", OTHER_BEARER)).json["items"] == []
    assert (await house.get(path)).json["state"] == "pending"


@settings(deadline=None)
@given(
    body=st.text(), message_id=st.from_regex(re.compile(r"[!-~]{1,255}"), fullmatch=True), seconds=st.integers(1, 2**33)
)
def test_our_verdict_on_a_signature_is_that_of_the_library(body: str, message_id: str, seconds: int) -> None:
    now = datetime.fromtimestamp(seconds, NOON.tzinfo)
    headers = sign(body.encode("utf-8", "replace"), now, message_id)

    signed = read_signed(headers)

    assert signed is not None
    assert signed.is_fresh(now)
    assert signed.is_by(known_by(signing_secret=SECRET).signing[0].key, body.encode("utf-8", "replace"))
    assert not signed.is_by(known_by(signing_secret=OTHER_SECRET).signing[0].key, body.encode("utf-8", "replace"))


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "whsec_",
        "whsec_a",
        "ü",
        "whsec_ü",
        "whsec_YQ==",
        "whsec_" + base64.b64encode(b"short").decode(),
        "whsec_" + base64.b64encode(b"s" * 23).decode(),
        SECRET.removeprefix("whsec_"),
        SECRET + "!",
        SECRET.replace("=", "") + "*",
    ],
)
def test_a_secret_that_is_none_or_can_be_guessed_is_refused_at_the_start(secret: str) -> None:
    with pytest.raises(ValueError, match="openssl rand -base64"):
        known_by(signing_secret=secret)


@pytest.mark.parametrize("token", ["", "x", " " * 40, "elevencharsx"[:11]])
def test_a_token_that_can_be_guessed_is_refused_at_the_start(token: str) -> None:
    with pytest.raises(ValueError, match="12 characters or more"):
        known_by(token=token)


@pytest.mark.parametrize("secret", [SECRET, SECRET.rstrip("="), f" {SECRET}\n"])
def test_a_secret_that_lets_calls_in_signs_the_answers_with_the_same_key(secret: str) -> None:
    assert known_by(signing_secret=secret).signing[0].key == read_secret(SECRET)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (known_by(token=TOKEN), known_by(token=TOKEN, name="CD")),
        (known_by(token=TOKEN), known_by(token=f"{TOKEN} ", name="CD")),
        (known_by(signing_secret=SECRET), known_by(signing_secret=SECRET.rstrip("="), name="CD")),
        (known_by(token=SECRET), known_by(signing_secret=SECRET, name="CD")),
    ],
)
def test_sources_that_could_not_be_told_apart_are_refused(one: Credentials, other: Credentials) -> None:
    assert [(a[:2], b[:2]) for a, b in twins({"ci": one, "cd": other})] == [("CI", "CD")]
    with pytest.raises(ValueError, match="are the same secret"):
        Keyring.of({"ci": one, "cd": other})


def test_sources_with_secrets_of_their_own_are_told_apart() -> None:
    of_ci = known_by(token=TOKEN, signing_secret=SECRET)

    assert not list(twins({"ci": of_ci, "cd": known_by(token=OTHER_TOKEN, signing_secret=OTHER_SECRET)}))


def test_credentials_do_not_show_themselves() -> None:
    assert TOKEN not in repr(known_by(token=TOKEN, signing_secret=SECRET))
    assert SECRET not in repr(known_by(token=TOKEN, signing_secret=SECRET))
