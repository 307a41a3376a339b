"""Tricks with headers, cases, clocks and captured calls: a proof counts exactly as it was given, once, and in time."""

from collections.abc import AsyncGenerator, Mapping
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from bot.core.judging.source import Source
from bot.store import verify_audit
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
    a_policy,
    known_by,
    open_house,
    sign,
)
from tests.handlers.api.wire import HOST, connected

BODY = orjson.dumps(MINIMAL)
JSON = {"Content-Type": "application/json"}
SIGNED = sign(BODY, NOON)
LATEST = timedelta(minutes=5)


@pytest.fixture
async def two_signers(tmp_path: Path) -> AsyncGenerator[House]:
    """A house where both sources sign."""
    known = {"ci": known_by(signing_secret=SECRET), "cd": known_by(signing_secret=OTHER_SECRET)}
    async with open_house(f"sqlite:///{tmp_path}/jit.db", Clock(), credentials=lambda: known) as house:
        house.policy = a_policy(sources={name: Source(name=name, signing_secret_envs=(name,)) for name in known})
        yield house


async def refusals(house: House) -> list[str]:
    """The codes of all refusals in the log, which holds."""
    assert (await house.store.read(verify_audit)).ok
    rows = await house.store.read(lambda snapshot: list(snapshot.audit()))
    return [row.entry["detail"]["code"] for row in rows if row.event == "request.refused"]


# Spelling

ACCEPTED: Mapping[str, Mapping[str, str]] = {
    "a scheme in capitals": {"Authorization": f"BEARER {TOKEN}"},
    "more blanks than needed": {"Authorization": f"Bearer   {TOKEN}  "},
    "a header name in capitals": {"AUTHORIZATION": f"Bearer {TOKEN}"},
    "a signature's headers in capitals": {name.upper(): value for name, value in SIGNED.items()},
    "a blank behind the signature": {**SIGNED, "webhook-signature": SIGNED["webhook-signature"] + " "},
    "a good signature before a bad one": {**SIGNED, "webhook-signature": SIGNED["webhook-signature"] + " v1,bad"},
    "a version to come beside ours": {**SIGNED, "webhook-signature": "v2,x " + SIGNED["webhook-signature"]},
    "signed five minutes ago": sign(BODY, NOON - LATEST),
    "signed five minutes ahead": sign(BODY, NOON + LATEST),
}

REFUSED: Mapping[str, Mapping[str, str]] = {
    "a token in capitals": {"Authorization": f"Bearer {TOKEN.upper()}"},
    "a token in quotes": {"Authorization": f'Bearer "{TOKEN}"'},
    "a token with other blanks inside": {"Authorization": f"Bearer {TOKEN.replace(' ', '  ')}"},
    "a tab behind the scheme": {"Authorization": f"Bearer\t{TOKEN}"},
    "no blank behind the scheme": {"Authorization": f"Bearer{TOKEN}"},
    "the token twice": {"Authorization": f"Bearer {TOKEN} {TOKEN}"},
    "two schemes": {"Authorization": f"Basic x, Bearer {TOKEN}"},
    "a parameter": {"Authorization": f"Bearer token={TOKEN}"},
    "another header": {"X-Authorization": f"Bearer {TOKEN}"},
    "a cookie": {"Cookie": f"Authorization=Bearer {TOKEN}"},
    "the signing secret for a token": {"Authorization": f"Bearer {SECRET}"},
    "a version in capitals": {**SIGNED, "webhook-signature": SIGNED["webhook-signature"].upper()},
    "a blank inside the signature": {**SIGNED, "webhook-signature": SIGNED["webhook-signature"].replace(",", ", ")},
    "tabs between signatures": {**SIGNED, "webhook-signature": "v1,bad\t" + SIGNED["webhook-signature"]},
    "commas between signatures": {**SIGNED, "webhook-signature": "v1,bad,v1," + SIGNED["webhook-signature"][3:]},
    "a signature without its padding": {**SIGNED, "webhook-signature": SIGNED["webhook-signature"].rstrip("=")},
    "two wrong signatures": {**SIGNED, "webhook-signature": "v1,bad v1,worse"},
    "an id in capitals": {**SIGNED, "webhook-id": SIGNED["webhook-id"].upper()},
    "a time in another base": {**SIGNED, "webhook-timestamp": hex(int(NOON.timestamp()))},
    "a time with a sign": {**SIGNED, "webhook-timestamp": "+" + SIGNED["webhook-timestamp"]},
    "a time with a line between": {**SIGNED, "webhook-timestamp": SIGNED["webhook-timestamp"][:-3] + "_" + "000"},
    "the headers of another convention": {name.replace("webhook", "svix"): value for name, value in SIGNED.items()},
}


@pytest.mark.parametrize("kind", ACCEPTED)
async def test_a_proof_that_is_only_spelt_otherwise_counts(house: House, kind: str) -> None:
    assert (await house.post(BODY, {**JSON, **ACCEPTED[kind]})).json["source"] == "ci"


@pytest.mark.parametrize("kind", REFUSED)
async def test_a_proof_that_only_looks_like_one_does_not(house: House, kind: str) -> None:
    answer = await house.post(BODY, {**JSON, **REFUSED[kind]})

    assert answer.is_problem(401)
    assert await house.is_empty()


TWICE: Mapping[str, bytes] = {
    "a wrong token before the right one": f"Authorization: Bearer no\r\nAuthorization: Bearer {TOKEN}\r\n".encode(),
    "the right token before a wrong one": f"Authorization: Bearer {TOKEN}\r\nAuthorization: Bearer no\r\n".encode(),
    "two good tokens": f"Authorization: Bearer {TOKEN}\r\nAuthorization: Bearer {OTHER_TOKEN}\r\n".encode(),
    **{
        f"two of {name}": "".join(
            f"{key}: {value}\r\n" for key, value in [*SIGNED.items(), (name, SIGNED[name])]
        ).encode()
        for name in SIGNED
    },
}


@pytest.mark.parametrize("kind", TWICE)
async def test_a_proof_that_is_there_twice_is_none(house: House, kind: str) -> None:
    head = b"POST /v1/requests HTTP/1.1\r\n" + HOST + TWICE[kind] + b"Content-Type: application/json\r\n"
    async with connected(house.port) as wire:
        await wire.say(head + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY)

        reply = await wire.reply()

    assert reply.status in {400, 401}
    assert reply.is_problem(reply.status)
    assert await house.is_empty()


# Captured calls


async def test_a_captured_call_with_another_body_needs_another_signature(house: House) -> None:
    await house.post(BODY, {**JSON, **SIGNED})

    assert (await house.post(BODY.replace(b"deploy", b"delete"), {**JSON, **SIGNED})).is_problem(401)


async def test_an_id_that_was_used_before_counts_for_no_other_body(house: House) -> None:
    other = orjson.dumps({**MINIMAL, "action": "roll back"})
    await house.post(BODY, {**JSON, **SIGNED})

    answer = await house.post(other, {**JSON, **sign(other, NOON)})

    assert answer.is_problem(409)
    assert len((await house.get("/v1/requests")).json["items"]) == 1
    assert await refusals(house) == ["key_reused"]


async def test_a_captured_ask_can_not_cancel(house: House) -> None:
    asked = await house.post(BODY, {**JSON, **SIGNED})
    path = f"/v1/requests/{asked.json['id']}"

    answer = await house.post(BODY, {**JSON, **SIGNED}, f"{path}/cancel")

    assert answer.is_problem(422)
    assert (await house.get(path)).json["state"] == "pending"


async def test_a_captured_cancellation_can_not_be_turned_to_another_request(house: House) -> None:
    one, other = await house.ask(), await house.ask()
    headers = {**JSON, **sign(b"{}", NOON)}
    assert (await house.post(b"{}", headers, f"/v1/requests/{one['id']}/cancel")).status == 200

    answer = await house.post(b"{}", headers, f"/v1/requests/{other['id']}/cancel")

    assert answer.is_problem(409)
    assert answer.json["type"] == "urn:jit:problem:replayed"
    assert (await house.get(f"/v1/requests/{other['id']}")).json["state"] == "pending"
    assert await refusals(house) == ["replayed"]


@pytest.mark.parametrize("later", [timedelta(0), LATEST, 2 * LATEST - timedelta(microseconds=1), 2 * LATEST])
async def test_a_captured_call_is_remembered_for_as_long_as_it_could_be_taken(house: House, later: timedelta) -> None:
    one, other = await house.ask(), await house.ask()
    headers = {**JSON, **sign(b"{}", NOON + LATEST)}  # by a clock that is as fast as is tolerated
    assert (await house.post(b"{}", headers, f"/v1/requests/{one['id']}/cancel")).status == 200
    house.clock.forward(later)

    answer = await house.post(b"{}", headers, f"/v1/requests/{other['id']}/cancel")

    assert answer.is_problem(409)
    assert (await house.get(f"/v1/requests/{other['id']}")).json["state"] == "pending"


async def test_a_captured_call_is_too_old_in_the_end(house: House) -> None:
    house.clock.forward(LATEST + timedelta(seconds=1))

    assert (await house.post(BODY, {**JSON, **SIGNED})).is_problem(401)
    assert await house.is_empty()


async def test_one_source_s_ids_are_no_other_s(two_signers: House) -> None:
    first = await two_signers.post(BODY, {**JSON, **sign(BODY, NOON, secret=SECRET)})
    second = await two_signers.post(BODY, {**JSON, **sign(BODY, NOON, secret=OTHER_SECRET)})

    assert (first.status, first.json["source"]) == (201, "ci")
    assert (second.status, second.json["source"]) == (201, "cd")


# Other people's requests


async def test_a_signature_shows_its_own_source_s_requests_only(two_signers: House) -> None:
    asked = await two_signers.post(BODY, {**JSON, **sign(BODY, NOON, secret=SECRET)})
    path = f"/v1/requests/{asked.json['id']}"
    looking = (sign(b"", NOON, f"look_{n}", secret=OTHER_SECRET) for n in range(4))
    taking = sign(b"{}", NOON, "msg_3", secret=OTHER_SECRET)

    for answer in (
        await two_signers.get(path, next(looking)),
        await two_signers.get(f"{path}?wait=60", next(looking)),
        await two_signers.get(f"{path}/events", next(looking)),
        await two_signers.post(b"{}", {**JSON, **taking}, f"{path}/cancel"),
    ):
        assert answer.is_problem(404)
    assert (await two_signers.get("/v1/requests", next(looking))).json["items"] == []


async def test_a_request_that_is_somebody_else_s_looks_like_none(house: House) -> None:
    asked = await house.ask()
    none = asked["id"][:-12] + "000000000000"

    theirs = await house.get(f"/v1/requests/{asked['id']}", OTHER_BEARER)
    missing = await house.get(f"/v1/requests/{none}", OTHER_BEARER)

    assert theirs.is_problem(404)
    assert theirs.text == missing.text


async def test_token_and_signature_together_are_the_token_s(house: House) -> None:
    answer = await house.post(BODY, {**JSON, **SIGNED, **OTHER_BEARER})

    assert answer.json["source"] == "cd"


async def test_a_token_that_was_changed_is_of_no_use_from_then_on(tmp_path: Path) -> None:
    known = {"ci": known_by(token=TOKEN)}
    current = [known]
    async with open_house(f"sqlite:///{tmp_path}/jit.db", Clock(), credentials=lambda: current[0]) as house:
        assert (await house.get("/v1/requests", BEARER)).status == 200
        current[0] = {"ci": known_by(token="another token")}

        assert (await house.get("/v1/requests", BEARER)).is_problem(401)
        assert (await house.get("/v1/requests", {"Authorization": "Bearer another token"})).status == 200
